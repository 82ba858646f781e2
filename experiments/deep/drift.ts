/** @file The distance of the reversible stack's gradients from those of the tape. */
import { cast, noGrad, rng } from "@spm/core";
import { planarPoints } from "../parts/planar-data.ts";
import { zip } from "../parts/zip.ts";
import { type DeepModel, deepModel, gradientOf } from "./model.ts";

const POINTS = 64;

/** Relative distances, ‖a − b‖ / ‖b‖, over the gradients by all parameters. */
export interface Drift {
  readonly depth: number;
  /** reversible from tape, both in float32 */
  readonly single: number;
  /** reversible from tape, both in float64 */
  readonly double: number;
  /** tape in float32 from tape in float64: the error of float32 itself */
  readonly rounding: number;
}

/**
 * @param trained - a float32 model of this depth and width (default: an untrained one from the
 * seed)
 */
export function driftOf(depth: number, width: number, seed: number, trained?: DeepModel): Drift {
  const single = trained ?? deepModel(depth, width, seed);
  const double = deepModel(depth, width, seed, "float64");
  noGrad(() => {
    for (const [from, to] of zip(single.parameters, double.parameters))
      to.assign(cast(from, "float64"));
  });
  const { points, parts } = planarPoints("spirals", POINTS, rng(seed));
  const wide = noGrad(() => cast(points, "float64"));
  const tape = gradientOf(single, points, parts, "tape");
  const exact = gradientOf(double, wide, parts, "tape");
  return {
    depth,
    single: relative(gradientOf(single, points, parts, "reversible"), tape),
    double: relative(gradientOf(double, wide, parts, "reversible"), exact),
    rounding: relative(tape, exact),
  };
}

function relative(a: Float64Array, b: Float64Array): number {
  let [off, norm] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    off += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return Math.sqrt(off / norm);
}
