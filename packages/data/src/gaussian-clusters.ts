/** @file A small synthetic classification problem, for tests and examples. */

import { rng, tensor } from "@spm/core";
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import type { Dataset, LabelledBatch } from "./dataset.ts";
import { digestOf } from "./digest.ts";

/** Options of {@link gaussianClusters}. */
export interface GaussianClustersOptions {
  /** Samples, at least 1. */
  readonly count: number;
  /** Coordinates of a sample, at least 1. */
  readonly features: number;
  /** Clusters, one a class, at least 1. */
  readonly classes: number;
  /**
   * Standard deviation of samples from their centre, at least 0.
   * @defaultValue 0.5
   */
  readonly spread?: number;
  /** The seed that determines all samples. */
  readonly seed: number;
}

const names: OptionNames<GaussianClustersOptions> = {
  count: true,
  features: true,
  classes: true,
  spread: true,
  seed: true,
};

/**
 * One Gaussian cluster a class, with standard normal centres c and uniform classes.
 *
 * x = c[y] + spread · noise
 *
 * The same options give the same samples. Cost O(count · features) once.
 *
 * @returns batches of x float32 [batch, features] and y int32 [batch]
 * @throws ValueError when a size isn't a whole number of at least 1, or spread is negative;
 * OptionError for an unknown option
 * @example
 * ```ts
 * import { gaussianClusters } from "@spm/data";
 * const { x, y } = gaussianClusters({ count: 100, features: 2, classes: 3, seed: 1 }).batch(
 *   Int32Array.of(0, 1),
 * );
 * console.log(x.shape, y.shape); // [2, 2] [2]
 * ```
 */
export function gaussianClusters(options: GaussianClustersOptions): Dataset<LabelledBatch> {
  checkOptions("gaussianClusters", options, names);
  const { count, features, classes, spread = 0.5, seed } = options;
  for (const [name, size] of Object.entries({ count, features, classes })) {
    if (!Number.isInteger(size) || size < 1)
      throw new ValueError("gaussianClusters", `a whole ${name} of at least 1`, size);
  }
  if (!(spread >= 0)) throw new ValueError("gaussianClusters", "a spread of at least 0", spread);

  const random = rng(seed);
  const centres = Float64Array.from({ length: classes * features }, () => random.normal());
  const labels = Int32Array.from({ length: count }, () => random.integer(classes));
  const samples = Float32Array.from({ length: count * features }, (_, i) => {
    const label = labels[Math.floor(i / features)] as number;
    return (centres[label * features + (i % features)] as number) + spread * random.normal();
  });
  return {
    length: count,
    digest: () => digestOf(samples, labels),
    batch(indices) {
      const x = new Float32Array(indices.length * features);
      indices.forEach((sample, row) => {
        x.set(samples.subarray(sample * features, (sample + 1) * features), row * features);
      });
      const y = Int32Array.from(indices, (sample) => labels[sample] as number);
      return {
        x: tensor(x, { shape: [indices.length, features] }),
        y: tensor(y, { shape: [indices.length] }),
      };
    },
  };
}
