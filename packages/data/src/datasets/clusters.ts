/** @file Gaussian clusters by name. */
import { type Dataset, type LabelledBatch, subset } from "../dataset.ts";
import { gaussianClusters } from "../gaussian-clusters.ts";
import type { DatasetEntry } from "./entry.ts";

/** The shape of the problem. */
interface ClustersOptions {
  readonly features?: number;
  readonly classes?: number;
  readonly spread?: number;
}

const TRAIN = 1000;
const TEST = 200;
const SEED = 7;

/** Points around centres, the same each time. */
export const clusters: DatasetEntry<ClustersOptions> = {
  description: "1,000 and 200 points, normal around the centre of their class",
  options: {
    features: { description: "coordinates of a point", type: "integer", minimum: 1, default: 16 },
    classes: { description: "how many centres there are", type: "integer", minimum: 1, default: 5 },
    spread: { description: "deviation from a centre", type: "number", minimum: 0, default: 1 },
  },
  load: async ({ features = 16, classes = 5, spread = 1 }) => {
    const all = gaussianClusters({ count: TRAIN + TEST, features, classes, spread, seed: SEED });
    const test: Dataset<LabelledBatch> = {
      length: TEST,
      batch: (indices) => all.batch(indices.map((i) => i + TRAIN)),
    };
    return { train: subset(all, TRAIN), test, features, classes };
  },
};
