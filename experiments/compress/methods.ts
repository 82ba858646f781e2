/** @file The families that replace dense layers: mixers, deeper ones, SVD, Monarch. */
import type { Rng } from "@spm/core";
import {
  butterfly,
  composeSchedules,
  generalMixer,
  mixers,
  reverseSchedule,
  type Schedule,
} from "@spm/mixer";
import { type LinearEntry, type LinearKind, LowRank, linearKinds, MixerLayer } from "@spm/nn";

/** A family: how it is made, and the learning rate that suits it. */
export interface Method extends Pick<LinearEntry, "learningRate" | "create"> {
  readonly name: string;
}

const width = (inFeatures: number, outFeatures: number): number =>
  2 ** Math.ceil(Math.log2(Math.max(inFeatures, outFeatures)));

/**
 * Forward, reversed and forward stages: three times as many, for matrices that are far from any
 * single butterfly.
 */
const deep = (n: number): Schedule =>
  composeSchedules(composeSchedules(butterfly(n), reverseSchedule(butterfly(n))), butterfly(n));

const named = (name: LinearKind): Method => ({ name, ...linearKinds[name] });

/** By name: `general-3` has three passes, `svd-16` rank 16. */
export const methods: readonly Method[] = [
  ...(Object.keys(mixers) as (keyof typeof mixers)[]).map(named),
  {
    ...linearKinds.general,
    name: "general-3",
    create: (i, o, options) =>
      new MixerLayer(generalMixer, i, o, { ...options, schedule: deep(width(i, o)) }),
  },
  ...[4, 16, 32].map((rank) => ({
    ...linearKinds["low-rank"],
    name: `svd-${rank}`,
    create: (i: number, o: number, options: { random: Rng }) =>
      new LowRank(i, o, { ...options, rank }),
  })),
  named("monarch"),
];
