/** @file Variables that are numbers: squared correlations, and of groups the RV coefficient. */
import { rotatedInto, symmetric, type Variables } from "./variables.ts";

/**
 * A column with mean 0 and length 1; zeros for a constant, whose values lie within `epsilon` of
 * their mean, a part of the largest absolute value.
 */
function standardised(column: ArrayLike<number>, epsilon: number): Float64Array {
  const values = Float64Array.from(column);
  const magnitude = largest(values);
  const first = (values[0] ?? 0) / magnitude; // so that equal values are 0 without rounding
  const apart = values.map((v) => v / magnitude - first);
  const mean = apart.reduce((total, v) => total + v, 0) / values.length;
  const centred = apart.map((v) => v - mean);
  const spread = largest(centred);
  if (!(spread > epsilon)) return values.fill(0);
  const length = spread * Math.sqrt(centred.reduce((total, v) => total + (v / spread) ** 2, 0));
  return centred.map((v) => v / length);
}

const largest = (values: Float64Array): number =>
  values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let row = 0; row < a.length; row++) total += (a[row] ?? 0) * (b[row] ?? 0);
  return total;
}

/**
 * The variables of a level, real: the weight of two groups A and B is the RV coefficient
 * Σ r²(a, b) / √(Σ r²(a, a′) Σ r²(b, b′)) (Robert and Escoufier 1976), in [0, 1]; of two inputs
 * the squared correlation.
 */
function realVariables(
  columns: readonly Float64Array[],
  groups: readonly (readonly number[])[],
  known: Float64Array | null,
  epsilon: number,
): Variables {
  const n = columns.length;
  let squares = known;
  const squaredCorrelations = (): Float64Array => {
    squares ??= symmetric(columns, (a, b) => dot(a, b) ** 2);
    return squares;
  };
  const live = columns.map((column) => dot(column, column)); // 1, and 0 of a constant
  const sumOver = (as: readonly number[], bs: readonly number[]): number => {
    const r2 = squaredCorrelations();
    let total = 0;
    for (const a of as)
      for (const b of bs)
        total += (a === b ? live[a] : r2[Math.min(a, b) * n + Math.max(a, b)]) ?? 0;
    return total;
  };
  return {
    count: groups.length,
    rows: columns[0]?.length ?? 0,
    weights: () => {
      const all = groups.map((members) => ({ members, own: sumOver(members, members) }));
      return symmetric(all, (a, b) => {
        const scale = Math.sqrt(a.own * b.own);
        return scale === 0 ? 0 : sumOver(a.members, b.members) / scale;
      });
    },
    rotated: (rows, startOf) => {
      const others = columns.slice();
      groups.forEach((group, k) => {
        const start = startOf(k);
        for (const member of group) {
          const column = columns[member] ?? new Float64Array();
          others[member] = standardised(
            rotatedInto(new Float64Array(rows), column, start),
            epsilon,
          );
        }
      });
      return realVariables(others, groups, null, epsilon);
    },
    merged: (pairs) => {
      const members = pairs.map((pair) => pair.flatMap((k) => groups[k] ?? []));
      return realVariables(columns, members, squaredCorrelations(), epsilon);
    },
  };
}

/**
 * The variables of the first level, out of columns of real numbers.
 * @param epsilon - that of the numbers' dtype
 */
export function realLeaves(columns: readonly ArrayLike<number>[], epsilon: number): Variables {
  const groups = columns.map((_, k) => [k]);
  const unit = columns.map((column) => standardised(column, epsilon));
  return realVariables(unit, groups, null, epsilon);
}
