/**
 * @file Whole numbers on a GPU: stored as float32, which holds those up to 2^24 and not all beyond.
 */
import type { TypedArray } from "@spm/core";
import { ValueError } from "@spm/core/extend";

const exactIntegers = 2 ** 24;

/**
 * The values, all of which float32 holds.
 * @throws ValueError naming the first that it may not hold
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
