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
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import {
  apply,
  checkSquare,
  type Factors,
  fanIn,
  fanOut,
  type GeneralFactors,
  like,
  toGeneral,
} from "./factors.ts";
import { mapParameters, type Names } from "./parameterisation/define.ts";
import { columns } from "./parameterisation/general.ts";
import { reversedOrder, reverseSchedule } from "./schedule-algebra.ts";
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
    apply({ ...factors, ...out }, tensor(columns, { shape: [n, n], ...like(factors) })),
  );
}

/**
 * Wᵀ as a mixer: the stages from last to first, each block transposed, the diagonals exchanged. It
 * has no bias.
 * @example apply(transposed(factors), y); // Wᵀ y in O(nL)
 */
export function transposed<N extends Names>(factors: Factors<N>): Factors<N> {
  const turned = reverseStages(factors);
  return { ...turned, parameters: factors.mixer.parameterisation.transpose(turned.parameters) };
}

/** Wᵀ y. y [..., out] → [..., in]; O(nL) a row. */
export const applyTranspose = (factors: Factors, y: Tensor): Tensor =>
  apply(transposed(factors), y);

/**
 * The mixer that undoes this one: the stages from last to first, each block inverted, the diagonals
 * exchanged and inverted. With a bias, x = W⁻¹ y − W⁻¹ bias. Of a kind whose blocks' inverses are
 * not of the kind it is a general mixer.
 * @throws ShapeError unless W is square; ValueError naming stage, pair and determinant of a block
 * that can't be inverted
 */
export function inverse<N extends Names>(factors: Factors<N>): Factors<N> | GeneralFactors {
  return inverted("inverse", factors);
}

function inverted<N extends Names>(op: string, factors: Factors<N>): Factors<N> | GeneralFactors {
  checkSquare(op, factors);
  checkRegular(op, factors);
  const { orthogonal, transpose, inverse } = factors.mixer.parameterisation;
  const invert = orthogonal ? transpose : inverse;
  if (invert === undefined) return inverted(op, toGeneral(factors));
  const { dIn, dOut, ...turned } = reverseStages(factors);
  const diagonals = { ...(dIn && { dIn: div(1, dIn) }), ...(dOut && { dOut: div(1, dOut) }) };
  const linear = { ...diagonals, ...turned, parameters: invert(turned.parameters) };
  return factors.bias === undefined
    ? linear
    : { ...linear, bias: neg(apply(linear, factors.bias)) };
}

/**
 * x such that W x + bias = y. y [..., n] → [..., n]; O(nL) a row.
 * @throws as {@link inverse}
 */
export const solve = (factors: Factors, y: Tensor): Tensor => apply(inverted("solve", factors), y);

/**
 * ln|det W| = Σ ln|d_in| + Σ ln|d_out| + Σ ln|ad − bc| + Σ ln|s|; of an orthogonal kind the first
 * two alone. A scalar; O(nL).
 * @throws as {@link inverse}
 */
export function logAbsDet(factors: Factors): Tensor {
  checkSquare("logAbsDet", factors);
  checkRegular("logAbsDet", factors);
  const { dIn, dOut } = factors;
  const parts = factors.mixer.parameterisation.orthogonal ? [] : determinants(factors);
  const logs = [...parts, ...(dIn ? [dIn] : []), ...(dOut ? [dOut] : [])].map((x) =>
    sum(log(abs(x))),
  );
  return logs.length === 0 ? zeros([], like(factors)) : logs.reduce(add);
}

/** Of all blocks, and the unpairedScales. */
function determinants(factors: Factors): [blocks: Tensor, unpairedScales: Tensor] {
  const { blocks, unpairedScales } = toGeneral(factors).parameters;
  const [a, b, c, d] = columns(blocks);
  return [sub(mul(a, d), mul(b, c)), unpairedScales];
}

/**
 * The parameters in the order of the reversed schedule, the diagonals exchanged, the bias gone; the
 * blocks as they were.
 */
function reverseStages<N extends Names>(factors: Factors<N>): Factors<N> {
  const { mixer, schedule, dIn, dOut, bias } = factors;
  const { backend } = like(factors);
  const { pairs, unpaired } = reversedOrder(schedule);
  const order = { pair: tensor(pairs, { backend }), unpaired: tensor(unpaired, { backend }) };
  return {
    mixer,
    schedule: reverseSchedule(schedule),
    parameters: mapParameters(mixer.parameterisation, factors.parameters, (x, { per }) =>
      take(x, order[per]),
    ),
    ...(dIn && { dOut: dIn }),
    ...(dOut ? { dIn: dOut } : bias && { dIn: ones([fanOut(factors)], like(factors)) }),
  };
}
