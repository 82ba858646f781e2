/** @file Makes a folder and its parents. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and its missing parents, one at a time: Node's recursive `mkdirSync` never returns
 * where the system refuses, as in /proc.
 *
 * @throws Node's error where the system refuses
 * @example
 * ```ts
 * import { makeFolder } from "@spm/trainer/node";
 * makeFolder("runs/example");
 * ```
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(resolve(folder)));
  mkdirSync(folder);
}
