import { describe, expect, test } from "vitest";
import { imageDataset, subset } from "./dataset.ts";
import { gaussianClusters } from "./gaussian-clusters.ts";

const images = {
  pixels: Uint8Array.of(0, 255, 10, 20, 30, 40),
  labels: Uint8Array.of(2, 0, 1),
  count: 3,
  features: 2,
  classes: 3,
};

describe("imageDataset", () => {
  test("gathers standardised pixels and their labels in the order asked for", async () => {
    const { x, y } = imageDataset(images, { mean: 0.5, std: 0.25 }).batch(Int32Array.of(2, 0));
    expect([x.shape, x.dtype, y.shape, y.dtype]).toEqual([[2, 2], "float32", [2], "int32"]);
    const expected = [30, 40, 0, 255].map((pixel) => Math.fround((pixel / 255 - 0.5) / 0.25));
    expect(Array.from(await x.data())).toEqual(expected);
    expect(Array.from(await y.data())).toEqual([1, 2]);
  });

  test("refuses arrays that do not fit together", () => {
    const statistics = { mean: 0, std: 1 };
    expect(() =>
      imageDataset({ ...images, count: 4 }, statistics),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DataError: imageDataset: expected 8 pixels and 4 labels, got 6 and 3]`,
    );
  });
});

describe("subset", () => {
  test("is the first samples of the whole", async () => {
    const part = subset(imageDataset(images, { mean: 0, std: 1 }), 2);
    expect(part.length).toBe(2);
    expect(Array.from(await part.batch(Int32Array.of(0, 1)).y.data())).toEqual([2, 0]);
    expect(() => subset(part, 3)).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: subset: expected a whole length in [1, 2], got 3]`,
    );
    expect(() => subset(part, 0)).toThrow(/whole length/);
  });
});

describe("gaussianClusters", () => {
  test("repeats with its seed and separates when the spread is small", async () => {
    const options = { count: 60, features: 8, classes: 3, spread: 0.01, seed: 4 };
    const all = Int32Array.from({ length: 60 }, (_, i) => i);
    const [first, again] = [
      gaussianClusters(options).batch(all),
      gaussianClusters(options).batch(all),
    ];
    const [x, y] = [await first.x.data(), await first.y.data()];
    expect(x).toEqual(await again.x.data());
    expect(new Set(y)).toEqual(new Set([0, 1, 2]));
    const distance = (a: number, b: number): number =>
      Math.hypot(
        ...Array.from(
          all.subarray(0, 8),
          (f) => (x[a * 8 + f] as number) - (x[b * 8 + f] as number),
        ),
      );
    const same = all.find((i) => i > 0 && y[i] === y[0]) as number;
    const other = all.find((i) => y[i] !== y[0]) as number;
    expect(distance(0, same)).toBeLessThan(distance(0, other));
  });

  test("refuses sizes that are not", () => {
    expect(() =>
      gaussianClusters({ count: 0, features: 1, classes: 1, seed: 1 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: gaussianClusters: expected a whole count of at least 1, got 0]`,
    );
    expect(() =>
      gaussianClusters({ count: 1, features: 1, classes: 1, seed: 1, spread: -1 }),
    ).toThrow(/spread of at least 0/);
  });
});
