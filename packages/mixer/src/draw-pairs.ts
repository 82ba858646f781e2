/** @file Stages of pairs drawn in text: a wire for each coordinate, a bar for each pair. */

type Pairs = readonly (readonly [number, number])[];

/** Columns of text that a drawing may take. */
const WIDTH = 88;

/**
 * A line for each of n coordinates, with the stages from left to right, as many as fit; of
 * [[[0, 1], [2, 3]], [[0, 2], [1, 3]]] over n = 4:
 *
 *     0 ─●───●─────
 *     1 ─●───┼─●───
 *     2 ─●───●─┼───
 *     3 ─●─────●───
 */
export function drawPairs(n: number, stages: readonly Pairs[]): string {
  const digits = String(n - 1).length;
  let wires = Array.from({ length: n }, (_, i) => `${String(i).padStart(digits)} ─`);
  for (const pairs of stages) {
    const bars = inColumns(pairs);
    const wider = wires.map((wire, i) => `${wire}${bars.map((bar) => mark(bar, i)).join("")}──`);
    if (Math.max(...wider.map(({ length }) => length)) > WIDTH)
      return wires.map((wire) => `${wire} …`).join("\n");
    wires = wider;
  }
  return wires.join("\n");
}

/** The pairs in as few columns as it takes that none lies over another. */
function inColumns(pairs: Pairs): Pairs[] {
  const columns: [top: number, bottom: number][][] = [];
  const sorted = pairs.map(([i, j]): [number, number] => (i < j ? [i, j] : [j, i]));
  for (const pair of sorted.sort(([a], [b]) => a - b)) {
    const free = columns.find((column) => column.every(([, bottom]) => bottom < pair[0]));
    if (free) free.push(pair);
    else columns.push([pair]);
  }
  return columns;
}

/** The sign of a column on wire i: the end of a pair, a pair that passes, or nothing. */
function mark(column: Pairs, i: number): string {
  const over = column.find(([top, bottom]) => top <= i && i <= bottom);
  if (over === undefined) return "──";
  return over.includes(i) ? "●─" : "┼─";
}
