/** @file The ways to mix the coordinates of a flow: every linear bijection, and none. */
import type { Tensor } from "@spm/core";
import { eye } from "@spm/core";
import { type InvertibleFactory, type InvertibleKind, invertibleKinds } from "@spm/models";
import { LinearMap } from "@spm/nn/extend";

/** The identity: couplings alone. */
class NoMixing extends LinearMap {
  readonly bias = null;
  readonly flopsPerRow = 0;
  forward = (x: Tensor): Tensor => x;
  inverse = (y: Tensor): Tensor => y;
  logAbsDet = (): number => 0;
  toDense = (): Tensor => eye(this.inFeatures);
}

/** One of {@link mixings}. */
export type MixingName = InvertibleKind | "none";

/** All of them by name. */
export const mixings: Readonly<Record<MixingName, InvertibleFactory>> = {
  ...(Object.fromEntries(
    Object.entries(invertibleKinds).map(([name, { create }]) => [name, create]),
  ) as Record<InvertibleKind, InvertibleFactory>),
  none: (n) => new NoMixing(n, n),
};

/** Their names. */
export const mixingNames: readonly MixingName[] = Object.keys(mixings) as MixingName[];
