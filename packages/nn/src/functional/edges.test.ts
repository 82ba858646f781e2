/** @file Convolution, other sizes, groups and masks at their edges, and what they refuse. */
import { detectAnomaly, grad, mul, ones, rng, sum, type Tensor, tensor, zeros } from "@spm/core";
import { expect, test } from "vitest";
import {
  adaptiveAvgPool1d,
  conv1d,
  convTranspose1d,
  groupNorm,
  interpolate,
  scaledDotProductAttention,
} from "./index.ts";

const values = async (x: Tensor): Promise<number[]> => [...(await x.data())];

test("an added −∞ hides a source, and a token that sees none gets zeros, without NaN", async () => {
  const mask = tensor([
    [-Infinity, -Infinity],
    [0.5, -Infinity],
  ]);
  const f = (q: Tensor, mask: Tensor) =>
    scaledDotProductAttention(q, tensor([[1], [2]]), tensor([[3], [4]]), { mask });
  expect(await values(f(tensor([[1], [2]]), mask))).toEqual([0, 3]);
  const slopes = grad((q: Tensor, added: Tensor) => sum(f(q, added)), [0, 1]);
  const both = detectAnomaly(() => slopes(tensor([[1], [2]]), mask));
  for (const g of both) expect((await values(g)).every((v) => v === 0)).toBe(true);
});

test("dropped weights of attention leave the mean of many draws; scale is a factor", async () => {
  const [q, k, v] = [ones([1, 1]), ones([1, 1]), ones([1, 1])];
  const random = rng(1);
  const draw = () => scaledDotProductAttention(q, k, v, { dropout: 0.25, random });
  let total = 0;
  for (let n = 0; n < 400; n++) total += await draw().item();
  expect(total / 400).toBeCloseTo(1, 1);
  const two = tensor([[1], [2]]);
  const doubled = scaledDotProductAttention(q, two, two, { scale: 2 });
  expect(await values(doubled)).toEqual(
    await values(scaledDotProductAttention(mul(q, 2), two, two)),
  );
});

test("infinite elements stay where they are in another size", async () => {
  const x = tensor([[[1, Infinity, 2, 3]]]);
  expect(await values(interpolate(x, { size: 8 }))).toEqual([1, 1, Infinity, Infinity, 2, 2, 3, 3]);
  expect(await values(adaptiveAvgPool1d(x, 2))).toEqual([Infinity, 2.5]);
  expect(await values(adaptiveAvgPool1d(tensor([1, 2, Infinity]), 2))).toEqual([1.5, Infinity]);
});

const refusals: [what: string, f: () => unknown, message: string][] = [
  [
    "groups that do not divide the channels",
    () => conv1d(zeros([1, 2, 5]), zeros([3, 1, 3]), null, { groups: 2 }),
    "ShapeError: conv1d: expected a number of groups that divides 3 channels, got 2",
  ],
  [
    "padding that keeps the size of a stride",
    () => conv1d(zeros([1, 1, 5]), zeros([1, 1, 3]), null, { padding: "same", stride: 2 }),
    'ShapeError: conv1d: expected strides of 1 with padding "same", got [2]',
  ],
  [
    "output padding that the stride does not leave open",
    () => convTranspose1d(zeros([1, 1, 5]), zeros([1, 1, 3]), null, { outputPadding: 1 }),
    "ShapeError: convTranspose1d: expected output paddings below the stride or the dilation, " +
      "got [1]",
  ],
  [
    "more padding than a transposed convolution has",
    () => convTranspose1d(zeros([1, 1, 1]), zeros([1, 1, 2]), null, { padding: 1 }),
    "ShapeError: convTranspose1d: expected an output of at least 1 element an axis, got [0]",
  ],
  [
    "both a size and a factor",
    () => interpolate(zeros([1, 1, 4]), { size: 2, scaleFactor: 2 }),
    "ValueError: interpolate: expected a size or a scaleFactor, got both",
  ],
  [
    "a mode of other axes",
    () => interpolate(zeros([1, 1, 4]), { size: 2, mode: "bilinear" }),
    'ValueError: interpolate: expected nearest, linear, got "bilinear"',
  ],
  [
    "heads that no group has",
    () =>
      scaledDotProductAttention(zeros([3, 2, 1]), zeros([2, 2, 1]), zeros([2, 2, 1]), {
        groupedQueries: true,
      }),
    "ShapeError: scaledDotProductAttention: expected a multiple of 2 heads of keys and values, " +
      "got 3 of queries",
  ],
  [
    "dropout without a generator",
    () => scaledDotProductAttention(zeros([2, 1]), zeros([2, 1]), zeros([2, 1]), { dropout: 0.5 }),
    "ValueError: scaledDotProductAttention: expected a generator with dropout, got none\n" +
      "help: random: rng(1)",
  ],
  [
    "groups of channels that are left over",
    () => groupNorm(zeros([2, 3, 4]), 2),
    "ShapeError: groupNorm: expected a number of groups that divides 3, got 2",
  ],
];
test.each(refusals)("refuses %s", (_, f, message) => {
  expect(f).toThrow(message.replace(/^\w+: /, ""));
});
