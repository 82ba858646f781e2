/** @file Convolution and pooling by loops over every window. */
import {
  concat,
  mul,
  normal,
  reshape,
  rng,
  slice,
  split,
  type Tensor,
  tensor,
  transpose,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { assert, describe, expect, test } from "vitest";
import { conv2d } from "../functional/index.ts";
import { gradcheckModule } from "../gradcheck-module.ts";
import { type LinearKind, linearKinds } from "../linear-kinds.ts";
import { Conv1d, Conv2d, ConvTranspose2d } from "./convolution.ts";
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

/** ⟨y, f x⟩ − ⟨fᵀ y, x⟩, relative to the first. */
function asymmetry(f: (x: Tensor) => Tensor, transposed: (y: Tensor) => Tensor, x: Tensor): number {
  const fx = f(x);
  const y = normal(random, fx.shape);
  const inner = (a: Tensor, b: Tensor): number =>
    numbers(a).reduce((total, v, i) => total + v * numbers(b)[i]!, 0);
  const one = inner(y, fx);
  return Math.abs(one - inner(transposed(y), x)) / Math.abs(one);
}

test.each(kinds)(
  "a transposed convolution with a %s map is that map into every window",
  (linear) => {
    const sliding = { kernel: [2, 3], stride: [2, 1], padding: [1, 0], dilation: [1, 2] };
    for (const groups of [1, 2]) {
      const given = { ...sliding, groups, linear, random, bias: false };
      const layer = new ConvTranspose2d(4, 2, given);
      const w = transpose(layer.map.toDense()); // [in, out · kernel]
      const plain = reshape(w, [4, 2, 2, 3]);
      const parts = Array.from({ length: groups }, (_, g) => {
        const [ins, outs] = [4 / groups, 2 / groups];
        const rows = { start: g * ins, stop: (g + 1) * ins };
        return slice(plain, [rows, { start: g * outs, stop: (g + 1) * outs }]);
      });
      const { kernel: _, ...steps } = sliding;
      const forward = (x: Tensor) => conv2d(x, concat(parts), null, { ...steps, groups });
      const x = normal(random, [2, 2, 6, 6]);
      expect(asymmetry(forward, (y) => layer.forward(y), x)).toBeLessThan(1e-5);
    }
  },
);

test("groups see nothing of each other, and a batch may be missing", () => {
  for (const linear of ["dense", "rotation"] as const) {
    const layer = new Conv1d(4, 6, { kernel: 2, groups: 2, linear, random });
    const x = normal(random, [4, 5]);
    const other = concat(split(x, 2).map((part, k) => mul(part, k + 1)));
    const upper = (y: Tensor): number[] => numbers(slice(y, [{ stop: 3 }]));
    expect(layer.forward(x).shape).toEqual([6, 4]);
    expect(upper(layer.forward(other))).toEqual(upper(layer.forward(x)));
    close(layer.forward(reshape(x, [1, 4, 5])), numbers(layer.forward(x)));
  }
  expect(new Conv1d(4, 6, { kernel: 2, groups: 2, random }).parameterCount()).toBe(6 * 2 * 2 + 6);
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
    new Conv1d(1, 1, options).forward(normal(random, [2, 2])),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Conv1d: expected x of shape [batch, 1, length] or [1, length], got [2, 2]]`,
  );
  expect(() => new Conv2d(4, 6, { ...options, groups: 4 })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Conv2d: expected a number of groups that divides 4 and 6 channels, got 4]`,
  );
  expect(
    () => new Conv2d(1, 1, { ...options, padding: "same", stride: 2 }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Conv2d: expected strides of 1 with padding "same", got [2, 2]]`,
  );
});
