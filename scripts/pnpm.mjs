/**
 * @file Runs the pnpm that package.json pins, through the npm that comes with Node: nothing to
 * install beforehand.
 *
 * As a command it takes pnpm's own arguments:
 * `node scripts/pnpm.mjs add --filter @spm/core some-package`.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** The pinned package manager, as `pnpm@<version>`. */
export const packageManager = JSON.parse(
  readFileSync(`${root}package.json`, "utf8"),
).packageManager;

/**
 * Runs pnpm in the root of the repository.
 *
 * @param {readonly string[]} args pnpm's arguments.
 * @param {{ quiet?: boolean }} [options] `quiet` holds the output back, and prints it only if pnpm
 * fails.
 * @returns {Promise<number>} pnpm's exit code.
 */
export function pnpm(args, { quiet = false } = {}) {
  const npmArgs = ["exec", "--yes", `--package=${packageManager}`, "--", "pnpm", ...args];
  // set by npm: its own script, so no search for npm.cmd on Windows
  const npm = process.env.npm_execpath;
  const [command, commandArgs] = npm?.endsWith(".js")
    ? [process.execPath, [npm, ...npmArgs]]
    : ["npm", npmArgs];
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArgs, {
      cwd: root,
      stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout?.on("data", (chunk) => output.push(chunk));
    child.stderr?.on("data", (chunk) => output.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) process.stderr.write(Buffer.concat(output));
      resolve(code ?? 1);
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await pnpm(process.argv.slice(2));
