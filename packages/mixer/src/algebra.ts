/**
 * @file What a dense layer can't do in O(nL): transpose, inverse, determinant. All of it made of
 * ops, and so differentiable.
 */
import {
  abs,
  add,
  div,
  log,
  mul,
  neg,
  ones,
  reshape,
  slice,
  stack,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import {
  checkSquare,
  type Factors,
  type FactorsOf,
  fanIn,
  fanOut,
  type GeneralFactors,
  like,
  mix,
} from "./factors.ts";
import { reversed, reversedOrder } from "./schedule-algebra.ts";
import { checkRegular } from "./singular.ts";

/**
 * W, the matrix that stands between x and y − bias.
 * @returns [out, in]. Cost O(n²L): every column of the identity goes through.
 */
export function toDense({ bias, ...factors }: Factors): Tensor {
  const n = fanIn(factors);
  const columns = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));
  const out =
    bias === undefined || factors.dOut !== undefined
      ? {}
      : { dOut: ones(bias.shape, like(factors)) };
  return transpose(
    mix({ ...factors, ...out }, tensor(columns, { shape: [n, n], ...like(factors) })),
  );
}

/**
 * Wᵀ as a mixer: the stages from last to first, each block transposed, the diagonals exchanged. It
 * has no bias.
 * @example mix(transposed(factors), y); // Wᵀ y in O(nL)
 */
export const transposed = <F extends Factors>(factors: F): FactorsOf<F["kind"]> =>
  transposedStages(turnedAround(factors)) as FactorsOf<F["kind"]>;

function transposedStages(turned: Factors): Factors {
  if (turned.kind === "rotation") return { ...turned, angles: neg(turned.angles) };
  const [a, b, c, d] = columns(turned.blocks);
  return { ...turned, blocks: stack([a, c, b, d], 1) };
}

/** Wᵀ y. y [..., out] → [..., in]; O(nL) a row. */
export const applyTranspose = (factors: Factors, y: Tensor): Tensor => mix(transposed(factors), y);

/**
 * The mixer that undoes this one: the stages from last to first, each block inverted, the diagonals
 * exchanged and inverted. With a bias, x = W⁻¹ y − W⁻¹ bias.
 * @throws ShapeError unless W is square; ValueError naming stage, pair and determinant of a block
 * that can't be inverted
 */
export const inverse = <F extends Factors>(factors: F): FactorsOf<F["kind"]> =>
  inverted("inverse", factors) as FactorsOf<F["kind"]>;

function inverted(op: string, factors: Factors): Factors {
  checkSquare(op, factors);
  checkRegular(op, factors);
  const { dIn, dOut, ...turned } = turnedAround(factors);
  const diagonals = { ...(dIn && { dIn: div(1, dIn) }), ...(dOut && { dOut: div(1, dOut) }) };
  const linear = { ...diagonals, ...inverseStages(turned) };
  return factors.bias === undefined ? linear : { ...linear, bias: neg(mix(linear, factors.bias)) };
}

function inverseStages(turned: Factors): Factors {
  if (turned.kind === "rotation") return { ...turned, angles: neg(turned.angles) };
  const [a, b, c, d] = columns(turned.blocks);
  const adjugate = stack([d, neg(b), neg(c), a], 1);
  const blocks = div(adjugate, reshape(determinants(turned), [-1, 1]));
  return { ...turned, blocks, scales: div(1, turned.scales) };
}

/**
 * x such that W x + bias = y. y [..., n] → [..., n]; O(nL) a row.
 * @throws as {@link inverse}
 */
export const solve = (factors: Factors, y: Tensor): Tensor => mix(inverted("solve", factors), y);

/**
 * ln|det W| = Σ ln|d_in| + Σ ln|d_out| + Σ ln|ad − bc| + Σ ln|s|; of a rotation the first two
 * alone. A scalar; O(nL).
 * @throws as {@link inverse}
 */
export function logAbsDet(factors: Factors): Tensor {
  checkSquare("logAbsDet", factors);
  checkRegular("logAbsDet", factors);
  const { dIn, dOut } = factors;
  const parts = factors.kind === "rotation" ? [] : [determinants(factors), factors.scales];
  const logs = [...parts, ...(dIn ? [dIn] : []), ...(dOut ? [dOut] : [])].map((x) =>
    sum(log(abs(x))),
  );
  return logs.length === 0 ? zeros([], like(factors)) : logs.reduce(add);
}

/** [P, 4] → a, b, c, d, each [P]. */
function columns(blocks: Tensor): [Tensor, Tensor, Tensor, Tensor] {
  const column = (k: number) =>
    reshape(slice(blocks, [undefined, { start: k, stop: k + 1 }]), [-1]);
  return [column(0), column(1), column(2), column(3)];
}

function determinants({ blocks }: GeneralFactors): Tensor {
  const [a, b, c, d] = columns(blocks);
  return sub(mul(a, d), mul(b, c));
}

/**
 * The parameters in the order of the reversed schedule, the diagonals exchanged, the bias gone; the
 * blocks as they were.
 */
function turnedAround(factors: Factors): Factors {
  const { schedule, dIn, dOut, bias } = factors;
  const order = reversedOrder(schedule);
  const index = (values: Int32Array) => tensor(values, { backend: like(factors).backend });
  const ends = {
    ...(dIn && { dOut: dIn }),
    ...(dOut ? { dIn: dOut } : bias && { dIn: ones([fanOut(factors)], like(factors)) }),
  };
  const backwards = { ...ends, schedule: reversed(schedule) };
  if (factors.kind === "rotation")
    return { ...backwards, kind: "rotation", angles: take(factors.angles, index(order.pairs)) };
  const [blocks, scales] = [
    take(factors.blocks, index(order.pairs)),
    take(factors.scales, index(order.leftovers)),
  ];
  return { ...backwards, kind: "general", blocks, scales };
}
