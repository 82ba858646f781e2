/** @file Variables that are numbers: squared correlations, and of groups the RV coefficient. */
import { rotatedInto, symmetric, type Variables } from "./variables.ts";

/** Deviations below this part of the largest absolute value are rounding: a constant column. */
const CONSTANT = 1e-7;

/** A column with mean 0 and length 1; zeros for a constant. */
function standardised(column: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(column);
  const mean = values.reduce((total, v) => total + v, 0) / values.length;
  const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const apart = values.map((v) => v - mean);
  const length = Math.sqrt(apart.reduce((total, v) => total + v * v, 0));
  const constant = length <= CONSTANT * largest * Math.sqrt(values.length);
  return apart.map((v) => (constant ? 0 : v / length));
}

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
          others[member] = standardised(rotatedInto(new Float64Array(rows), column, start));
        }
      });
      return realVariables(others, groups, null);
    },
    merged: (pairs) => {
      const members = pairs.map((pair) => pair.flatMap((k) => groups[k] ?? []));
      return realVariables(columns, members, squaredCorrelations());
    },
  };
}

/** The variables of the first level, out of columns of real numbers. */
export function realLeaves(columns: readonly ArrayLike<number>[]): Variables {
  const groups = columns.map((_, k) => [k]);
  return realVariables(columns.map(standardised), groups, null);
}
