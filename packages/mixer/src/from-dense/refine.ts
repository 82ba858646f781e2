/**
 * @file The nearest mixer to a matrix, a block at a time: with everything else held, the residual
 * is linear in one block, so that each takes its least-squares value in turn, then the diagonals
 * take theirs. The error never grows.
 */
import type { Factors } from "../factors.ts";
import type { Schedule } from "../schedule.ts";
import { dot, type Matrix, matrix, row } from "./matrix.ts";

/** A mixer as plain numbers; for a rotation the blocks are rotations. */
export interface Numbers {
  readonly kind: Factors["kind"];
  readonly schedule: Schedule;
  readonly blocks: Float64Array;
  readonly scales: Float64Array;
  readonly dIn: Float64Array;
  readonly dOut: Float64Array;
}

/** The matrix of a mixer, [out, in]. */
export function denseOf(numbers: Numbers): Matrix {
  const { schedule, dIn, dOut } = numbers;
  const z = matrix(schedule.n, dIn.length, (i, j) => (i === j ? dIn[j]! : 0));
  for (let l = 0; l < schedule.stages; l++) mixRows(z, numbers, l, false);
  return matrix(dOut.length, dIn.length, (i, j) => dOut[i]! * z.data[i * dIn.length + j]!);
}

/** One sweep over all blocks, scales and diagonals, in place. Cost O(L n · in · out). */
export function sweep(numbers: Numbers, target: Matrix): void {
  const { schedule, dIn, blocks, scales } = numbers;
  const { n, stages, first, second, starts, leftovers, leftoverStarts } = schedule;
  const after = columnsAfter(numbers);
  const c = matrix(n, dIn.length, (i, j) => (i === j ? dIn[j]! : 0));
  const model = denseOf(numbers);
  const residual: Matrix = { ...target, data: target.data.map((v, k) => v - model.data[k]!) };
  for (let l = 0; l < stages; l++) {
    const a = after[l]!;
    for (let p = starts[l]!; p < starts[l + 1]!; p++) {
      const [ai, aj, ci, cj] = [
        row(a, first[p]!),
        row(a, second[p]!),
        row(c, first[p]!),
        row(c, second[p]!),
      ];
      const block = blocks.subarray(4 * p, 4 * p + 4);
      const correlation = correlations(residual, [ai, aj], [ci, cj]);
      const [ga, gc] = [gram(ai, aj), gram(ci, cj)];
      const change =
        numbers.kind === "general"
          ? times(times(inverse(ga), correlation), inverse(gc))
          : turned(block, correlation, ga, gc);
      for (let k = 0; k < 4; k++) block[k]! += change[k]!;
      subtract(residual, [ai, aj], combined(change, ci, cj));
    }
    for (
      let r = leftoverStarts[l]!;
      numbers.kind === "general" && r < leftoverStarts[l + 1]!;
      r++
    ) {
      const [ar, cr] = [row(a, leftovers[r]!), row(c, leftovers[r]!)];
      const size = dot(ar, ar) * dot(cr, cr);
      if (size === 0) continue;
      const change = correlations(residual, [ar], [cr])[0]! / size;
      scales[r]! += change;
      subtract(residual, [ar], [cr.map((v) => change * v)]);
    }
    mixRows(c, numbers, l, false);
  }
  fitDiagonals(numbers, target, c);
}

/**
 * For each stage l, the transpose of diag(dOut) B_L ⋯ B_{l+1}: row i is how coordinate i, once out
 * of the stage, reaches the outputs.
 */
function columnsAfter(numbers: Numbers): Matrix[] {
  const { n, stages } = numbers.schedule;
  const { dOut } = numbers;
  const after: Matrix[] = [];
  const a = matrix(n, dOut.length, (i, j) => (i === j ? dOut[j]! : 0));
  for (let l = stages - 1; l >= 0; l--) {
    after[l] = { ...a, data: a.data.slice() };
    mixRows(a, numbers, l, true);
  }
  return after;
}

/** Z ← B_l Z, or B_lᵀ Z. */
function mixRows(
  z: Matrix,
  { schedule, blocks, scales }: Numbers,
  l: number,
  transposed: boolean,
): void {
  const { first, second, starts, leftovers, leftoverStarts } = schedule;
  for (let p = starts[l]!; p < starts[l + 1]!; p++) {
    const [u, v] = [row(z, first[p]!), row(z, second[p]!)];
    const [a, d] = [blocks[4 * p]!, blocks[4 * p + 3]!];
    const [b, c] = [blocks[4 * p + (transposed ? 2 : 1)]!, blocks[4 * p + (transposed ? 1 : 2)]!];
    for (let k = 0; k < z.columns; k++) {
      const [x, y] = [u[k]!, v[k]!];
      u[k] = a * x + b * y;
      v[k] = c * x + d * y;
    }
  }
  for (let r = leftoverStarts[l]!; r < leftoverStarts[l + 1]!; r++) {
    const u = row(z, leftovers[r]!);
    for (let k = 0; k < z.columns; k++) u[k]! *= scales[r]!;
  }
}

/** Each diagonal entry to its least-squares value: first rows, then columns. */
function fitDiagonals({ dIn, dOut }: Numbers, target: Matrix, z: Matrix): void {
  for (let i = 0; i < dOut.length; i++) {
    const size = dot(row(z, i), row(z, i));
    if (size > 0) dOut[i] = dot(row(target, i), row(z, i)) / size;
  }
  for (let j = 0; j < dIn.length; j++) {
    let [along, size] = [0, 0];
    for (let i = 0; i < dOut.length; i++) {
      const v = dOut[i]! * z.data[i * z.columns + j]!;
      along += v * target.data[i * target.columns + j]!;
      size += v * v;
    }
    if (size > 0) dIn[j]! *= along / size;
  }
}

/** ⟨a_p, R c_q⟩ for each p and q, row-major. */
function correlations(
  r: Matrix,
  as: readonly Float64Array[],
  cs: readonly Float64Array[],
): number[] {
  const images = cs.map((c) => Float64Array.from({ length: r.rows }, (_, o) => dot(row(r, o), c)));
  return as.flatMap((a) => images.map((image) => dot(a, image)));
}

/** R ← R − Σ a_p v_pᵀ */
function subtract(r: Matrix, as: readonly Float64Array[], vs: readonly Float64Array[]): void {
  for (let o = 0; o < r.rows; o++) {
    const line = row(r, o);
    for (const [p, a] of as.entries()) {
      const [factor, v] = [a[o]!, vs[p]!];
      if (factor !== 0) for (let k = 0; k < line.length; k++) line[k]! -= factor * v[k]!;
    }
  }
}

type Block = readonly [number, number, number, number] | readonly number[];

const combined = (
  [a, b, c, d]: Block,
  u: Float64Array,
  v: Float64Array,
): [Float64Array, Float64Array] => [
  u.map((x, k) => a! * x + b! * v[k]!),
  u.map((x, k) => c! * x + d! * v[k]!),
];

const gram = (u: Float64Array, v: Float64Array): Block => [
  dot(u, u),
  dot(u, v),
  dot(u, v),
  dot(v, v),
];

const times = ([a, b, c, d]: Block, [e, f, g, h]: Block): Block => [
  a! * e! + b! * g!,
  a! * f! + b! * h!,
  c! * e! + d! * g!,
  c! * f! + d! * h!,
];

/**
 * The inverse of a Gram matrix, with 10⁻¹² of its trace on the diagonal: a direction that reaches
 * nothing is left alone.
 */
function inverse([a, b, c, d]: Block): Block {
  const ridge = 1e-12 * (a! + d!);
  const det = (a! + ridge) * (d! + ridge) - b! * c!;
  return det > 0 ? [(d! + ridge) / det, -b! / det, -c! / det, (a! + ridge) / det] : [0, 0, 0, 0];
}

/**
 * From one rotation to the best: with H = correlation + Ga M Gc, the error is −2(c p + s q) + u
 * c² + 2 v c s + w s² in the cosine and sine of the new angle; the lowest of 32 samples, then
 * Newton's steps.
 */
function turned(block: Float64Array, correlation: Block, ga: Block, gc: Block): Block {
  const m = Array.from(block);
  const h = times(times(ga, m), gc).map((v, k) => v + correlation[k]!);
  const k = times(ga, gc);
  const [p, q] = [h[0]! + h[3]!, h[2]! - h[1]!];
  const [u, v, w] = [
    k[0]! + k[3]!,
    k[2]! - k[1]!,
    ga[3]! * gc[0]! - 2 * ga[1]! * gc[1]! + ga[0]! * gc[3]!,
  ];
  const error = (t: number) => {
    const [c, s] = [Math.cos(t), Math.sin(t)];
    return -2 * (c * p + s * q) + u * c * c + 2 * v * c * s + w * s * s;
  };
  let best = Math.atan2(m[2]!, m[0]!);
  for (let sample = 0; sample < 32; sample++) {
    const t = (sample * Math.PI) / 16;
    if (error(t) < error(best)) best = t;
  }
  for (let step = 0; step < 20; step++) {
    const [c, s] = [Math.cos(best), Math.sin(best)];
    const slope = 2 * (s * p - c * q) + 2 * (w - u) * c * s + 2 * v * (c * c - s * s);
    const curvature = 2 * (c * p + s * q) + 2 * (w - u) * (c * c - s * s) - 8 * v * c * s;
    if (!(curvature > 0) || Math.abs(slope) <= 1e-17 * curvature) break;
    const next = best - slope / curvature;
    if (error(next) > error(best)) break;
    best = next;
  }
  const [c, s] = [Math.cos(best), Math.sin(best)];
  return [c - m[0]!, -s - m[1]!, s - m[2]!, c - m[3]!];
}
