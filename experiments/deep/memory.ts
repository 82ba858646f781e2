/** @file The bytes of tensors that a step of training holds: between its passes, and at most. */
import { type Backend, currentBackend, rng, scope, setBackend, valueAndGrad } from "@spm/core";
import { crossEntropy } from "@spm/nn";
import { planarPoints } from "../parts/planar-data.ts";
import { deepModel, type Mode, sizeOfModel } from "./model.ts";

/** The counters that core keeps for a backend, and their peak. */
class Counters {
  storages = 0;
  peak = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  set bytes(value: number) {
    this.#bytes = value;
    this.peak = Math.max(this.peak, value);
  }
}

/** Bytes of live storages, without those of the parameters and the batch. */
export interface Held {
  /** Between forward and backward. */
  readonly between: number;
  /** At most, gradients included. */
  readonly peak: number;
  /** The part of the peak that is the parameters' gradients. */
  readonly gradients: number;
}

/** One step's forward and backward in float32. */
export function held(depth: number, width: number, batch: number, seed: number, mode: Mode): Held {
  const plain = currentBackend();
  const live = new Counters();
  const counted: Backend = { ...plain, live };
  setBackend(counted);
  try {
    return scope(() => {
      const model = deepModel(depth, width, seed);
      const { points, parts } = planarPoints("spirals", batch, rng(seed));
      const before = live.bytes;
      live.peak = before;
      let between = 0;
      valueAndGrad(() => {
        const loss = crossEntropy(model.logits(points, mode), parts);
        between = live.bytes - before;
        return loss;
      }, model.parameters);
      const peak = live.peak - before;
      for (const p of model.parameters) p.dispose();
      return { between, peak, gradients: 4 * sizeOfModel(model) };
    });
  } finally {
    setBackend(plain);
  }
}
