/** @file Images and signals in another size: each axis is read at new places. */
import { add, mul, type Shape, type Tensor, take, tensor } from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { checkChoice } from "../options.ts";
import type { Size } from "./pooling.ts";
import { checkSizes, zipWith } from "./windows.ts";

/** Options of {@link interpolate}: a size or a factor. */
export interface InterpolateOptions {
  /** The new sizes of the axes, or one for all. */
  readonly size?: Size;
  /** Their factors, or one for all; sizes are rounded down. */
  readonly scaleFactor?: number | readonly number[];
  /**
   * `nearest`: the element at ⌊i n / size⌋. `linear` of one axis and `bilinear` of two: between the
   * two neighbours along each axis.
   * @defaultValue "nearest"
   */
  readonly mode?: "nearest" | "linear" | "bilinear";
  /**
   * Whether, between neighbours, the first and the last element keep their places, instead of the
   * edges of what they cover.
   * @defaultValue false
   */
  readonly alignCorners?: boolean;
}

/** Their names. */
export const interpolateOptions: OptionNames<InterpolateOptions> = {
  size: true,
  scaleFactor: true,
  mode: true,
  alignCorners: "boolean",
};

/** An axis of n elements that gets `size`; `step` is the distance of new places. */
interface Resized {
  readonly n: number;
  readonly size: number;
  readonly step: number;
}

function resizedAxes(
  op: string,
  space: Shape,
  { size, scaleFactor }: InterpolateOptions,
): Resized[] {
  if ((size === undefined) === (scaleFactor === undefined))
    throw new ValueError(op, "a size or a scaleFactor", size === undefined ? "none" : "both");
  if (space.includes(0)) throw new ShapeError(op, "axes with elements", showShape(space));
  if (size !== undefined) {
    const sizes = checkSizes(op, "sizes", size, space.length, 1);
    return zipWith((n, size) => ({ n, size, step: n / size }), space, sizes);
  }
  const factors = typeof scaleFactor === "number" ? space.map(() => scaleFactor) : scaleFactor;
  if (!Array.isArray(factors) || factors.length !== space.length)
    throw new ShapeError(op, `${space.length} scale factors`, String(factors));
  return space.map((n, k) => {
    const factor: number = factors[k];
    const size = Math.floor(n * factor);
    if (!(factor > 0 && size >= 1 && Number.isSafeInteger(size)))
      throw new ValueError(op, "scale factors that leave an element", factor);
    return { n, size, step: 1 / factor };
  });
}

const places = ({ size }: Resized, place: (i: number) => number): number[] =>
  Array.from({ length: size }, (_, i) => place(i));

/** The elements of x at places along an axis. */
const read = (x: Tensor, axis: number, at: readonly number[]): Tensor =>
  take(x, tensor(Int32Array.from(at), { backend: x.backend }), axis);

function nearest(x: Tensor, axis: number, resized: Resized): Tensor {
  // in float32, as in PyTorch: 3 · fround(1/3) is 1, and 1.9999999 would be another element
  const step = Math.fround(resized.step);
  const place = (i: number): number => Math.min(Math.floor(Math.fround(i * step)), resized.n - 1);
  return read(x, axis, places(resized, place));
}

function between(x: Tensor, axis: number, resized: Resized, alignCorners: boolean): Tensor {
  const { n, size, step } = resized;
  const corners = size > 1 ? (n - 1) / (size - 1) : 0;
  const at = places(resized, (i) =>
    alignCorners ? i * corners : Math.max(0, (i + 0.5) * step - 0.5),
  );
  const before = at.map((place) => Math.min(Math.floor(place), n - 1));
  const after = before.map((place) => Math.min(place + 1, n - 1));
  const dtype = x.dtype === "float64" ? x.dtype : "float32";
  const shape = [size, ...x.shape.slice(axis + 1).map(() => 1)];
  const weights = (values: readonly number[]): Tensor =>
    tensor(Float64Array.from(values), { shape, dtype, backend: x.backend });
  const shares = zipWith((place, first) => Math.min(1, Math.max(0, place - first)), at, before);
  return add(
    mul(read(x, axis, before), weights(shares.map((share) => 1 - share))),
    mul(read(x, axis, after), weights(shares)),
  );
}

/**
 * A signal or image in another size, as torch.nn.functional.interpolate.
 * @param x - [batch, channels, length] or [batch, channels, height, width]
 * @returns [batch, channels, ...size]
 * @throws ShapeError for another rank or sizes out of range; ValueError for both or neither of size
 * and scaleFactor, and a mode that does not fit the axes
 * @example interpolate(tensor([[[1, 3]]]), { size: 4, mode: "linear" }); // [[[1, 1.5, 2.5, 3]]]
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  checkTensors("interpolate", x);
  checkOptions("interpolate", options, interpolateOptions);
  const { mode = "nearest", alignCorners = false } = options;
  const axes = x.shape.length - 2;
  if (axes !== 1 && axes !== 2)
    throw new ShapeError("interpolate", "x of rank 3 or 4", showShape(x.shape));
  checkChoice("interpolate", ["nearest", axes === 1 ? "linear" : "bilinear"], mode);
  return resizedAxes("interpolate", x.shape.slice(2), options).reduce(
    (y, resized, k) =>
      mode === "nearest" ? nearest(y, 2 + k, resized) : between(y, 2 + k, resized, alignCorners),
    x,
  );
}
