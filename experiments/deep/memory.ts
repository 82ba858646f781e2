/** @file The bytes of tensors that a step of training holds: between its passes, and at most. */
import { currentBackend, rng, scope, valueAndGrad } from "@spm/core";
import { crossEntropy } from "@spm/nn";
import { peakBytes } from "../parts/peak-bytes.ts";
import { planarPoints } from "../parts/planar-data.ts";
import { deepModel, type Mode, sizeOfModel } from "./model.ts";

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
  const backend = currentBackend();
  return scope(() => {
    const model = deepModel(depth, width, seed);
    const { points, parts } = planarPoints("spirals", batch, rng(seed));
    const before = backend.live.bytes;
    let between = 0;
    const step = (): void =>
      scope(() => {
        valueAndGrad(() => {
          const loss = crossEntropy(model.logits(points, mode), parts);
          between = backend.live.bytes - before;
          return loss;
        }, model.parameters);
      });
    const { bytes: peak } = peakBytes(backend, step);
    for (const p of model.parameters) p.dispose();
    return { between, peak, gradients: 4 * sizeOfModel(model) };
  });
}
