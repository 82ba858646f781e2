/**
 * @file `spm report`: the report of a run folder, written anew, or one of several runs together.
 */
import { dirname, join, relative, resolve } from "node:path";
import { curvesSvg, renderReport, writeReport } from "@spm/report";
import { type Axis, filesOf, overlaid } from "@spm/report/draw";
import { type ProgressStream, RunError } from "@spm/trainer";
import { readRun, writeAtomically } from "@spm/trainer/node";
import { assertNew, freePlace } from "./new-file.ts";

/**
 * Writes the report of a run, by default its `report.html` anew, or of several runs, by default
 * `report.html` here; if `svg` names a file, the curves as SVG there; prints what it wrote.
 *
 * @throws RunError when a folder is not a run, or named twice, or a place that is asked for is
 * taken; Node's error when a file cannot be written, which is then as it was
 */
export function report(
  folders: readonly string[],
  { out, svg, axis }: { readonly out?: string; readonly svg?: string; readonly axis?: Axis },
  stdout: ProgressStream,
): void {
  assertNew("report", ...[out, svg].filter((place) => place !== undefined));
  const places = folders.map((folder) => resolve(folder));
  const twice = folders.find((_, k) => places.indexOf(places[k] ?? "") < k);
  if (twice !== undefined)
    throw new RunError("report", "each run once", `${twice} twice`, "name another run");
  const runs = folders.map((folder) => ({ name: folder, run: readRun(folder) }));
  const [first, ...others] = runs;
  const run = first === undefined || others.length > 0 ? overlaid(runs) : first.run;
  if (first !== undefined && others.length === 0 && out === undefined) {
    stdout.write(`report: ${writeReport(first.name)}\n`);
  } else {
    const place = out ?? freePlace(".", "report", [".html"]);
    const files = folders.flatMap((folder) =>
      filesOf(folder).map((name) => relative(dirname(place), join(folder, name))),
    );
    writeAtomically(place, renderReport(run, { files }));
    stdout.write(`report: ${place}\n`);
  }
  if (svg === undefined) return;
  writeAtomically(svg, curvesSvg(run, axis && { axis }));
  stdout.write(`curves: ${svg}\n`);
}
