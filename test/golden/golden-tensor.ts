/**
 * @file A tensor of a golden file, `{shape, data}` in row-major order, and how far ours lies from
 * it.
 */
import { type NdArray, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { asNumbers, asObject, type Json, MalformedError } from "./python-json.ts";

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** The precision that a check runs in. */
export type Precision = "float64" | "float32";

/** @throws MalformedError unless the data fills the shape */
export function goldenTensor(value: Json | undefined, where: string): GoldenTensor {
  const object = asObject(value, where);
  const shape = asNumbers(object.shape, `${where}.shape`);
  const data = asNumbers(object.data, `${where}.data`);
  const size = shape.reduce((product, n) => product * n, 1);
  if (data.length !== size)
    throw new MalformedError(`${where}.data`, `${size} numbers for shape [${shape}]`, data.length);
  return { shape, data };
}

/** Ours, in the precision of the check. */
export function toTensor({ shape, data }: GoldenTensor, precision: Precision): Tensor {
  return tensor(Float64Array.from(data), { shape, dtype: precision });
}

/** Indices, or a mask given as integers. */
export function toIntegers({ shape, data }: GoldenTensor): Tensor {
  return tensor(Float64Array.from(data), { shape, dtype: "int32" });
}

/**
 * max|a − b| / max(max|b|, 1e-6) over the elements. Equal infinities agree; a NaN on either side
 * never does.
 * @returns Infinity where the shapes differ or an element can't be compared
 */
export function errorOf(ours: Tensor | NdArray, golden: GoldenTensor): number {
  const array = "ndarray" in ours ? ours.ndarray() : ours;
  const { shape, data } = golden;
  if (array.shape.length !== shape.length || array.shape.some((n, k) => n !== shape[k]))
    return Number.POSITIVE_INFINITY;
  return numbersError(elements(array), data);
}

/** {@link errorOf} for plain numbers. */
export function numbersError(ours: ArrayLike<number>, golden: readonly number[]): number {
  if (ours.length !== golden.length) return Number.POSITIVE_INFINITY;
  let scale = 1e-6;
  let worst = 0;
  golden.forEach((b, i) => {
    if (Number.isFinite(b)) scale = Math.max(scale, Math.abs(b));
    const difference = ours[i] === b ? 0 : Math.abs(ours[i]! - b);
    worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  });
  return worst / scale;
}
