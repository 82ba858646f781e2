/** @file Variables that are symbols: their mutual information, and groups of symbols alike. */
import { rotatedInto, symmetric, type Variables } from "./variables.ts";

/** A column of symbols 0 … count − 1. */
interface Symbols {
  readonly column: Int32Array;
  readonly count: number;
}

/** Numbers the values of a column by size, those that occur. */
function numbered(values: ArrayLike<number>): Symbols {
  const seen = [...new Set(Array.from(values))].sort((a, b) => a - b);
  const numbers = new Map(seen.map((value, k) => [value, k]));
  return {
    column: Int32Array.from(values, (value) => numbers.get(value) ?? 0),
    count: seen.length,
  };
}

/** Counts of each symbol of b with each symbol of a: [a, b] row-major. */
function table(a: Symbols, b: Symbols): Float64Array {
  const counts = new Float64Array(a.count * b.count);
  const [as, bs, width] = [a.column, b.column, b.count];
  for (let row = 0; row < as.length; row++) {
    const at = (as[row] ?? 0) * width + (bs[row] ?? 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

/** Sums of the rows and of the columns of a table. */
function margins(counts: Float64Array, width: number): [rows: Float64Array, columns: Float64Array] {
  const rows = new Float64Array(counts.length / width);
  const columns = new Float64Array(width);
  for (let row = 0, at = 0; row < rows.length; row++)
    for (let column = 0; column < width; column++, at++) {
      rows[row] = (rows[row] ?? 0) + (counts[at] ?? 0);
      columns[column] = (columns[column] ?? 0) + (counts[at] ?? 0);
    }
  return [rows, columns];
}

/**
 * Mutual information in nats, less what independent symbols show by chance on average:
 * Σ p(a, b) log(p(a, b) / p(a) p(b)) − (A − 1)(B − 1) / 2P (Miller 1955).
 */
function mutualInformation(a: Symbols, b: Symbols): number {
  const rows = a.column.length;
  const counts = table(a, b);
  const [as, bs] = margins(counts, b.count);
  let total = 0;
  for (let i = 0, at = 0; i < a.count; i++)
    for (let j = 0; j < b.count; j++, at++) {
      const count = counts[at] ?? 0;
      if (count > 0) total += count * Math.log((count * rows) / ((as[i] ?? 0) * (bs[j] ?? 0)));
    }
  return total / rows - ((a.count - 1) * (b.count - 1)) / (2 * rows);
}

/** Two columns as one, of pairs of symbols, those that occur. */
const joint = (a: Symbols, b: Symbols): Symbols =>
  numbered(a.column.map((symbol, row) => symbol * b.count + (b.column[row] ?? 0)));

/**
 * Each symbol as the point of what it says of all others: p(q | symbol) − p(q) in units of √p(q)
 * for each symbol q of each other column, whose squared distances are those of χ². [symbols, q]
 */
function profiles(own: Symbols, others: readonly Symbols[]): Float64Array[] {
  const rows = own.column.length;
  const length = others.reduce((total, { count }) => total + count, 0);
  const points = Array.from({ length: own.count }, () => new Float64Array(length));
  let start = 0;
  for (const other of others) {
    const { count: width } = other;
    const counts = table(own, other);
    const [as, bs] = margins(counts, width);
    points.forEach((point, symbol) => {
      for (let q = 0; q < width; q++) {
        const [mass, share] = [as[symbol] ?? 0, (bs[q] ?? 0) / rows];
        if (mass === 0 || share === 0) continue; // no row of a part of the rows has it
        point[start + q] = ((counts[symbol * width + q] ?? 0) / mass - share) / Math.sqrt(share);
      }
    });
    start += width;
  }
  return points;
}

/**
 * A column whose symbols are grouped by what they say of other columns: the two groups whose union
 * loses least χ² become one until `most` are left (Ward 1963), then each symbol moves to the
 * nearest mean while that changes anything. Cost O(P + s² q) for s symbols and q others.
 */
function grouped(own: Symbols, others: readonly Symbols[], most: number): Symbols {
  if (own.count <= most) return own;
  const points = profiles(own, others);
  const weights = new Float64Array(own.count);
  for (const symbol of own.column) weights[symbol] = (weights[symbol] ?? 0) + 1;
  const group = settled(points, weights, ward(points, weights, most));
  return numbered(own.column.map((symbol) => group[symbol] ?? 0));
}

/** A point without coordinates. */
const NONE = new Float64Array();

const squaredDistance = (a: Float64Array, b: Float64Array): number => {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += ((a[k] ?? 0) - (b[k] ?? 0)) ** 2;
  return total;
};

/** Ward's agglomeration. @returns the number of each point's group, one of its points */
function ward(points: readonly Float64Array[], weights: Float64Array, most: number): Int32Array {
  const count = points.length;
  const group = Int32Array.from(points, (_, k) => k);
  const means = points.map((point) => point.slice());
  const mass = weights.slice();
  const alive = new Set(group);
  const loss = (a: number, b: number): number =>
    (((mass[a] ?? 0) * (mass[b] ?? 0)) / ((mass[a] ?? 0) + (mass[b] ?? 0))) *
    squaredDistance(means[a] ?? NONE, means[b] ?? NONE);
  const losses = new Float64Array(count * count);
  for (const a of alive) for (const b of alive) if (a < b) losses[a * count + b] = loss(a, b);
  while (alive.size > most) {
    let [first, second, least] = [0, 0, Number.POSITIVE_INFINITY];
    for (const a of alive)
      for (const b of alive)
        if (a < b && (losses[a * count + b] ?? 0) < least)
          [first, second, least] = [a, b, losses[a * count + b] ?? 0];
    const share = (mass[second] ?? 0) / ((mass[first] ?? 0) + (mass[second] ?? 0));
    const [mean, other] = [means[first] ?? NONE, means[second] ?? NONE];
    for (let k = 0; k < mean.length; k++)
      mean[k] = (mean[k] ?? 0) + share * ((other[k] ?? 0) - (mean[k] ?? 0));
    mass[first] = (mass[first] ?? 0) + (mass[second] ?? 0);
    alive.delete(second);
    for (let k = 0; k < count; k++) if (group[k] === second) group[k] = first;
    for (const a of alive)
      if (a !== first) losses[Math.min(a, first) * count + Math.max(a, first)] = loss(a, first);
  }
  return group;
}

/** Rounds of moving points to the nearest mean. */
const ROUNDS = 20;

/** Lloyd's rounds from given groups. */
function settled(
  points: readonly Float64Array[],
  weights: Float64Array,
  start: Int32Array,
): Int32Array {
  let group = start;
  for (let round = 0; round < ROUNDS; round++) {
    const means = meansOf(points, weights, group);
    const next = group.map((own, k) => {
      let [nearest, least] = [own, Number.POSITIVE_INFINITY];
      for (const [name, mean] of means) {
        const distance = squaredDistance(points[k] ?? NONE, mean);
        if (distance < least) [nearest, least] = [name, distance];
      }
      return nearest;
    });
    if (next.every((own, k) => own === group[k])) break;
    group = next;
  }
  return group;
}

function meansOf(
  points: readonly Float64Array[],
  weights: Float64Array,
  group: Int32Array,
): Map<number, Float64Array> {
  const means = new Map<number, Float64Array>();
  const mass = new Map<number, number>();
  points.forEach((point, k) => {
    const own = group[k] ?? 0;
    const mean = means.get(own) ?? new Float64Array(point.length);
    means.set(own, mean);
    mass.set(own, (mass.get(own) ?? 0) + (weights[k] ?? 0));
    for (let q = 0; q < mean.length; q++)
      mean[q] = (mean[q] ?? 0) + (weights[k] ?? 0) * (point[q] ?? 0);
  });
  for (const [own, mean] of means) {
    const total = mass.get(own) ?? 1;
    mean.forEach((sum, q) => {
      mean[q] = sum / total;
    });
  }
  return means;
}

/** A variable of a level, and those of the level below that it was made of. */
interface SymbolGroup {
  /** Of a pair, both of its symbols as one: many, until they are grouped. */
  readonly whole: Symbols;
  readonly parts: readonly Symbols[];
}

/**
 * The variables of a level, symbols. Those of pairs are grouped to at most `most` by what they say
 * of the parts of all others and of the label.
 */
function symbolVariables(
  groups: readonly SymbolGroup[],
  label: Symbols | null,
  most: number,
): Variables {
  let columns: Symbols[] | null = null;
  const grouping = (): Symbols[] => {
    columns ??= groups.map(({ whole }, k) => {
      const others = groups.flatMap(({ parts }, j) => (j === k ? [] : parts));
      return grouped(whole, label ? [...others, label] : others, most);
    });
    return columns;
  };
  return {
    count: groups.length,
    rows: groups[0]?.whole.column.length ?? 0,
    weights: () => symmetric(grouping(), mutualInformation),
    rotated: (rows, startOf) => {
      const from = ({ column, count }: Symbols, k: number): Symbols => ({
        column: rotatedInto(new Int32Array(rows), column, startOf(k)),
        count,
      });
      const others = groups.map(({ whole, parts }, k) => ({
        whole: from(whole, k),
        parts: parts.map((part) => from(part, k)),
      }));
      return symbolVariables(others, label && from(label, groups.length), most);
    },
    merged: (pairs) => {
      const all = grouping();
      const next = pairs.map((pair) => {
        const parts = pair.flatMap((k) => all[k] ?? []);
        return { whole: parts.reduce(joint), parts };
      });
      return symbolVariables(next, label, most);
    },
  };
}

/** So many symbols are never too many for the samples. */
const MANY = 64;

/**
 * The variables of the first level, out of columns of any whole numbers. One of more symbols than
 * {@link MANY} and than a tenth of the samples, as of names or numbers of rows, is a constant.
 */
export function symbolLeaves(
  columns: readonly ArrayLike<number>[],
  label: ArrayLike<number> | null,
  states: number | null,
): Variables {
  const leaves = columns.map((column) => {
    const all = numbered(column);
    const many = Math.max(MANY, column.length / 10);
    return all.count > many ? numbered(new Int32Array(column.length)) : all;
  });
  const most = states ?? Math.max(2, ...leaves.map(({ count }) => count));
  const groups = leaves.map((whole) => ({ whole, parts: [whole] }));
  return symbolVariables(groups, label && numbered(label), most);
}
