/**
 * @file Every linear map by name: one word decides those of a model, and lists, flags and tests are
 * made from here.
 */
import { ValueError } from "@spm/core/extend";
import { type MixerKind, mixers } from "@spm/mixer";
import { denseKind } from "./linear.ts";
import {
  type LinearEntry,
  type LinearFactory,
  LinearMap,
  type LinearOptions,
} from "./linear-map.ts";
import { MixerLayer } from "./mixer-layer.ts";
import { checkChoice } from "./options.ts";
import {
  blockDiagonalKind,
  butterflyKind,
  circulantKind,
  lowRankKind,
  monarchKind,
  toeplitzKind,
} from "./structured/index.ts";

/** The linear maps that are no mixers. A new one is its file and a line here. */
export const plainKinds = {
  dense: denseKind as LinearEntry,
  "low-rank": lowRankKind as LinearEntry,
  "block-diagonal": blockDiagonalKind as LinearEntry,
  monarch: monarchKind as LinearEntry,
  circulant: circulantKind as LinearEntry,
  toeplitz: toeplitzKind as LinearEntry,
  butterfly: butterflyKind as LinearEntry,
};

/** The names of all linear maps. */
export type LinearKind = keyof typeof plainKinds | keyof typeof mixers;

const ofMixer = (mixer: MixerKind): LinearEntry => ({
  description: mixer.parameterisation.description,
  learningRate: 0.01,
  create: (fanIn, fanOut, options) => new MixerLayer(mixer, fanIn, fanOut, options),
});

/** Every linear map by name: the dense one, the mixers of every kind, and their peers. */
export const linearKinds: Readonly<Record<LinearKind, LinearEntry>> = {
  ...plainKinds,
  ...(Object.fromEntries(
    Object.entries(mixers).map(([name, mixer]) => [name, ofMixer(mixer)]),
  ) as Record<keyof typeof mixers, LinearEntry>),
};

/** What a module takes for its linear maps: a name, or a factory of one's own. */
export type LinearChoice = LinearKind | LinearFactory;

/**
 * A linear map by name or by a factory of one's own.
 * @throws ValueError for an unknown name, or a factory that makes anything but a linear map of
 * these sizes
 * @example linear("rotation", 784, 256, { random: rng(1) });
 */
export function linear(
  choice: LinearChoice,
  fanIn: number,
  fanOut: number,
  options: LinearOptions,
): LinearMap {
  if (typeof choice !== "function") {
    checkChoice("linear", Object.keys(linearKinds), choice);
    return linearKinds[choice].create(fanIn, fanOut, options);
  }
  const made: unknown = choice(fanIn, fanOut, options);
  if (made instanceof LinearMap && made.fanIn === fanIn && made.fanOut === fanOut) return made;
  const got =
    made instanceof LinearMap
      ? `${made.constructor.name} ${made.fanIn} → ${made.fanOut}`
      : String(made);
  throw new ValueError("linear", `a factory that makes a LinearMap ${fanIn} → ${fanOut}`, got);
}
