/** @file The Bernoulli distribution: 1 with probability p, else 0. */

import {
  add,
  equal,
  log,
  log1p,
  logicalOr,
  neg,
  type Rng,
  type Tensor,
  type TensorLike,
  where,
} from "@spm/core";
import { checkRandom, checkTensors } from "@spm/core/extend";
import { beside, checkParameter, type DrawOptions, drawEach } from "./draw.ts";

/**
 * 1 with probability p, else 0.
 * @param random - advances by one uniform number a draw
 * @param probability - in [0, 1], in CPU memory
 * @param options - see {@link DrawOptions}
 * @returns floating [...], of the shape of p or the one given; no derivative
 * @throws ValueError for a probability outside of [0, 1]; BackendError for one on a device;
 * ShapeError unless it broadcasts; OptionError for an unknown option
 * @example bernoulli(random, 0.5, { shape: [2, 3] });
 */
export const bernoulli = (
  random: Rng,
  probability: TensorLike,
  options: DrawOptions = {},
): Tensor => {
  checkRandom("bernoulli", random);
  return drawEach({ op: "bernoulli", random, options }, [probability], (random, p = 0) => {
    checkParameter("bernoulli", "probabilities in [0, 1]", p >= 0 && p <= 1, p);
    return Number(random.uniform() < p);
  });
};

/**
 * The log-probability of draws of {@link bernoulli}: ln p at 1, ln(1 − p) at 0, else −∞.
 * @param x - floating [...]
 * @param probability - in [0, 1], broadcasts with x; the derivative by it is kept
 * @returns [...], the broadcast shape
 * @throws DTypeError unless both are of one floating dtype; ShapeError unless they broadcast
 * @example bernoulliLogProb(tensor([1, 0]), 0.25); // [-1.3863, -0.2877]
 */
export function bernoulliLogProb(x: Tensor, probability: TensorLike): Tensor {
  checkTensors("bernoulliLogProb", x);
  const p = beside(x, probability);
  const one = equal(x, 1);
  const both = add(log(where(one, p, 1)), log1p(neg(where(one, 0, p))));
  return where(logicalOr(one, equal(x, 0)), both, -Infinity);
}
