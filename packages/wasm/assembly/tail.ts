/**
 * @file The last columns of a row block that fill no vector: copied to and from eight zero-padded
 * columns a row.
 */

/** `spare` [rows, 8] = the first `columns` < 8 of each row at `x`, zeros behind them. */
export function takeTail(x: usize, row: usize, rows: i32, columns: usize, spare: usize): void {
  for (let r = 0; r < rows; r++) {
    v128.store(spare, i32x4.splat(0));
    v128.store(spare, i32x4.splat(0), 16);
    memory.copy(spare, x, columns << 2);
    x += row;
    spare += 32;
  }
}

/**
 * The transpose of {@link takeTail}: the first `columns` of each row of `spare`, written to rows at
 * `y`.
 */
export function putTail(y: usize, row: usize, rows: i32, columns: usize, spare: usize): void {
  for (let r = 0; r < rows; r++) {
    memory.copy(y, spare, columns << 2);
    y += row;
    spare += 32;
  }
}
