/** @file Adam's learning rate for each kind of layer, found by trying. */
import type { LinearKind } from "@spm/nn";

/** The best of 0.001, 0.003, 0.01 and 0.03 after 200 steps on MNIST; the figures are in docs/experiments/mnist.md. */
const RATES: Readonly<Record<LinearKind, number>> = {
  dense: 0.001,
  rotation: 0.01,
  general: 0.003,
  "low-rank": 0.003,
  "block-diagonal": 0.003,
  monarch: 0.003,
  circulant: 0.003,
  toeplitz: 0.003,
  butterfly: 0.003,
};

/** What `rate=0` stands for. */
export const rateOf = (kind: LinearKind): number => RATES[kind];
