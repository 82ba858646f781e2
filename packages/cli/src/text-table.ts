/** @file A table in plain text. */

/**
 * Lines of a table: the first column flush left, the others flush right, a rule under the head.
 *
 * @param rows - each as long as `head`.
 */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), cell.length),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ");
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join(
    "\n",
  );
}
