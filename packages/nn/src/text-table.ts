/** @file Rows of text as a table with aligned columns. */

/**
 * Columns two spaces apart: the first ones to the left, those from `numbersFrom` on to the right; a
 * rule under the head.
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbersFrom: number,
): string {
  const all = [head, ...rows];
  const widths = head.map((_, k) =>
    all.reduce((most, row) => Math.max(most, row[k]?.length ?? 0), 0),
  );
  const lines = all.map((row) =>
    row
      .map((cell, k) =>
        k < numbersFrom ? cell.padEnd(widths[k] ?? 0) : cell.padStart(widths[k] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  const rule = "─".repeat(widths.reduce((a, b) => a + b + 2, -2));
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

/** A count with thousands separated: 16,777,216. */
export const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
