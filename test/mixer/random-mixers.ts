/** @file Mixers with random numbers over random schedules, in float64. */
import { add, mul, normal, type Rng, rng, type Tensor } from "@spm/core";
import {
  brick,
  butterfly,
  type Factors,
  initialParameters,
  type MixerKind,
  randomMatching,
  type Schedule,
  shuffle,
} from "@spm/mixer";
import { byName, inOrder, type Named, type Names } from "@spm/mixer/extend";
import * as fc from "fast-check";

export const float64 = { dtype: "float64" } as const;

export const draw = (random: Rng, ...shape: readonly number[]): Tensor =>
  normal(random, shape, 0, 1, float64);

/** 1 + 0.3 N(0, 1), n times: a diagonal. */
export const shifted = (random: Rng, n: number): Tensor => add(1, mul(0.3, draw(random, n)));

/** Any schedule over n = 1 … 17 in 1 to 7 stages, and a seed for the numbers. */
const schedules: fc.Arbitrary<{ schedule: Schedule; seed: number }> = fc
  .record({
    n: fc.integer({ min: 1, max: 17 }),
    stages: fc.integer({ min: 1, max: 7 }),
    kind: fc.constantFrom("butterfly", "shuffle", "brick", "random"),
    seed: fc.nat(1e6),
  })
  .map(({ n, stages, kind, seed }) => {
    if (kind === "random") return { schedule: randomMatching(n, stages, rng(seed)), seed };
    return { schedule: { butterfly, shuffle, brick }[kind](n, stages), seed };
  });

/** Runs a check over 40 of them, the same ones every time. */
export const forAll = (check: (schedule: Schedule, random: Rng) => void): void =>
  fc.assert(
    fc.property(schedules, ({ schedule, seed }) => check(schedule, rng(seed))),
    { numRuns: 40, seed: 7 },
  );

/**
 * Any parameters of an orthogonal kind; of others those near a start, so that nothing is singular.
 */
export function factorsOf<N extends Names>(
  mixer: MixerKind<N>,
  schedule: Schedule,
  random: Rng,
): Factors<N> {
  const { parameterisation } = mixer;
  const start: Named<N, Tensor> = initialParameters(mixer, schedule, random, float64);
  const list = inOrder(parameterisation, start).map((x, k) => {
    const noise = draw(random, ...x.shape);
    if (parameterisation.orthogonal) return mul(2, noise);
    return add(x, mul(parameterisation.parameters[k]?.per === "unpaired" ? 0.3 : 0.1, noise));
  });
  return { mixer, schedule, parameters: byName<N, Tensor>(parameterisation, list) };
}

export const withDiagonals = <F extends Factors>(
  factors: F,
  random: Rng,
): F & { dIn: Tensor; dOut: Tensor } => {
  const { n } = factors.schedule;
  return { ...factors, dIn: shifted(random, n), dOut: shifted(random, n) };
};
