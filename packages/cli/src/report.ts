/**
 * @file `spm report`: the report of a run folder, written anew, or one of several runs together.
 */
import { curvesSvg, renderReport, writeReport } from "@spm/report";
import { overlaid } from "@spm/report/draw";
import type { ProgressStream } from "@spm/trainer";
import { type Run, readRun, writeAtomically } from "@spm/trainer/node";

/**
 * Writes `report.html` into the folder, or for several folders to `out`; if `svg` names a file, the
 * curves as SVG there; prints what it wrote.
 *
 * @throws RunError when a folder is not a run; Node's error when a file cannot be written, which is
 * then as it was
 */
export function report(
  folders: readonly string[],
  { out, svg }: { readonly out: string; readonly svg?: string },
  stdout: ProgressStream,
): void {
  const [first] = folders;
  let run: Run;
  if (first !== undefined && folders.length === 1) {
    stdout.write(`report: ${writeReport(first)}\n`);
    run = readRun(first);
  } else {
    run = overlaid(folders.map((folder) => ({ name: folder, run: readRun(folder) })));
    writeAtomically(out, renderReport(run));
    stdout.write(`report: ${out}\n`);
  }
  if (svg === undefined) return;
  writeAtomically(svg, curvesSvg(run));
  stdout.write(`curves: ${svg}\n`);
}
