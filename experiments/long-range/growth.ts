/** @file How seconds and bytes grow with the length, and where one contender overtakes another. */

/** A quantity at a length. */
export interface Point {
  readonly n: number;
  readonly value: number;
}

/**
 * p of value ∝ n^p, by least squares on logarithms, of the points with n ≥ `from`; undefined for
 * fewer than two.
 * @example exponent([{ n: 2, value: 4 }, { n: 4, value: 16 }], 1); // 2
 */
export function exponent(points: readonly Point[], from: number): number | undefined {
  const logs = points
    .filter(({ n }) => n >= from)
    .map(({ n, value }) => ({ x: Math.log(n), y: Math.log(value) }));
  if (logs.length < 2) return undefined;
  const mean = (values: readonly number[]): number =>
    values.reduce((total, value) => total + value, 0) / values.length;
  const [mx, my] = [mean(logs.map(({ x }) => x)), mean(logs.map(({ y }) => y))];
  const slope = mean(logs.map(({ x, y }) => (x - mx) * (y - my)));
  return slope / mean(logs.map(({ x }) => (x - mx) ** 2));
}

/**
 * The least n from which on the value is below that of the others at every n; those that `others`
 * has no value for, since the memory was too small, count as won. Undefined where the last is lost.
 */
export function overtakes(own: readonly Point[], others: readonly Point[]): number | undefined {
  const wins = own.map(({ n, value }) => {
    const rivals = others.filter((other) => other.n === n).map((other) => other.value);
    return { n, won: rivals.every((rival) => value < rival) };
  });
  const lost = wins.findLastIndex(({ won }) => !won);
  return wins[lost + 1]?.n;
}
