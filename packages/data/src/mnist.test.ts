import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DataError } from "./errors.ts";
import { pixelStatistics, standardizationTable } from "./labelled-images.ts";
import { loadMnist } from "./mnist.ts";

describe("loadMnist", () => {
  test("the shipped files are MNIST, and standardising uses its well-known constants", async () => {
    const { train, test } = await loadMnist();
    expect([train.count, train.features, train.classes, train.pixels.length]).toEqual([
      60_000, 784, 10, 47_040_000,
    ]);
    expect([test.count, test.features, test.classes, test.pixels.length]).toEqual([
      10_000, 784, 10, 7_840_000,
    ]);
    expect(Array.from(train.labels.subarray(0, 10))).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect(Array.from(test.labels.subarray(0, 10))).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);

    const perClass = new Array<number>(10).fill(0);
    for (const label of train.labels) perClass[label] = (perClass[label] as number) + 1;
    expect(perClass).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);

    const statistics = pixelStatistics(train.pixels);
    expect(statistics.mean).toBeCloseTo(0.1307, 4);
    expect(statistics.std).toBeCloseTo(0.3081, 4);
  });
});

describe("loadMnist, from files that do not fit", () => {
  let directory = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "spm-mnist-"));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const images = (count: number, side: number): Uint8Array =>
    Uint8Array.of(
      0,
      0,
      8,
      3,
      0,
      0,
      0,
      count,
      0,
      0,
      0,
      side,
      0,
      0,
      0,
      side,
      ...new Uint8Array(count * side * side),
    );
  const labels = (...values: number[]): Uint8Array =>
    Uint8Array.of(0, 0, 8, 1, 0, 0, 0, values.length, ...values);

  async function failure(trainImages: Uint8Array, trainLabels: Uint8Array): Promise<string> {
    await writeFile(join(directory, "train-images-idx3-ubyte"), trainImages);
    await writeFile(join(directory, "train-labels-idx1-ubyte"), trainLabels);
    await writeFile(join(directory, "t10k-images-idx3-ubyte"), images(1, 28));
    await writeFile(join(directory, "t10k-labels-idx1-ubyte"), labels(3));
    const error = await loadMnist(directory).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    return (error as Error).message;
  }

  test("a folder without the files", async () => {
    await expect(loadMnist(join(directory, "absent"))).rejects.toThrow(
      /expected a readable file at .*absent.*ENOENT/,
    );
  });

  test("images of another size, too few labels, a label out of range", async () => {
    expect(await failure(images(2, 27), labels(1, 2))).toMatchInlineSnapshot(
      `"loadMnist: train-images-idx3-ubyte: expected shape [count, 28, 28], got [2, 27, 27]"`,
    );
    expect(await failure(images(2, 28), labels(1))).toMatchInlineSnapshot(
      `"loadMnist: train-labels-idx1-ubyte: expected shape [2], one label an image, got [1]"`,
    );
    expect(await failure(images(2, 28), labels(1, 10))).toMatchInlineSnapshot(
      `"loadMnist: train-labels-idx1-ubyte: expected labels below 10, got 10 at 1"`,
    );
  });
});

describe("standardisation", () => {
  test("the table has mean 0 and standard deviation 1 over the pixels it was made from", () => {
    const pixels = Uint8Array.of(0, 0, 0, 10, 200, 255, 31);
    const table = standardizationTable(pixelStatistics(pixels));
    const values = Array.from(pixels, (p) => table[p] as number);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean).toBeCloseTo(0, 6);
    expect(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length).toBeCloseTo(1, 6);
  });

  test("refuses pixels without spread and statistics without scale", () => {
    expect(() => pixelStatistics(new Uint8Array(3))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: pixelStatistics: expected at least two different intensities, got 3 equal pixels]`,
    );
    expect(() => pixelStatistics(new Uint8Array(0))).toThrow(DataError);
    expect(() => standardizationTable({ mean: 0, std: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: standardizationTable: expected a finite mean and std > 0, got mean 0, std 0]`,
    );
  });
});
