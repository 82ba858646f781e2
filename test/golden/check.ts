/**
 * @file Checks a folder of golden files: `npm run -s golden -- test/golden`.
 *
 * Prints a line a file with its worst error, and what failed by name; ends with
 * `N passed, N failed, N not yet`. Exits with 1 where a case failed, with 2 where the folder could
 * not be checked.
 */
import { statSync } from "node:fs";
import type { Verdict } from "./case.ts";
import { checkFolder } from "./check-folder.ts";

const [folder, ...rest] = process.argv.slice(2);

async function main(): Promise<void> {
  if (folder === undefined || rest.length > 0)
    throw new Error("golden: expected one folder, as `npm run -s golden -- DIR`");
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`golden: expected a folder, got ${folder}`);
  const checked = await checkFolder(folder);
  for (const { file, verdicts } of checked) console.log(line(file, verdicts));
  const all = checked.flatMap(({ verdicts }) => verdicts);
  for (const v of all) if (v.verdict === "failed") console.log(`failed: ${v.name}: ${v.why}`);
  const open = all.filter((v) => v.verdict === "not yet");
  if (open.length > 0) console.log(`not yet: ${open.map((v) => v.name).join(", ")}`);
  const count = (verdict: Verdict["verdict"]) => all.filter((v) => v.verdict === verdict).length;
  console.log(`${count("passed")} passed, ${count("failed")} failed, ${open.length} not yet`);
  if (count("failed") > 0) process.exitCode = 1;
}

function line(file: string, verdicts: readonly Verdict[]): string {
  const run = verdicts.flatMap((v) => (v.verdict === "not yet" ? [] : [v]));
  if (run.length === 0) return `${file}: nothing checked, ${verdicts.length} not yet`;
  const worst = run.reduce((a, b) => (b.error > a.error ? b : a));
  return (
    `${file}: worst relative error ${worst.error.toExponential(1)} (${worst.name}), ` +
    `${run.length} of ${verdicts.length} cases`
  );
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
