/** @file Gaussian clusters by name. */
import { checkOptions } from "@spm/core/extend";
import { type Dataset, type LabelledBatch, subset } from "../dataset.ts";
import { digestOf } from "../digest.ts";
import { gaussianClusters } from "../gaussian-clusters.ts";
import type { DatasetEntry } from "./entry.ts";

/** Options of {@link clusters}. */
interface ClustersOptions {
  readonly features?: number;
  readonly classes?: number;
  readonly spread?: number;
}

const TRAIN = 1000;
const TEST = 200;
const SEED = 7;

/** Gaussian clusters of a fixed seed. */
export const clusters: DatasetEntry<ClustersOptions> = {
  description: "1,000 and 200 points, normal around the centre of their class",
  options: {
    features: { description: "coordinates of a point", type: "integer", minimum: 1, default: 16 },
    classes: { description: "number of centres", type: "integer", minimum: 1, default: 5 },
    spread: {
      description: "standard deviation from a centre",
      type: "number",
      minimum: 0,
      default: 1,
    },
  },
  load: async (options) => {
    checkOptions("clusters", options, clusters.options);
    const { features = 16, classes = 5, spread = 1 } = options;
    const all = gaussianClusters({ count: TRAIN + TEST, features, classes, spread, seed: SEED });
    const test: Dataset<LabelledBatch> = {
      length: TEST,
      digest: () => digestOf(all.digest?.() ?? "", TRAIN),
      batch: (indices) => all.batch(indices.map((i) => i + TRAIN)),
    };
    return { train: subset(all, TRAIN), test, features, classes };
  },
};
