/** @file Text for unrolled loops. */

/** One line for each row of a block. */
export const perRow = (rows: number, line: (row: number) => string): string =>
  Array.from({ length: rows }, (_, row) => line(row)).join("\n");

/**
 * Loops over the rows in blocks, largest first: `call(R)` is the statement for a block of R rows.
 */
export const byBlocks = (sizes: readonly number[], call: (rows: number) => string): string =>
  sizes.map((rows) => `  for (; rows >= ${rows}; rows -= ${rows}) { ${call(rows)} }`).join("\n");
