/** @file Reads the page of verification: its tables, and where they break a bound. */
import { ABSENT, bounds } from "./verification.ts";

/** The tables of a page, cells as text, without the line below each head. */
export function tablesOf(text: string): string[][][] {
  const tables: string[][][] = [];
  let open = false;
  for (const line of text.split("\n")) {
    const row = line.startsWith("|");
    if (row && !open) tables.push([]);
    open = row;
    const cells = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (row && !cells.every((cell) => /^-+:?$/.test(cell))) tables.at(-1)!.push(cells);
  }
  return tables;
}

/** What is wrong with a page, in words; nothing where all errors are within their bounds and memory is as claimed. */
export function problems(text: string): string[] {
  const [gradients, drift, memory, peaks] = tablesOf(text).map(([, ...rows]) => rows);
  if (gradients === undefined || drift === undefined || memory === undefined || peaks === undefined)
    return ["a table is missing"];
  const number = (cell: string | undefined) => Number(cell?.replaceAll(",", "") || Number.NaN);
  const found: string[] = [];
  const check = (what: string, ok: boolean) => {
    if (!ok) found.push(what);
  };
  for (const [name, , analytic, closed, composed] of gradients) {
    check(`${name}: closed form ${analytic} from composed ops`, number(analytic) <= bounds.analytic);
    check(`${name}: ${closed} from differences`, number(closed) <= bounds.differences);
    check(`${name}: composed ops ${composed} from differences`, number(composed) <= bounds.differences);
  }
  for (const [n, stages, float64, float32] of drift) {
    check(`n ${n}, L ${stages}: drift ${float64} in float64`, number(float64) <= 1e-13);
    check(`n ${n}, L ${stages}: drift ${float32} in float32`, number(float32) <= 1e-6);
  }
  const between = (column: number) => memory.map((row) => number(row[column]));
  const [reverse, recompute, stored] = [between(1), between(3), between(5)] as [number[], number[], number[]];
  check("reverse holds as much at every depth", new Set(reverse).size === 1 && reverse[0]! > 0);
  check(
    "recompute holds as much at every depth, and less",
    new Set(recompute).size === 1 && recompute[0]! < reverse[0]!,
  );
  const steps = memory
    .slice(1)
    .map((row, k) => (stored[k + 1]! - stored[k]!) / (number(row[0]) - number(memory[k]![0])));
  check("stored grows by the same for each stage", new Set(steps).size === 1 && steps[0]! > 0);
  for (const [stages, ...cells] of peaks)
    for (let k = 0; k < cells.length; k += 3) {
      const [reference, wasm, gpu] = cells.slice(k, k + 3);
      const [stored] = cells.slice(-3);
      check(`L ${stages}: wasm's peak ${wasm}, the reference's ${reference}`, number(wasm) <= number(reference));
      check(
        `L ${stages}: the GPU's peak ${gpu}, the reference's stored ${stored}`,
        gpu === ABSENT || number(gpu) <= number(stored),
      );
    }
  return found;
}
