/** @file Convolution and pooling by loops over every window. */
import { normal, rng, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { assert, describe, expect, test } from "vitest";
import { gradcheckModule } from "../gradcheck-module.ts";
import { type LinearKind, linearKinds } from "../linear-kinds.ts";
import { Conv1d, Conv2d } from "./convolution.ts";
import { AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d } from "./pooling.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const random = rng(1);
const kinds = Object.keys(linearKinds) as LinearKind[];

/**
 * The values of every window of x [batch, channels, height, width], by channel; undefined where
 * there is padding.
 */
function windowsOf(
  x: Tensor,
  kernel: number,
  stride: number,
  padding: number,
): (number | undefined)[][][] {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const data = numbers(x);
  const out: (number | undefined)[][][] = [];
  for (let b = 0; b < batch; b++)
    for (let i = -padding; i + kernel <= height + padding; i += stride)
      for (let j = -padding; j + kernel <= width + padding; j += stride)
        out.push(
          Array.from({ length: channels }, (_, c) =>
            Array.from({ length: kernel * kernel }, (_, tap) => {
              const [row, column] = [i + Math.floor(tap / kernel), j + (tap % kernel)];
              const inside = row >= 0 && row < height && column >= 0 && column < width;
              return inside
                ? data[((b * channels + c) * height + row) * width + column]
                : undefined;
            }),
          ),
        );
  return out;
}

/** [position, channel] of one sample as [channel, position]. */
const channelsFirst = (rows: number[][]): number[] =>
  rows[0]!.flatMap((_, c) => rows.map((row) => row[c]!));
const close = (x: Tensor, expected: readonly number[]): void => {
  expect(numbers(x)).toHaveLength(expected.length);
  numbers(x).forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i]!, 5);
  });
};

describe.each([
  [3, 1, 0],
  [3, 2, 1],
  [2, 3, 0],
])("kernel %d, stride %d, padding %d", (kernel, stride, padding) => {
  const x = normal(random, [1, 2, 6, 5]);
  const seen = windowsOf(x, kernel, stride, padding);

  test.each(kinds)("Conv2d with a %s map is that map on every window", (linear) => {
    const layer = new Conv2d(2, 3, { kernel, stride, padding, linear, random });
    assert(layer.map.bias !== null);
    const [w, b] = [numbers(layer.map.toDense()), numbers(layer.map.bias)];
    const rows = seen.map((window) => {
      const flat = window.flat();
      return b.map((shift, o) =>
        flat.reduce<number>((t, v, i) => t + (v ?? 0) * w[o * flat.length + i]!, shift),
      );
    });
    close(layer.forward(x), channelsFirst(rows));
  });

  test("pooling takes the largest, or the mean with padding as 0", () => {
    const values = (window: (number | undefined)[]): number[] =>
      window.filter((v) => v !== undefined);
    close(
      new MaxPool2d(kernel, { stride, padding }).forward(x),
      channelsFirst(seen.map((window) => window.map((c) => Math.max(...values(c))))),
    );
    close(
      new AvgPool2d(kernel, { stride, padding }).forward(x),
      channelsFirst(
        seen.map((window) => window.map((c) => values(c).reduce((a, v) => a + v, 0) / c.length)),
      ),
    );
  });
});

test("one axis: worked by hand", () => {
  const layer = new Conv1d(1, 1, { kernel: 2, stride: 2, padding: 1, random });
  layer.map.loadStateDict({ weight: tensor([[1, 10]]), bias: tensor([0.5]) });
  close(layer.forward(tensor([[[1, 2, 3, 4]]])), [10.5, 32.5, 4.5]);
  close(new MaxPool1d(2).forward(tensor([[[1, 5, 3, 2, 9]]])), [5, 3]);
  close(new AvgPool1d(2).forward(tensor([[[1, 5, 3, 2, 9]]])), [3, 2.5]);
});

test("derivatives", () => {
  gradcheckModule(new Conv1d(2, 2, { kernel: 3, padding: 1, random, linear: "low-rank" }), [
    normal(random, [2, 2, 4]),
  ]);
  gradcheckModule(new Conv2d(1, 2, { kernel: [2, 1], stride: [1, 2], random }), [
    normal(random, [1, 1, 3, 3]),
  ]);
  gradcheckModule(new MaxPool2d(2), [normal(random, [1, 1, 4, 4])]);
});

test("refuses sizes that don't fit", () => {
  const options = { kernel: 3, random };
  expect(() => new Conv2d(1, 1, { ...options, stride: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Conv2d: expected 2 strides of at least 1, got [0, 0]]`,
  );
  expect(() => new Conv1d(1, 1, { ...options, kernel: [3, 3] })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Conv1d: expected 1 kernel sizes of at least 1, got [3, 3]]`,
  );
  expect(() =>
    new Conv1d(1, 1, options).forward(normal(random, [1, 1, 2])),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Conv1d: expected at least the kernel's [3] of (padded) space, got [2]]`,
  );
  expect(() => new MaxPool1d(2).forward(normal(random, [2, 1]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: maxPool1d: expected at least the kernel's [2] of (padded) space, got [1]]`,
  );
  expect(() =>
    new Conv1d(1, 1, options).forward(normal(random, [1, 2])),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Conv1d: expected x of shape [batch, 1, length], got [1, 2]]`,
  );
});
