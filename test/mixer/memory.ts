/** @file What a mixer of many stages holds in memory while it trains, by the storages alive. */
import {
  type Backend,
  currentBackend,
  normal,
  parameter,
  rng,
  scope,
  setBackend,
  sum,
  valueAndGrad,
} from "@spm/core";
import { type BackwardMode, butterfly, initialParameters, rotationMixer } from "@spm/mixer";
import { peakBytes } from "../../experiments/parts/peak-bytes.ts";

/** Bytes without those of the parameters and the batch, which are there before. */
export interface Held {
  /** Those that wait between forward and backward. */
  readonly between: number;
  /** Most alive at any moment, gradients included. */
  readonly peak: number;
}

export const memorySize = { n: 64, batch: 256 } as const;
export const depths = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;
/** Those that every backend is measured at: one pass of the butterfly, and four. */
export const commonDepths = [6, 24] as const;
/** In the order of the tables. */
export const memoryModes = ["reverse", "recompute", "stored"] as const;

/** Trains a rotation mixer on one batch, float32, and counts. */
export function held(backend: Backend, stages: number, backward: BackwardMode): Held {
  const { n, batch } = memorySize;
  const schedule = butterfly(n, stages);
  const { live } = backend;
  const elsewhere = currentBackend();
  setBackend(backend);
  try {
    const angles = parameter(
      scope(() => initialParameters(rotationMixer, schedule, rng(1)).angles),
    );
    const x = parameter(scope(() => normal(rng(2), [batch, n])));
    const before = live.bytes;
    let between = 0;
    const { bytes: peak } = peakBytes(backend, () =>
      scope(() => {
        valueAndGrad(() => {
          const loss = sum(rotationMixer(x, angles, { schedule, backward }));
          between = live.bytes - before;
          return loss;
        }, [x, angles]);
      }),
    );
    x.dispose();
    angles.dispose();
    return { between, peak };
  } finally {
    setBackend(elsewhere);
  }
}
