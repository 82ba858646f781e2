/** @file `spm report`: the report of a run folder, written anew. */

import { writeFileSync } from "node:fs";
import type { ProgressStream } from "@spm/trainer";
import { curvesSvg, readRun, writeReport } from "@spm/trainer/node";

/**
 * Writes `report.html` into the folder and, if `picture` names a file, the curves as SVG there; prints what it wrote.
 *
 * @throws RunError when the folder is not a run; Node's error when a file cannot be written.
 */
export function report(folder: string, picture: string | undefined, stdout: ProgressStream): void {
  stdout.write(`report: ${writeReport(folder)}\n`);
  if (picture === undefined) return;
  writeFileSync(picture, curvesSvg(readRun(folder)));
  stdout.write(`curves: ${picture}\n`);
}
