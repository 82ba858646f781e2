/** @file A table in plain text. */
import { columnsOf } from "./terminal.ts";

const GAP = 2;
/** Characters that a column besides the first has at least, where the table is wide. */
const LEAST = 12;

/**
 * Lines of a table: the first column flush left, the others flush right, a rule under the head. A
 * table that is wider than `width` has heads of several lines; one that is still wider is several
 * tables below each other, each with the first column; a cell that is still wider ends in "…".
 *
 * @param rows - each as long as `head`.
 * @param width - characters (default: as many as the standard output has columns, or 80)
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number = columnsOf(process.stdout),
): string {
  const widest = (texts: readonly string[], most: number): number =>
    Math.min(most, Math.max(0, ...texts.map(({ length }) => length)));
  const columns = head.map((name, k) => ({ name, cells: rows.map((row) => row[k] ?? "") }));
  const whole = columns.map(({ name, cells }) => widest([name, ...cells], Infinity));
  const total = whole.reduce((sum, w) => sum + w + GAP, -GAP);
  if (total <= width) return blockOf(columns, whole);
  const first = widest([...wordsOf(head[0]), ...(columns[0]?.cells ?? [])], width - GAP - LEAST);
  const widths = columns.map(({ name, cells }, k) =>
    k === 0 ? first : widest([...wordsOf(name), ...cells], width - GAP - first),
  );
  const parts: number[][] = [];
  let room = 0;
  for (let k = 1; k < head.length; k++) {
    const taken = GAP + (widths[k] ?? 0);
    if (taken > room || parts.length === 0) {
      parts.push([0]);
      room = width - first;
    }
    parts.at(-1)?.push(k);
    room -= taken;
  }
  const pick = <T>(block: readonly number[], from: readonly T[]): T[] =>
    block.flatMap((k) => from.slice(k, k + 1));
  return parts.map((block) => blockOf(pick(block, columns), pick(block, widths))).join("\n\n");
}

interface Column {
  readonly name: string;
  readonly cells: readonly string[];
}

const wordsOf = (text = ""): string[] => text.split(" ");

/** A table whose columns have these widths. */
function blockOf(columns: readonly Column[], widths: readonly number[]): string {
  const heads = columns.map(({ name }, k) => headOf(name, widths[k] ?? 0));
  const height = Math.max(...heads.map(({ length }) => length));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, k) => {
        const width = widths[k] ?? 0;
        const shown = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
        return k === 0 ? shown.padEnd(width) : shown.padStart(width);
      })
      .join(" ".repeat(GAP));
  return [
    ...Array.from({ length: height }, (_, i) =>
      line(heads.map((lines) => lines[i - height + lines.length] ?? "")),
    ),
    widths.map((width) => "─".repeat(width)).join(" ".repeat(GAP)),
    ...(columns[0]?.cells ?? []).map((_, i) => line(columns.map(({ cells }) => cells[i] ?? ""))),
  ].join("\n");
}

/** The words of a head in as few lines as fit. */
function headOf(name: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of wordsOf(name)) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
