/** @file How far walking back drifts from stored stages. */
import { normal, rng, type Tensor, vjp } from "@spm/core";
import { each, elements } from "@spm/core/extend";
import { type BackwardMode, butterfly, initialParameters, rotationMixer } from "@spm/mixer";

export interface Drift {
  readonly n: number;
  readonly stages: number;
  /** ‖reverse − stored‖ / ‖stored‖ over the gradients of x and the angles. */
  readonly float32: number;
  readonly float64: number;
  /** The same of stored in float32 against stored in float64: what float32 costs anyway. */
  readonly rounding: number;
}

export const driftSizes: readonly (readonly [n: number, stages: number])[] = [
  [64, 6],
  [64, 48],
  [64, 256],
  [1024, 10],
  [1024, 40],
];

/** Gradients of a butterfly of Haar angles, cycled, on 8 rows, both ways and in both precisions. */
export function drift(n: number, stages: number): Drift {
  const schedule = butterfly(n, stages);
  const gradients = (backward: BackwardMode, dtype: "float32" | "float64"): Float64Array => {
    const [x, ct] = each([1, 2], (seed) => normal(rng(seed), [8, n], 0, 1, { dtype }));
    const { angles } = initialParameters(rotationMixer, schedule, rng(3), { dtype });
    const f = (x: Tensor, angles: Tensor) => rotationMixer(x, angles, { schedule, backward });
    return Float64Array.from(
      vjp(f, x, angles)
        .pullback(ct)
        .flatMap((g) => Array.from(elements(g.ndarray()))),
    );
  };
  const [single, double] = [gradients("stored", "float32"), gradients("stored", "float64")];
  return {
    n,
    stages,
    float32: distance(gradients("reverse", "float32"), single),
    float64: distance(gradients("reverse", "float64"), double),
    rounding: distance(single, double),
  };
}

function distance(a: Float64Array, b: Float64Array): number {
  const norm = (v: Float64Array) => Math.sqrt(v.reduce((total, x) => total + x * x, 0));
  return norm(a.map((v, k) => v - b[k]!)) / norm(b);
}
