/**
 * @file The families that dense layers are brought into: two mixers, deeper ones, truncated SVD,
 * Monarch.
 */
import type { Rng } from "@spm/core";
import { butterfly, inSeries, reversed } from "@spm/mixer";
import {
  GeneralMixer,
  type LinearFactory,
  type LinearKind,
  LowRank,
  Monarch,
  RotationMixer,
} from "@spm/nn";

/** A family, and how it is made. */
export interface Method {
  readonly name: string;
  readonly factory: LinearFactory;
  /** As a linear map of `rateOf`: the learning rate that suits the family. */
  readonly kind: LinearKind;
}

const width = (fanIn: number, fanOut: number): number =>
  2 ** Math.ceil(Math.log2(Math.max(fanIn, fanOut)));

/**
 * There, back and there again: three times the stages, for matrices that no single butterfly comes
 * near.
 */
const deep = (n: number) => inSeries(inSeries(butterfly(n), reversed(butterfly(n))), butterfly(n));

/** By name: `general-3` has three passes, `svd-16` rank 16. */
export const methods: readonly Method[] = [
  {
    name: "rotation",
    kind: "rotation",
    factory: (i, o, options) => new RotationMixer(i, o, options),
  },
  { name: "general", kind: "general", factory: (i, o, options) => new GeneralMixer(i, o, options) },
  {
    name: "general-3",
    kind: "general",
    factory: (i, o, options) => new GeneralMixer(i, o, { ...options, schedule: deep(width(i, o)) }),
  },
  ...[4, 16, 32].map((rank) => ({
    name: `svd-${rank}`,
    kind: "low-rank" as const,
    factory: (i: number, o: number, options: { random: Rng }) =>
      new LowRank(i, o, { ...options, rank }),
  })),
  { name: "monarch", kind: "monarch", factory: (i, o, options) => new Monarch(i, o, options) },
];
