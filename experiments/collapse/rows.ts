/** @file The nets that are compared, each a row: fixed before the long run. */
import type { LinearChoice } from "@spm/nn";

/** A net, its loss, and how its regularisation depends on the depth. */
export interface Row {
  /** Linear maps a block. */
  readonly maps: 1 | 2;
  readonly loss: "CE" | "MSE";
  /** λ of a net of L blocks, of the constant λ. */
  readonly lambda: (constant: number, depth: number) => number;
  /** The λ in words. */
  readonly rule: "λ" | "λ/L";
  readonly depths: readonly number[];
  /** Images of digits or words of texts. */
  readonly data: "digits" | "texts";
  /** @defaultValue true */
  readonly residual?: boolean;
  /** The maps of the blocks. @defaultValue "dense" */
  readonly linear?: LinearChoice;
  /** Whether a map of all 784 pixels is in front, of the digits averaged to the width otherwise. */
  readonly first?: boolean;
}

const constant = { lambda: (lambda: number) => lambda, rule: "λ" } as const;
const falling = { lambda: (lambda: number, depth: number) => lambda / depth, rule: "λ/L" } as const;
const all = [2, 3, 5, 8, 13, 21, 34];
const some = [2, 5, 13, 34];
const resNet = { maps: 1, loss: "CE", data: "digits", depths: all, ...constant } as const;
const transformer = { ...resNet, data: "texts", depths: [2, 3, 5, 8, 13] } as const;

/** By name. */
export const rows: Readonly<Record<string, Row>> = {
  "resnet-1": resNet,
  "resnet-1-mse": { ...resNet, loss: "MSE" },
  "resnet-2": { ...resNet, depths: some, maps: 2 },
  "resnet-2-mse": { ...resNet, depths: some, maps: 2, loss: "MSE" },
  "resnet-2-falling": { ...resNet, depths: some, maps: 2, ...falling },
  "no-residual": { ...resNet, depths: some, residual: false },
  rotation: { ...resNet, depths: some, linear: "rotation" },
  general: { ...resNet, depths: some, linear: "general" },
  "free-map": { ...resNet, depths: some, first: true },
  "transformer-1": transformer,
  "transformer-1-mse": { ...transformer, depths: [2, 5, 13], loss: "MSE" },
  "transformer-2": { ...transformer, depths: [2, 5, 13], maps: 2 },
  "transformer-2-mse": { ...transformer, depths: [2, 5, 13], maps: 2, loss: "MSE" },
  "transformer-2-falling": { ...transformer, depths: [2, 5, 13], maps: 2, ...falling },
};
