/** @file Adam's learning rate for each kind of layer, found by trying. */
import type { LinearKind } from "@spm/nn";

/**
 * The best of 0.001, 0.003, 0.01 and 0.03 after 200 steps on MNIST, where two were alike the lower
 * one; figures in docs/experiments/mnist.md.
 */
const RATES: Readonly<Record<LinearKind, number>> = {
  dense: 0.003,
  rotation: 0.01,
  general: 0.01,
  "low-rank": 0.01,
  "block-diagonal": 0.01,
  monarch: 0.01,
  circulant: 0.003,
  toeplitz: 0.01,
  butterfly: 0.01,
};

/** What `rate=0` stands for. */
export const rateOf = (kind: LinearKind): number => RATES[kind];
