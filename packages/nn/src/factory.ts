/** @file One word decides every linear map of a model. */
import { ValueError } from "@spm/core";
import { Linear, type LinearOptions } from "./linear.ts";
import { GeneralMixer, RotationMixer } from "./mixer.ts";
import type { Module } from "./module.ts";

/** Makes a linear map in → out. */
export type LinearFactory = (fanIn: number, fanOut: number, options: LinearOptions) => Module;

/** The linear maps known by name. */
export type LinearKind = "dense" | "rotation" | "general";

const factories: Record<LinearKind, LinearFactory> = {
  dense: (fanIn, fanOut, options) => new Linear(fanIn, fanOut, options),
  rotation: (fanIn, fanOut, options) => new RotationMixer(fanIn, fanOut, options),
  general: (fanIn, fanOut, options) => new GeneralMixer(fanIn, fanOut, options),
};

/** Their names, e.g. for a command line. */
export const linearKinds: readonly LinearKind[] = Object.keys(factories) as LinearKind[];

/** A linear map by name or by a factory of one's own. @throws ValueError for an unknown name */
export function linear(
  kind: LinearKind | LinearFactory,
  fanIn: number,
  fanOut: number,
  options: LinearOptions,
): Module {
  if (typeof kind === "function") return kind(fanIn, fanOut, options);
  if (!Object.hasOwn(factories, kind)) throw new ValueError("linear", linearKinds.join(", "), `"${kind}"`);
  return factories[kind](fanIn, fanOut, options);
}
