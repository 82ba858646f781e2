/** @file The folder in which somebody types a command of a clone. */

/** The folder that this process began in. */
export const begunIn: string = process.cwd();

/**
 * Goes back to where `npm run spm` or `npm start` was typed: npm goes to the root of the clone, and
 * paths, of what is read and of what is written, are to mean what they mean in that folder. Of an
 * installed `spm` npm's own rules hold.
 */
export function toCallersFolder(
  { INIT_CWD: folder, npm_lifecycle_event: script }: NodeJS.ProcessEnv = process.env,
): void {
  const inClone = import.meta.url.endsWith(".ts") && (script === "spm" || script === "start");
  if (inClone && folder !== undefined) process.chdir(folder);
}
