/** @file The variables of a level of a hierarchy: inputs at first, then the groups found below. */

/** Variables of any kind, as the search for pairs sees them. */
export interface Variables {
  readonly count: number;
  /** Samples. */
  readonly rows: number;
  /** The dependence of every two, [count, count] row-major; the upper triangle is filled. */
  weights(): Float64Array;
  /**
   * The same variables over `rows` of their rows, variable k from row startOf(k) on, labels from
   * startOf(count) on, the first row after the last: other starts for each destroy what joins them,
   * and nothing within one.
   */
  rotated(rows: number, startOf: (k: number) => number): Variables;
  /** The variables of the next level: pairs of these, or single ones. */
  merged(groups: readonly (readonly [number] | readonly [number, number])[]): Variables;
}

/** [count, count] of a function of every two of a list; the upper triangle is filled. */
export function symmetric<T>(list: readonly T[], of: (a: T, b: T) => number): Float64Array {
  const values = new Float64Array(list.length ** 2);
  list.forEach((a, i) => {
    for (let j = i + 1; j < list.length; j++) {
      const b = list[j];
      if (b !== undefined) values[i * list.length + j] = of(a, b);
    }
  });
  return values;
}

/** Values from a start on, the first after the last, until `into` is full. */
export function rotatedInto<A extends Int32Array | Float64Array>(
  into: A,
  from: A,
  start: number,
): A {
  for (let row = 0; row < into.length; row++) into[row] = from[(start + row) % from.length] ?? 0;
  return into;
}
