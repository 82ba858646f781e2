/**
 * @file Every linear map by name: one word decides those of a model; lists, flags and tests are
 * made from this record.
 */

import { checkOptions, ValueError } from "@spm/core/extend";
import { type MixerKind, mixers } from "@spm/mixer";
import { isBuilding } from "./description/allowance.ts";
import { UnbuiltMap } from "./description/unbuilt.ts";
import { denseKind } from "./linear.ts";
import {
  type LinearEntry,
  type LinearFactory,
  LinearMap,
  type LinearOptions,
  linearOptions,
} from "./linear-map.ts";
import { MixerLayer } from "./mixer-layer.ts";
import { checkChoice } from "./options.ts";
import {
  blockDiagonalKind,
  blockHadamardKind,
  butterflyKind,
  circulantDiagonalKind,
  circulantKind,
  lowRankKind,
  monarchKind,
  toeplitzKind,
} from "./structured/index.ts";

/** The linear maps besides the mixers. A new one is its file and a line here. */
export const plainKinds = {
  dense: denseKind as LinearEntry,
  "low-rank": lowRankKind as LinearEntry,
  "block-diagonal": blockDiagonalKind as LinearEntry,
  "block-hadamard": blockHadamardKind as LinearEntry,
  monarch: monarchKind as LinearEntry,
  circulant: circulantKind as LinearEntry,
  "circulant-diagonal": circulantDiagonalKind as LinearEntry,
  toeplitz: toeplitzKind as LinearEntry,
  butterfly: butterflyKind as LinearEntry,
};

/** The names of all linear maps. */
export type LinearKind = keyof typeof plainKinds | keyof typeof mixers;

const ofMixer = (mixer: MixerKind): LinearEntry => ({
  description: mixer.parameterisation.description,
  learningRate: 0.01,
  create: (inFeatures, outFeatures, options) =>
    new MixerLayer(mixer, inFeatures, outFeatures, options),
});

/**
 * Every linear map by name: the dense one, the mixers of every kind, and their peers.
 * @example linearKinds.rotation.create(784, 256, { random: rng(1) }).parameterCount(); // 6416
 */
export const linearKinds: Readonly<Record<LinearKind, LinearEntry>> = {
  ...plainKinds,
  ...(Object.fromEntries(
    Object.entries(mixers).map(([name, mixer]) => [name, ofMixer(mixer)]),
  ) as Record<keyof typeof mixers, LinearEntry>),
};

/** The linear maps of a module: a name, or a factory. */
export type LinearChoice = LinearKind | LinearFactory;

/**
 * A linear map in → out by name or by a factory.
 * @throws ValueError for an unknown name, or a factory that makes anything but a linear map of
 * these sizes
 * @example
 * const map = linear("rotation", 784, 256, { random: rng(1) });
 * map.forward(ones([2, 784])).shape; // [2, 256]
 */
export function linear(
  choice: LinearChoice,
  inFeatures: number,
  outFeatures: number,
  options: LinearOptions,
): LinearMap {
  checkOptions("linear", options, linearOptions);
  if (isBuilding()) return new UnbuiltMap(inFeatures, outFeatures);
  if (typeof choice !== "function") {
    checkChoice("linear", Object.keys(linearKinds), choice);
    return linearKinds[choice].create(inFeatures, outFeatures, options);
  }
  const made: unknown = choice(inFeatures, outFeatures, options);
  if (
    made instanceof LinearMap &&
    made.inFeatures === inFeatures &&
    made.outFeatures === outFeatures
  )
    return made;
  const got =
    made instanceof LinearMap
      ? `${made.constructor.name} ${made.inFeatures} → ${made.outFeatures}`
      : String(made);
  throw new ValueError(
    "linear",
    `a factory that makes a LinearMap ${inFeatures} → ${outFeatures}`,
    got,
  );
}
