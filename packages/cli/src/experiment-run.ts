/** @file The run folders of experiments that leave a GPT: its file, and the text of the run. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { CheckpointError } from "@spm/trainer";
import { experimentsOfClone } from "./experiments.ts";

/** The file of a GPT, not of one that was quantised, whose name ends with its bits. */
const GPT = /^gpt-.*(?<!-w\d)\.safetensors$/;

/**
 * The file that a path means: of the run folder of an experiment the one with its GPT, of any other
 * path itself.
 * @param first - a name that is taken where there are several
 * @throws CheckpointError for several GPTs without that name
 */
export function gptOfRun(op: string, path: string, first?: string): string {
  if (!(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)) return path;
  const names = readdirSync(path).filter((name) => GPT.test(name));
  const found = names.find((name) => name === first) ?? names[0];
  if (found === undefined) return path;
  if (names.length === 1 || found === first) return join(path, found);
  throw new CheckpointError(op, "one of the models in a run", names.join(", "), "name its file");
}

/** The share of a run's text that its models learn from; the rest measures them. */
export const LEARNED = 0.9;

/**
 * The text that a run learned from: the file of `spm train text`, the book of
 * `spm experiment charlm`.
 * @throws CheckpointError for a file that is no run, or one of another text
 */
export async function textOfRun(op: string, path: string): Promise<string> {
  const { experiment, settings, options } = configOf(path);
  if (typeof options?.file === "string") return readFileSync(options.file, "utf8");
  if (experiment === "charlm") {
    const { loadMobyDick } = await experimentsOfClone();
    return [...(await loadMobyDick())].slice(0, Number(settings?.characters)).join("");
  }
  throw new CheckpointError(
    op,
    "--file with a text of the kind that the model writes",
    `none, and ${path} is no run of spm experiment charlm, whose text is known`,
  );
}

/** The parts of a run's configuration that say its text. */
interface RunText {
  readonly experiment?: unknown;
  readonly settings?: { readonly characters?: unknown };
  readonly options?: { readonly file?: unknown };
}

/** The configuration of a run folder, or of that of a file; of anything else it is empty. */
function configOf(path: string): RunText {
  for (const folder of [path, dirname(path)])
    try {
      return Object(JSON.parse(readFileSync(join(folder, "config.json"), "utf8"))) as RunText;
    } catch {} // no run
  return {};
}
