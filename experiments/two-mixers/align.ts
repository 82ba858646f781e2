/**
 * @file The order of hidden units in which two dense layers are nearest to two butterflies. Units
 * of a dense net have no order; in mixers the paths from certain inputs meet in unit i, and paths
 * to certain outputs leave it.
 */

/** A set of hidden units. */
type Units = readonly [number, ...number[]];

/**
 * A set of hidden units, with the direction in which their weights lie in each block of columns.
 */
interface Cluster {
  readonly units: Units;
  /** For each block of columns, the dominant right singular vector times its singular value. */
  readonly directions: readonly Float64Array[];
}

/**
 * The hidden unit for each place of a butterfly, from W₂ tanh(W₁ x).
 *
 * One pass of a butterfly obeys a rank-1 law. In W₁, rows with the same k lowest bits are multiples
 * of one another in each block of columns with the same high bits; in W₂, columns with the same
 * high bits, over outputs with the same low ones. So units are joined in twos, then sets of units
 * in twos, such that the least energy is lost: W₁ shows which units share their low bits, W₂ which
 * share their high bits. Bit b separates the units that neither the joins by W₁ up to b nor those
 * by W₂ down to b connect.
 * @param first - W₁ [n, n], row-major, its rows the hidden units; n = 2^L
 * @param second - W₂ [n, n], row-major, its columns the hidden units
 * @returns order[place] = unit, or null where the two layers contradict each other, which those of
 * a butterfly never do. O(n³).
 */
export function alignedOrder(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  n: number,
): Int32Array | null {
  const levels = Math.log2(n);
  const low = joined(rows(n, (i, j) => first[i * n + j]!));
  const high = joined(rows(n, (i, j) => second[reversed(j, levels) * n + i]!));
  const place = new Int32Array(n);
  for (let bit = 0; bit < levels; bit++) {
    const side = twoSides(n, [...low[levels - 1 - bit]!, ...high[bit]!]);
    if (side === null) return null;
    for (let unit = 0; unit < n; unit++) place[unit]! |= side[unit]! << bit;
  }
  const order = new Int32Array(n).fill(-1);
  place.forEach((at, unit) => {
    order[at] = unit;
  });
  return order.includes(-1) ? null : order;
}

const rows = (n: number, entry: (i: number, j: number) => number): Float64Array[] =>
  Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => entry(i, j)));

function reversed(j: number, bits: number): number {
  let out = 0;
  for (let b = 0; b < bits; b++) out |= ((j >> b) & 1) << (bits - 1 - b);
  return out;
}

/** Level by level, sets of 2^level units: level 0 has each by itself. */
function joined(vectors: readonly Float64Array[]): Units[][] {
  let clusters: Cluster[] = vectors.map((vector, unit) => ({
    units: [unit],
    directions: [vector],
  }));
  const levels = [clusters.map(({ units }) => units)];
  while (clusters.length > 1) {
    clusters = paired(clusters.map(halved));
    levels.push(clusters.map(({ units }) => units));
  }
  return levels;
}

/** Each block of columns split in two. */
const halved = ({ units, directions }: Cluster): Cluster => ({
  units,
  directions: directions.flatMap((v) => [v.subarray(0, v.length / 2), v.subarray(v.length / 2)]),
});

/** The places of two clusters. */
type Pair = readonly [number, number];

/**
 * Joins clusters in twos at a small loss: greedily, then by exchanges between pairs while they
 * help.
 */
function paired(clusters: readonly Cluster[]): Cluster[] {
  const cost = clusters.map((a) =>
    clusters.map((b) => (a === b ? Number.POSITIVE_INFINITY : lost(a, b))),
  );
  const costOf = ([i, j]: Pair): number => cost[i]![j]!;
  const edges = clusters
    .flatMap((_, i) => clusters.slice(0, i).map((_, j): Pair => [i, j]))
    .sort((one, two) => costOf(one) - costOf(two));
  const taken = new Set<number>();
  const pairs: Pair[] = [];
  for (const [i, j] of edges) {
    if (taken.has(i) || taken.has(j)) continue;
    taken.add(i).add(j);
    pairs.push([i, j]);
  }
  for (let better = true; better; ) {
    better = false;
    for (let p = 0; p < pairs.length; p++)
      for (let q = 0; q < p; q++) {
        const [[a, b], [c, d]] = [pairs[p]!, pairs[q]!];
        const now = costOf([a, b]) + costOf([c, d]);
        const others: [Pair, Pair][] = [
          [
            [a, c],
            [b, d],
          ],
          [
            [a, d],
            [b, c],
          ],
        ];
        for (const [one, two] of others)
          if (costOf(one) + costOf(two) < now * (1 - 1e-9)) {
            [pairs[p], pairs[q]] = [one, two];
            better = true;
            break;
          }
      }
  }
  return pairs.map(([i, j]) => {
    const [a, b] = [clusters[i]!, clusters[j]!];
    return {
      units: [...a.units, ...b.units],
      directions: a.directions.map((u, k) => dominant(u, b.directions[k]!)),
    };
  });
}

/** The energy outside the best rank-1 approximations of the blocks: Σ σ₂². */
const lost = (a: Cluster, b: Cluster): number =>
  a.directions.reduce((total, u, k) => {
    const [uu, uv, vv] = gram(u, b.directions[k]!);
    return total + (uu + vv - Math.hypot(uu - vv, 2 * uv)) / 2;
  }, 0);

/** σ₁v₁ of the two rows u and v. */
function dominant(u: Float64Array, v: Float64Array): Float64Array {
  const [uu, uv, vv] = gram(u, v);
  const angle = Math.atan2(2 * uv, uu - vv) / 2;
  return u.map((value, i) => Math.cos(angle) * value + Math.sin(angle) * v[i]!);
}

function gram(u: Float64Array, v: Float64Array): [number, number, number] {
  let [uu, uv, vv] = [0, 0, 0];
  for (let i = 0; i < u.length; i++) {
    uu += u[i]! * u[i]!;
    uv += u[i]! * v[i]!;
    vv += v[i]! * v[i]!;
  }
  return [uu, uv, vv];
}

/**
 * 0 or 1 for each unit, the same within each set; null unless the sets connect the units to exactly
 * two components.
 */
function twoSides(n: number, sets: readonly Units[]): Int32Array | null {
  const root = Int32Array.from({ length: n }, (_, i) => i);
  const find = (i: number): number => (root[i] === i ? i : find(root[i]!));
  for (const [head, ...rest] of sets) for (const unit of rest) root[find(unit)] = find(head);
  const roots = Array.from({ length: n }, (_, i) => find(i));
  const names = [...new Set(roots)];
  return names.length === 2 ? Int32Array.from(roots, (r) => names.indexOf(r)) : null;
}
