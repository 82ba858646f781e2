/** @file Integers that are all equally likely. */

import {
  cast,
  equal,
  full,
  greaterEqual,
  less,
  logicalAnd,
  type Rng,
  type Shape,
  type Tensor,
  tensor,
  where,
} from "@spm/core";
import { checkRandom, checkTensors, sizeOf, ValueError } from "@spm/core/extend";
import { trunc } from "../rounding.ts";
import { checkSizes } from "./draw.ts";

/** @throws ValueError unless both are 32-bit integers, low below high */
function checkBounds(op: string, low: number, high: number): void {
  const fits = Number.isInteger(low) && Number.isInteger(high) && low < high;
  if (!fits || low < -(2 ** 31) || high > 2 ** 31)
    throw new ValueError(op, "32-bit integers low < high", `${low} and ${high}`);
}

/**
 * Integers low, …, high − 1, all equally likely, drawn in row-major order.
 * @param random - advances by one draw an element, seldom by more
 * @param shape - of the result [...]
 * @param low - an integer ≥ −2³¹
 * @param high - an integer ≤ 2³¹, which is excluded
 * @returns int32 [...]; no derivative
 * @throws ValueError unless low < high; ShapeError for a size below 0
 * @example randint(random, [2, 3], 0, 10);
 */
export function randint(random: Rng, shape: Shape, low: number, high: number): Tensor {
  checkRandom("randint", random);
  checkBounds("randint", low, high);
  checkSizes("randint", shape);
  const draws = Int32Array.from({ length: sizeOf(shape) }, () => low + random.integer(high - low));
  return tensor(draws, { shape });
}

/**
 * The log-probability of draws of {@link randint}: −ln(high − low) for integers in [low, high),
 * else −∞.
 * @param x - numbers [...]
 * @param low - an integer ≥ −2³¹
 * @param high - an integer ≤ 2³¹, which is excluded
 * @returns [...], x's shape; float32 for int32
 * @throws ValueError unless low < high; DTypeError for bool
 * @example randintLogProb(tensor([3, 4]), 0, 4); // [-1.3863, -Infinity]
 */
export function randintLogProb(x: Tensor, low: number, high: number): Tensor {
  checkTensors("randintLogProb", x);
  checkBounds("randintLogProb", low, high);
  const y = x.dtype === "int32" ? cast(x, "float32") : x;
  const drawn = logicalAnd(greaterEqual(y, low), logicalAnd(less(y, high), equal(trunc(y), y)));
  const density = full(y.shape, -Math.log(high - low), { dtype: y.dtype, backend: y.backend });
  return where(drawn, density, -Infinity);
}
