/** @file The layer of the deep stack: a rotation mixer, then a coupling of its halves. */
import {
  add,
  concat,
  full,
  mul,
  parameter,
  type Rng,
  split,
  sub,
  type Tensor,
  tanh,
  zeros,
} from "@spm/core";
import {
  apply,
  type Factors,
  initialParameters,
  rotationMixer,
  type Schedule,
  transposed,
} from "@spm/mixer";
import type { ReversibleLayer } from "./reversible.ts";

/**
 * (a, b) = Q x, then y = (a, b + gain ⊙ tanh(a + shift)): a rotation of all n coordinates, then
 * half of them shifted by a function of the other half. Both are invertible, the second by
 * subtraction.
 */
export function coupledRotation(
  schedule: Schedule,
  random: Rng,
  dtype: "float32" | "float64",
): ReversibleLayer<readonly [angles: Tensor, gain: Tensor, shift: Tensor]> {
  const half = schedule.n / 2;
  const initial = initialParameters(rotationMixer, schedule, random, { dtype });
  const angles = parameter(initial.angles, { decay: false });
  const gain = parameter(full([half], 0.1, { dtype }));
  const shift = parameter(zeros([half], { dtype }));
  const turn = (angles: Tensor): Factors<["angles"]> => ({
    mixer: rotationMixer,
    schedule,
    parameters: { angles },
  });
  return {
    parameters: [angles, gain, shift],
    forward: (x, [angles, gain, shift]) => {
      const [a, b] = split(apply(turn(angles), x), 2, -1) as [Tensor, Tensor];
      return concat([a, add(b, mul(gain, tanh(add(a, shift))))], -1);
    },
    inverse: (y, [angles, gain, shift]) => {
      const [a, b] = split(y, 2, -1) as [Tensor, Tensor];
      return apply(
        transposed(turn(angles)),
        concat([a, sub(b, mul(gain, tanh(add(a, shift))))], -1),
      );
    },
  };
}
