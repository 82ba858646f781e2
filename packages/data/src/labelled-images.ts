/** @file Labelled images as raw bytes, and their standardisation. */

import { ValueError } from "@spm/core/extend";
import { DataError } from "./errors.ts";

/** Images and their classes, one byte a pixel. */
export interface LabelledImages {
  /** Row-major intensities in [0, 255], shape [count, features]. */
  readonly pixels: Uint8Array;
  /** Classes in [0, classes), shape [count]. */
  readonly labels: Uint8Array;
  /** The number of images. */
  readonly count: number;
  /** Pixels an image. */
  readonly features: number;
  /** The number of classes. */
  readonly classes: number;
}

/** Mean and standard deviation of intensities scaled to [0, 1]. */
export interface PixelStatistics {
  readonly mean: number;
  readonly std: number;
}

/**
 * Mean and population standard deviation of x / 255 over all pixels, from an exact histogram.
 *
 * @param pixels - intensities in [0, 255]. Cost O(pixels)
 * @throws DataError when there is no pixel, or all are equal and their deviation is 0
 * @example
 * ```ts
 * import { pixelStatistics } from "@spm/data";
 * pixelStatistics(Uint8Array.of(0, 255)); // { mean: 0.5, std: 0.5 }
 * ```
 */
export function pixelStatistics(pixels: Uint8Array): PixelStatistics {
  const histogram = new Float64Array(256);
  for (let i = 0; i < pixels.length; i++) {
    const intensity = pixels[i] as number;
    histogram[intensity] = (histogram[intensity] as number) + 1;
  }
  let sum = 0;
  for (let v = 0; v < 256; v++) sum += v * (histogram[v] as number);
  const mean = sum / pixels.length;
  let squares = 0;
  for (let v = 0; v < 256; v++) squares += (v - mean) ** 2 * (histogram[v] as number);
  const std = Math.sqrt(squares / pixels.length);
  if (!(std > 0)) {
    throw new DataError(
      "pixelStatistics",
      "at least two different intensities",
      `${pixels.length} equal pixels`,
    );
  }
  return { mean: mean / 255, std: std / 255 };
}

/**
 * A table of (x / 255 − mean) / std, so that standardising a pixel is one lookup.
 *
 * @returns float32 [256], indexed by the intensity x
 * @throws ValueError when std isn't positive and finite, or mean isn't finite
 * @example
 * ```ts
 * import { standardizationTable } from "@spm/data";
 * standardizationTable({ mean: 0.5, std: 0.5 })[255]; // 1
 * ```
 */
export function standardizationTable({ mean, std }: PixelStatistics): Float32Array {
  if (!(Number.isFinite(mean) && Number.isFinite(std) && std > 0)) {
    throw new ValueError(
      "standardizationTable",
      "a finite mean and std > 0",
      `mean ${mean}, std ${std}`,
    );
  }
  return Float32Array.from({ length: 256 }, (_, intensity) => (intensity / 255 - mean) / std);
}
