/** @file Matrices as plain numbers, to check mixers against: no code of the mixer is used here. */
import { type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import type { GeneralFactors } from "@spm/mixer";
import { expect } from "vitest";

export const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
/** Largest difference of two tensors' elements. */
export const distance = (a: Tensor, b: Tensor): number => {
  expect(a.shape).toEqual(b.shape);
  const other = numbers(b);
  return numbers(a).reduce((worst, v, i) => Math.max(worst, Math.abs(v - other[i]!)), 0);
};

export const identity = (n: number): Tensor =>
  tensor(
    Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0)),
    { shape: [n, n] },
  );

/** Plain numbers: the product of the stages written out as n × n matrices. */
export function explicitProduct(factors: GeneralFactors): number[][] {
  const { schedule, parameters } = factors;
  const { n } = schedule;
  const [blocks, scales] = [numbers(parameters.blocks), numbers(parameters.unpairedScales)];
  const eye = (): number[][] =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  const times = (a: number[][], b: number[][]) =>
    a.map((row) => b[0]!.map((_, j) => row.reduce((total, v, k) => total + v * b[k]![j]!, 0)));
  const diagonal = (d: Tensor | undefined) =>
    eye().map((row, i) => row.map((v) => v * (d === undefined ? 1 : numbers(d)[i]!)));
  let w = diagonal(factors.dIn);
  for (let l = 0; l < schedule.stages; l++) {
    const b = eye();
    for (let p = schedule.starts[l]!; p < schedule.starts[l + 1]!; p++) {
      const [i, j] = [schedule.first[p]!, schedule.second[p]!];
      [b[i]![i], b[i]![j], b[j]![i], b[j]![j]] = blocks.slice(4 * p, 4 * p + 4) as [
        number,
        number,
        number,
        number,
      ];
    }
    for (let r = schedule.unpairedStarts[l]!; r < schedule.unpairedStarts[l + 1]!; r++)
      b[schedule.unpaired[r]!]![schedule.unpaired[r]!] = scales[r]!;
    w = times(b, w);
  }
  return times(diagonal(factors.dOut), w);
}

/** det by Gaussian elimination with row exchanges. */
export function determinant(w: number[][]): number {
  const a = w.map((row) => [...row]);
  let det = 1;
  for (let k = 0; k < a.length; k++) {
    const pivot = a.reduce(
      (best, row, i) => (i >= k && Math.abs(row[k]!) > Math.abs(a[best]![k]!) ? i : best),
      k,
    );
    if (pivot !== k) {
      [a[pivot], a[k]] = [a[k]!, a[pivot]!];
      det = -det;
    }
    det *= a[k]![k]!;
    if (det === 0) return 0;
    for (let i = k + 1; i < a.length; i++) {
      const factor = a[i]![k]! / a[k]![k]!;
      for (let j = k; j < a.length; j++) a[i]![j]! -= factor * a[k]![j]!;
    }
  }
  return det;
}

export const rowsOf = (w: Tensor): number[][] => {
  const [rows, columns] = w.shape as [number, number];
  const flat = numbers(w);
  return Array.from({ length: rows }, (_, i) => flat.slice(i * columns, (i + 1) * columns));
};

/** The factors with the rows, or the columns, of one stage multiplied by λ. */
export function scaled(
  factors: GeneralFactors,
  l: number,
  side: "rows" | "columns",
  lambda: number[],
): GeneralFactors {
  const { schedule, parameters } = factors;
  const blocks = numbers(parameters.blocks).map((v, k) => {
    const p = k >> 2;
    if (p < schedule.starts[l]! || p >= schedule.starts[l + 1]!) return v;
    const second = side === "rows" ? (k & 3) >= 2 : (k & 1) === 1;
    return v * lambda[(second ? schedule.second : schedule.first)[p]!]!;
  });
  const scales = numbers(parameters.unpairedScales).map((v, r) =>
    r < schedule.unpairedStarts[l]! || r >= schedule.unpairedStarts[l + 1]!
      ? v
      : v * lambda[schedule.unpaired[r]!]!,
  );
  return {
    ...factors,
    parameters: {
      blocks: tensor(Float64Array.from(blocks), { shape: parameters.blocks.shape }),
      unpairedScales: tensor(Float64Array.from(scales)),
    },
  };
}
