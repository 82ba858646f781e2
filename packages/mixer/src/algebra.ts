/**
 * @file Transpose, inverse, determinant and solution of a mixer, each in O(nL); all of it made of
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
import { checkTensors } from "@spm/core/extend";
import {
  apply,
  checkFactors,
  checkSquare,
  type Factors,
  type GeneralFactors,
  inFeatures,
  like,
  outFeatures,
  toGeneral,
} from "./factors.ts";
import { mapParameters, type Names } from "./parameterisation/define.ts";
import { columns } from "./parameterisation/general.ts";
import { reversedOrder, reverseSchedule } from "./schedule-algebra.ts";
import { checkRegular } from "./singular.ts";

/**
 * The matrix W of y = W x + bias.
 * @returns [out, in]. Cost O(n²L): the mixer applied to every column of the identity
 * @example toDense(hadamard(8)).shape; // [8, 8]
 */
export function toDense(given: Factors): Tensor {
  checkFactors("toDense", given);
  const { bias, ...factors } = given;
  const n = inFeatures(factors);
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
 * Wᵀ = D_in B₁ᵀ ⋯ B_Lᵀ D_out as a mixer, [in, out]: the stages from last to first, each block
 * transposed, the diagonals exchanged. It has no bias. Cost O(nL).
 * @example apply(transposed(dct(8)), ones([8], { dtype: "float64" })).shape; // [8]
 */
export function transposed<N extends Names>(factors: Factors<N>): Factors<N> {
  checkFactors("transposed", factors);
  const turned = reverseStages(factors);
  return { ...turned, parameters: factors.mixer.parameterisation.transpose(turned.parameters) };
}

/**
 * Wᵀ y, the transposed mixer as a linear map.
 * @param y - [..., out]
 * @returns [..., in]. Cost 3nL FLOP a row
 * @throws ShapeError, DTypeError where y does not fit the factors
 * @example applyTranspose(hadamard(8), ones([3, 8], { dtype: "float64" })).shape; // [3, 8]
 */
export const applyTranspose = (factors: Factors, y: Tensor): Tensor => {
  checkFactors("applyTranspose", factors);
  checkTensors("applyTranspose", y);
  return apply(transposed(factors), y);
};

/**
 * W⁻¹ as a mixer, [n, n]: the stages from last to first, each block inverted, the diagonals
 * exchanged and inverted; with a bias, x = W⁻¹ y − W⁻¹ bias. A general mixer where a kind has no
 * inverses of its own blocks. Cost O(nL).
 * @throws ShapeError unless W is square; ValueError naming stage, pair and determinant of a block
 * that can't be inverted
 * @example inverseMixer(hadamard(8)).schedule.stages; // 3
 */
export function inverseMixer<N extends Names>(factors: Factors<N>): Factors<N> | GeneralFactors {
  checkFactors("inverseMixer", factors);
  return inverted("inverseMixer", factors);
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
 * The x of W x + bias = y.
 * @param y - [..., n]
 * @returns [..., n]. Cost O(nL) a row
 * @throws ShapeError unless W is square; ValueError for a block that can't be inverted
 * @example applyInverse(hadamard(8), ones([3, 8], { dtype: "float64" })).shape; // [3, 8]
 */
export const applyInverse = (factors: Factors, y: Tensor): Tensor => {
  checkFactors("applyInverse", factors);
  checkTensors("applyInverse", y);
  return apply(inverted("applyInverse", factors), y);
};

/**
 * ln|det W| = Σ ln|d_in| + Σ ln|d_out| + Σ ln|ad − bc| + Σ ln|s|; of an orthogonal kind the first
 * two alone.
 * @returns a scalar, []. Cost O(nL)
 * @throws ShapeError unless W is square; ValueError for a block that can't be inverted
 * @example logAbsDet(hadamard(8)); // [0]
 */
export function logAbsDet(factors: Factors): Tensor {
  checkFactors("logAbsDet", factors);
  checkSquare("logAbsDet", factors);
  checkRegular("logAbsDet", factors);
  const { dIn, dOut } = factors;
  const parts = factors.mixer.parameterisation.orthogonal ? [] : determinants(factors);
  const logs = [...parts, ...(dIn ? [dIn] : []), ...(dOut ? [dOut] : [])].map((x) =>
    sum(log(abs(x))),
  );
  return logs.length === 0 ? zeros([], like(factors)) : logs.reduce(add);
}

/** The determinants of all blocks, [P], and the scales of unpaired coordinates, [R]. */
function determinants(factors: Factors): [blocks: Tensor, unpairedScales: Tensor] {
  const { blocks, unpairedScales } = toGeneral(factors).parameters;
  const [a, b, c, d] = columns(blocks);
  return [sub(mul(a, d), mul(b, c)), unpairedScales];
}

/**
 * The factors with their parameters in the order of the reversed schedule, the diagonals exchanged
 * and no bias; the blocks themselves are unchanged.
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
    ...(dOut ? { dIn: dOut } : bias && { dIn: ones([outFeatures(factors)], like(factors)) }),
  };
}
