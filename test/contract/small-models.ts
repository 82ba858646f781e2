/** @file Small models of three kinds, each with its batches: what a training step is tried on. */
import * as c from "@spm/core";
import { type Rng, rng, type Tensor } from "@spm/core";
import { Gpt, Mlp } from "@spm/models";
import { crossEntropy, Gru, Linear, Module } from "@spm/nn";

/** Logits of classes at every time, from the states of a GRU. */
class Recurrent extends Module {
  readonly gru: Gru;
  readonly head: Linear;
  constructor(inputs: number, width: number, classes: number) {
    super();
    const random = rng(1);
    this.gru = new Gru(inputs, width, { random });
    this.head = new Linear(width, classes, { random });
  }
  forward(x: Tensor): Tensor {
    return this.head.forward(this.gru.forward(x));
  }
}

/** A model on the current backend, and what it learns. */
export interface SmallModel {
  readonly model: Module;
  /** A fresh batch. */
  batch(random: Rng): { readonly x: Tensor; readonly y: Tensor };
}

/** @returns classes of `count` rows, as a function of their number */
const classes = (random: Rng, shape: readonly number[], of: number): Tensor =>
  c.scope(() => c.cast(c.uniform(random, shape, 0, of), "int32"));

/**
 * The models, by name.
 * @param scale - 1: as small as can be; 2: so large that two threads share the work
 */
export const smallModels: Readonly<Record<string, (scale: 1 | 2) => SmallModel>> = {
  MLP: (scale) => {
    const [width, rows] = scale === 1 ? [8, 8] : [128, 256];
    return {
      model: new Mlp({ sizes: [6, width, width, 3], linear: "rotation", random: rng(1) }),
      batch: (random) => ({ x: c.normal(random, [rows, 6]), y: classes(random, [rows], 3) }),
    };
  },
  GRU: (scale) => {
    const [width, rows] = scale === 1 ? [8, 2] : [48, 192];
    return {
      model: new Recurrent(4, width, 4),
      batch: (random) => ({
        x: c.normal(random, [rows, 3, 4]),
        y: classes(random, [rows, 3], 4),
      }),
    };
  },
  GPT: (scale) => {
    const [width, rows, context] = scale === 1 ? [8, 2, 4] : [32, 16, 8];
    return {
      model: new Gpt({ vocabulary: 7, context, width, heads: 2, layers: 1, random: rng(1) }),
      batch: (random) => ({
        x: classes(random, [rows, context], 7),
        y: classes(random, [rows, context], 7),
      }),
    };
  },
};

/** The loss of a batch: the mean over all rows of logits. */
export function lossOf(model: Module, x: Tensor, y: Tensor): Tensor {
  const logits = model.forward(x);
  const flat = c.reshape(logits, [-1, logits.shape.at(-1) ?? 1]);
  return crossEntropy(flat, c.reshape(y, [-1]));
}
