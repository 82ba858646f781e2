/** @file Places for the files that commands write: none of them replaces another. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { RunError } from "@spm/trainer";
import { assertFolder, assertFresh } from "@spm/trainer/node";
import { shellWord } from "./caller.ts";

/**
 * Refuses places that are taken, before the work that would fill them.
 * @throws RunError naming the first that is
 */
export function assertNew(op: string, ...places: readonly string[]): void {
  const taken = places.find((place) => existsSync(place));
  if (taken !== undefined)
    throw new RunError(
      op,
      "a file that isn't there yet",
      taken,
      "choose another place, or move it",
    );
}

/**
 * The first of NAME, NAME-2, NAME-3, … that is free with each of the endings, with the first.
 * @example freePlace("runs/a", "predictions", [".csv", ".html"]); // "runs/a/predictions.csv"
 */
export function freePlace(
  folder: string,
  name: string,
  endings: readonly [string, ...string[]],
): string {
  for (let k = 1; ; k++) {
    const place = join(folder, k === 1 ? name : `${name}-${k}`);
    if (!endings.some((ending) => existsSync(place + ending))) return place + endings[0];
  }
}

/**
 * Refuses the folder of an earlier training, even of one that failed: nothing is overwritten.
 *
 * @param command - the words before the name of a command
 * @throws RunError with a free name, and of a training that hasn't ended the command that goes on
 */
export function assertFreshTraining(folder: string, command: string): void {
  assertFolder(folder);
  try {
    assertFresh(folder);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const begun = existsSync(join(folder, "config.json"));
    const ended = existsSync(join(folder, "outcome.json"));
    const what = begun ? `${ended ? "a finished" : "an unfinished"} run` : "files";
    const free = freePlace(dirname(folder), basename(folder), [""]);
    const another = `--out ${shellWord(free)} is free`;
    const goOn = `${command} resume ${shellWord(folder)} goes on, with --set NAME=VALUE otherwise`;
    throw new RunError(
      "train",
      "a new or empty folder",
      `${folder} with ${what} in it`,
      begun && !ended ? `${goOn}; ${another}` : another,
    );
  }
}
