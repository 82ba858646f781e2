/** @file Initial weights of dense maps, by the names of the field. */
import { normal, type Rng, type Shape, type Tensor, tensor, uniform } from "@spm/core";
import { checkOptions, elements, type OptionNames, ShapeError, showShape } from "@spm/core/extend";
import { checkChoice } from "./options.ts";

const KNOWN = [
  "kaiming-normal",
  "kaiming-uniform",
  "xavier-normal",
  "xavier-uniform",
  "orthogonal",
  "normal",
] as const;

/** The names of distributions of initial weights. */
export type InitialWeights = (typeof KNOWN)[number];

/** Options of {@link initialWeights}. */
export interface InitialWeightsOptions {
  /**
   * Factor on the result.
   * @defaultValue √2 for kaiming, which is made for ReLU, and 1 for the others
   */
  readonly gain?: number;
}

const names: OptionNames<InitialWeightsOptions> = { gain: true };

/**
 * Initial weights by name. With fan-in i = in · Πkernel and fan-out o = out · Πkernel, their
 * standard deviation is gain/√i (kaiming, He et al. 2015), gain·√(2/(i + o)) (xavier, Glorot and
 * Bengio 2010) or gain (normal); `-uniform` draws from ±√3 of it. `orthogonal` (Saxe et al. 2014)
 * is gain times a uniformly random matrix [out, i] with orthonormal rows, or columns where out > i;
 * O(out · i · min(out, i)).
 * @param shape - [out, in, ...kernel]
 * @returns float32 of this shape
 * @throws ShapeError for fewer than two axes; ValueError for an unknown name
 * @example initialWeights("orthogonal", rng(1), [64, 64]).shape; // [64, 64]
 */
export function initialWeights(
  name: InitialWeights,
  random: Rng,
  shape: Shape,
  options: InitialWeightsOptions = {},
): Tensor {
  checkOptions("initialWeights", options, names);
  checkChoice("initialWeights", KNOWN, name);
  const { gain = name.startsWith("kaiming") ? Math.SQRT2 : 1 } = options;
  if (shape.length < 2)
    throw new ShapeError("initialWeights", "a shape [out, in, ...kernel]", showShape(shape));
  const [out, fanIn, ...kernel] = shape as [number, number, ...number[]];
  const taps = kernel.reduce((a, b) => a * b, 1);
  const [i, o] = [fanIn * taps, out * taps];
  if (name === "orthogonal") return orthogonal(random, shape, out, i, gain);
  if (name === "normal") return normal(random, shape, 0, gain);
  const deviation = name.startsWith("kaiming")
    ? gain / Math.sqrt(i)
    : gain * Math.sqrt(2 / (i + o));
  if (name.endsWith("normal")) return normal(random, shape, 0, deviation);
  const bound = Math.sqrt(3) * deviation;
  return uniform(random, shape, -bound, bound);
}

/**
 * Gaussian rows, each made orthogonal to those before it, twice, so that it is orthogonal to
 * rounding.
 */
function orthogonal(random: Rng, shape: Shape, out: number, fanIn: number, gain: number): Tensor {
  const [count, width] = out <= fanIn ? [out, fanIn] : [fanIn, out];
  const rows = elements(normal(random, [count, width], 0, 1, { dtype: "float64" }).ndarray());
  for (let r = 0; r < count; r++) {
    const row = rows.subarray(r * width, (r + 1) * width);
    for (let pass = 0; pass < 2; pass++)
      for (let q = 0; q < r; q++) {
        const before = rows.subarray(q * width, (q + 1) * width);
        const shared = dot(row, before);
        for (let k = 0; k < width; k++) row[k]! -= shared * before[k]!;
      }
    const length = Math.sqrt(dot(row, row));
    for (let k = 0; k < width; k++) row[k]! /= length;
  }
  const data = new Float32Array(out * fanIn);
  for (let r = 0; r < out; r++)
    for (let k = 0; k < fanIn; k++)
      data[r * fanIn + k] = gain * (out <= fanIn ? rows[r * width + k]! : rows[k * width + r]!);
  return tensor(data, { shape });
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
