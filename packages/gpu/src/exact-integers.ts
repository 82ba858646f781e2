/** @file Integers on a GPU: stored as float32, which holds all up to 2^24. */
import type { NdArray, TypedArray } from "@spm/core";
import { dtypeOf, elements, ValueError } from "@spm/core/extend";

const exactIntegers = 2 ** 24;

/**
 * Returns the values, all of which float32 holds exactly.
 * @throws ValueError naming the first beyond ±2^24
 */
export function assertExact<Values extends TypedArray | readonly number[]>(values: Values): Values {
  for (const v of values)
    if (Math.abs(v) > exactIntegers)
      throw new ValueError(
        "gpu",
        "int32 within ±2^24, which float32 holds exactly",
        v,
        "keep it on the CPU",
      );
  return values;
}

/**
 * The elements as the device stores them.
 * @throws ValueError for an integer that float32 doesn't hold
 */
export function floatsOf(array: NdArray): Float32Array {
  const values = elements(array);
  if (dtypeOf(array) === "int32") assertExact(values);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
