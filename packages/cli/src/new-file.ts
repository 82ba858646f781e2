/** @file Places for the files that commands write: none of them replaces another. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "@spm/trainer";

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
