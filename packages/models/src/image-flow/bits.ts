/** @file Whole numbers as densities see them, and densities as bits. */
import { add, div, type Rng, type Tensor, uniform } from "@spm/core";
import { checkRandom, checkTensors } from "@spm/core/extend";
import { checkSizes } from "@spm/nn/extend";

/** Values that a pixel takes. */
const VALUES = 256;

/**
 * (pixels + u) / 256 with u uniform on [0, 1): the density of the result bounds the probability of
 * the pixels (Theis et al. 2016).
 * @param pixels - whole numbers 0 … 255 as float32, [...]
 * @returns [...], in [0, 1)
 * @example dequantise(tensor([0, 255]), rng(1)); // e.g. [0.0025, 0.9982]
 */
export function dequantise(pixels: Tensor, random: Rng): Tensor {
  checkTensors("dequantise", pixels);
  checkRandom("dequantise", random);
  return div(add(pixels, uniform(random, pixels.shape, 0, 1)), VALUES);
}

/**
 * Bits a number of images with 256 values a pixel, −ln p / (D ln 2) + 8, of a density over
 * {@link dequantise}d pixels.
 * @param logDensity - ln p(x), [...]
 * @param dimensions - D, numbers in an image
 * @returns [...]
 * @throws ShapeError unless `dimensions` is a whole number ≥ 1
 * @example bitsPerDimension(tensor([0]), 784); // [8], as of uniform noise
 */
export function bitsPerDimension(logDensity: Tensor, dimensions: number): Tensor {
  checkTensors("bitsPerDimension", logDensity);
  checkSizes("bitsPerDimension", "dimensions", dimensions);
  return add(div(logDensity, -dimensions * Math.LN2), Math.log2(VALUES));
}
