/** @file One word decides every linear map of a model. */
import { ValueError } from "@spm/core";
import { Linear, type LinearOptions } from "./linear.ts";
import { LinearMap } from "./linear-map.ts";
import { GeneralMixer, RotationMixer } from "./mixer.ts";
import { checkChoice } from "./options.ts";
import {
  BlockDiagonal,
  Butterfly,
  Circulant,
  LowRank,
  Monarch,
  Toeplitz,
} from "./structured/index.ts";

/**
 * Makes a linear map in → out.
 * @example
 * const thin: LinearFactory = (fanIn, fanOut, options) =>
 *   new LowRank(fanIn, fanOut, { ...options, rank: 8 });
 */
export type LinearFactory = (fanIn: number, fanOut: number, options: LinearOptions) => LinearMap;

/** The linear maps known by name: the dense one, the mixer's two variants, and their peers. */
export type LinearKind =
  | "dense"
  | "rotation"
  | "general"
  | "low-rank"
  | "block-diagonal"
  | "monarch"
  | "circulant"
  | "toeplitz"
  | "butterfly";

/** What a module takes for its linear maps: a name, or a factory of one's own. */
export type LinearChoice = LinearKind | LinearFactory;

const factories: Record<LinearKind, LinearFactory> = {
  dense: (fanIn, fanOut, options) => new Linear(fanIn, fanOut, options),
  rotation: (fanIn, fanOut, options) => new RotationMixer(fanIn, fanOut, options),
  general: (fanIn, fanOut, options) => new GeneralMixer(fanIn, fanOut, options),
  "low-rank": (fanIn, fanOut, options) => new LowRank(fanIn, fanOut, options),
  "block-diagonal": (fanIn, fanOut, options) => new BlockDiagonal(fanIn, fanOut, options),
  monarch: (fanIn, fanOut, options) => new Monarch(fanIn, fanOut, options),
  circulant: (fanIn, fanOut, options) => new Circulant(fanIn, fanOut, options),
  toeplitz: (fanIn, fanOut, options) => new Toeplitz(fanIn, fanOut, options),
  butterfly: (fanIn, fanOut, options) => new Butterfly(fanIn, fanOut, options),
};

/** Their names, e.g. for a command line. */
export const linearKinds: readonly LinearKind[] = Object.keys(factories) as LinearKind[];

/**
 * A linear map by name or by a factory of one's own.
 * @throws ValueError for an unknown name, or a factory that makes anything but a linear map of
 * these sizes
 */
export function linear(
  choice: LinearChoice,
  fanIn: number,
  fanOut: number,
  options: LinearOptions,
): LinearMap {
  if (typeof choice !== "function") {
    checkChoice("linear", linearKinds, choice);
    return factories[choice](fanIn, fanOut, options);
  }
  const made: unknown = choice(fanIn, fanOut, options);
  if (made instanceof LinearMap && made.fanIn === fanIn && made.fanOut === fanOut) return made;
  const got =
    made instanceof LinearMap
      ? `${made.constructor.name} ${made.fanIn} → ${made.fanOut}`
      : String(made);
  throw new ValueError("linear", `a factory that makes a LinearMap ${fanIn} → ${fanOut}`, got);
}
