/**
 * @file The functions: derivatives of both orders, against formulas worked by hand, at their edges,
 * and what they refuse.
 */
import {
  detectAnomaly,
  full,
  grad,
  gradcheck,
  gradgradcheck,
  mean,
  normal,
  rng,
  sum,
  type Tensor,
  tensor,
  uniform,
  zeros,
} from "@spm/core";
import { describe, expect, test } from "vitest";
import { affine } from "./affine.ts";
import {
  avgPool1d,
  avgPool2d,
  bceWithLogits,
  conv1d,
  conv2d,
  dropout,
  embedding,
  gruStep,
  huber,
  klDiv,
  l1,
  layerNorm,
  logSoftmax,
  maxPool1d,
  maxPool2d,
  mse,
  rmsNorm,
  scaledDotProductAttention,
  softmax,
} from "./index.ts";
import { windows } from "./windows.ts";

const random = rng(3);
const draw = (...shape: number[]): Tensor => normal(random, shape, 0, 1, { dtype: "float64" });
const share = (...shape: number[]): Tensor =>
  uniform(random, shape, 0.1, 0.9, { dtype: "float64" });

const cases: [name: string, f: (...xs: Tensor[]) => Tensor, inputs: Tensor[]][] = [
  ["softmax", (x) => softmax(x), [draw(2, 4)]],
  ["softmax along the first axis", (x) => softmax(x, 0), [draw(3, 2, 2)]],
  ["logSoftmax", (x) => logSoftmax(x), [draw(2, 4)]],
  ["logSoftmax along the middle axis", (x) => logSoftmax(x, 1), [draw(2, 3, 2)]],
  ["mse", (p, t) => mse(p, t), [draw(2, 3), draw(2, 3)]],
  ["mse summed", (p, t) => mse(p, t, { reduction: "sum" }), [draw(3), draw(3)]],
  ["mse of each", (p, t) => mse(p, t, { reduction: "none" }), [draw(3), draw(3)]],
  ["l1", (p, t) => l1(p, t), [draw(2, 3), draw(2, 3)]],
  ["huber", (p, t) => huber(p, t, { delta: 0.7 }), [draw(2, 3), draw(2, 3)]],
  ["bceWithLogits", (x, t) => bceWithLogits(x, t), [draw(5), share(5)]],
  ["klDiv", (x, t) => klDiv(logSoftmax(x), softmax(t)), [draw(2, 3), draw(2, 3)]],
  ["layerNorm", (x, w, b) => layerNorm(x, w, b), [draw(2, 2, 4), draw(4), draw(4)]],
  ["rmsNorm", (x, w) => rmsNorm(x, w), [draw(3, 4), draw(4)]],
  [
    "attention",
    (q, k, v) => scaledDotProductAttention(q, k, v),
    [draw(2, 3, 2), draw(2, 4, 2), draw(2, 4, 3)],
  ],
  [
    "causal attention",
    (q, k, v) => scaledDotProductAttention(q, k, v, { causal: true }),
    [draw(3, 2), draw(4, 2), draw(4, 2)],
  ],
  [
    "conv1d",
    (x, w, b) => conv1d(x, w, b, { stride: 2, padding: 1 }),
    [draw(2, 2, 5), draw(3, 2, 3), draw(3)],
  ],
  [
    "conv2d",
    (x, w) => conv2d(x, w, null, { padding: [0, 1] }),
    [draw(1, 2, 4, 3), draw(2, 2, 2, 3)],
  ],
  ["maxPool1d", (x) => maxPool1d(x, 2), [draw(2, 6)]],
  ["maxPool2d with overlap", (x) => maxPool2d(x, 2, { stride: 1 }), [draw(1, 3, 4)]],
  ["avgPool1d", (x) => avgPool1d(x, 3, { stride: 2, padding: 1 }), [draw(2, 6)]],
  ["avgPool2d", (x) => avgPool2d(x, [2, 3]), [draw(2, 4, 6)]],
  ["gruStep", (x, u, h) => gruStep(x, u, h), [draw(2, 9), draw(2, 9), draw(2, 3)]],
  ["affine", (x, w, b) => affine(x, w, b), [draw(2, 2, 3), draw(4, 3), draw(4)]],
  ["embedding", (w) => embedding(w, tensor(Int32Array.of(2, 0, 2))), [draw(3, 2)]],
  ["windows", (x) => windows("windows", x, [2, 2], { stride: [1, 2] }), [draw(3, 5)]],
  ["dropout", (x) => dropout(x, 0.4, { random: rng(5) }), [draw(4, 3)]],
];

test.each(cases)("%s: first and second derivatives", (_, f, inputs) => {
  gradcheck(f, inputs);
  gradgradcheck(f, inputs);
});

const values = async (x: Tensor): Promise<number[]> => [...(await x.data())];

describe("values", () => {
  test("softmax and its logarithm do not overflow", async () => {
    expect(await values(softmax(tensor([1000, 1000, -1000])))).toEqual([0.5, 0.5, 0]);
    expect(await values(logSoftmax(tensor([1000, 0])))).toEqual([0, -1000]);
  });

  test("dropout keeps the mean, draws alike from one seed, is the identity at 0", async () => {
    const x = full([40_000], 1);
    const y = dropout(x, 0.25, { random: rng(1) });
    expect(await mean(y).item()).toBeCloseTo(1, 2);
    expect(new Set(await values(y))).toEqual(new Set([0, Math.fround(4 / 3)]));
    expect(await values(dropout(x, 0.25, { random: rng(1) }))).toEqual(await values(y));
    expect(dropout(x, 0, { random: rng(1) })).toBe(x);
  });

  test("the first of equal elements gets a max pool's cotangent, as in PyTorch", async () => {
    const g = grad((x) => sum(maxPool1d(x, 2)))(tensor([[0, 0, 3, 3]]));
    expect(await values(g)).toEqual([1, 0, 1, 0]);
  });

  test("padding never wins a maximum and counts as zero in a mean", async () => {
    const x = tensor([[-1, -2]]);
    expect(await values(maxPool1d(x, 2, { padding: 1, stride: 1 }))).toEqual([-1, -1, -2]);
    expect(await values(avgPool1d(x, 2, { padding: 1, stride: 1 }))).toEqual([-0.5, -1.5, -1]);
  });

  test("a causal token sees itself and those before it, the last of both at one time", async () => {
    const v = tensor([[1], [10], [100]]);
    const y = scaledDotProductAttention(zeros([2, 1]), zeros([3, 1]), v, { causal: true });
    expect(await values(y)).toEqual([5.5, 37]);
  });

  test("a token that may look nowhere gets zeros, and no gradient is NaN", async () => {
    const mask = tensor([
      [false, false],
      [true, false],
    ]);
    const f = (q: Tensor) =>
      scaledDotProductAttention(q, tensor([[1], [2]]), tensor([[3], [4]]), { mask });
    expect(await values(f(tensor([[1], [2]])))).toEqual([0, 3]);
    const g = detectAnomaly(() => grad((q) => sum(f(q)))(tensor([[1], [2]])));
    expect(await values(g)).toEqual([0, 0]);
  });

  test("windows are views of the same memory", () => {
    const x = tensor([1, 2, 3]);
    expect(windows("windows", x, [2]).ndarray().data).toBe(x.ndarray().data);
  });

  test("a target of 0 contributes nothing to the divergence", async () => {
    expect(
      await klDiv(tensor([[Math.log(0.5), Math.log(0.5)]]), tensor([[1, 0]])).item(),
    ).toBeCloseTo(Math.LN2, 6);
  });

  test("a divergence of ln t is that of t, reduced as asked", async () => {
    const [logP, t] = [
      logSoftmax(
        tensor([
          [0, 1],
          [2, 0],
        ]),
      ),
      tensor([
        [0.25, 0.75],
        [1, 0],
      ]),
    ];
    const logT = tensor([
      [Math.log(0.25), Math.log(0.75)],
      [0, -Infinity],
    ]);
    const rows = await values(klDiv(logP, t, { reduction: "none" }));
    expect(rows.length).toBe(2);
    expect(rows[1]).toBeCloseTo(Math.log1p(Math.exp(-2)), 6);
    const total = rows[0]! + rows[1]!;
    expect(await klDiv(logP, t).item()).toBeCloseTo(total / 2, 6);
    const summed = klDiv(logP, logT, { logTarget: true, reduction: "sum" });
    expect(await summed.item()).toBeCloseTo(total, 6);
  });

  test("rows of width 0 and batches of 0 give what is left", () => {
    expect(softmax(zeros([2, 0])).shape).toEqual([2, 0]);
    expect(layerNorm(zeros([0, 3]), zeros([3]), zeros([3])).shape).toEqual([0, 3]);
    expect(rmsNorm(zeros([2, 0]), zeros([0])).shape).toEqual([2, 0]);
    expect(conv1d(zeros([0, 1, 4]), zeros([2, 1, 3])).shape).toEqual([0, 2, 2]);
  });
});

/** The error of a call, with its class. */
function refusal(f: () => unknown): string {
  try {
    return `no error but ${f()}`;
  } catch (error) {
    return String(error);
  }
}

describe("refuses", () => {
  const refusals: [what: string, f: () => unknown, message: string][] = [
    [
      "an axis that is not there",
      () => softmax(zeros([2]), 1),
      "ShapeError: softmax: expected an axis in [-1, 1), got 1",
    ],
    [
      "integers",
      () => logSoftmax(tensor(Int32Array.of(1))),
      "DTypeError: logSoftmax: expected float32 or float64, got int32\n" +
        'help: cast it: cast(x, "float32")',
    ],
    [
      "a target that would broadcast",
      () => mse(zeros([2, 1]), zeros([2])),
      "ShapeError: mse: expected a target of shape [2, 1], got [2]",
    ],
    [
      "an unknown reduction",
      () => l1(zeros([2]), zeros([2]), { reduction: "median" as "mean" }),
      'ValueError: l1: expected "mean", "sum" or "none", got "median"',
    ],
    [
      "a delta of 0",
      () => huber(zeros([2]), zeros([2]), { delta: 0 }),
      "ValueError: huber: expected delta > 0, got 0",
    ],
    [
      "mixed dtypes",
      () => bceWithLogits(zeros([2]), zeros([2], { dtype: "float64" })),
      "DTypeError: mul: expected one dtype for all operands, got float64 and float32\n" +
        'help: cast one: cast(x, "float64")',
    ],
    [
      "a weight of another width",
      () => layerNorm(zeros([2, 3]), zeros([2]), zeros([3])),
      "ShapeError: layerNorm: expected weight and bias of shape [3], got [2]",
    ],
    [
      "a negative epsilon",
      () => rmsNorm(zeros([2, 3]), zeros([3]), { epsilon: -1 }),
      "ValueError: rmsNorm: expected epsilon ≥ 0, got -1",
    ],
    [
      "a mask of integers",
      () =>
        scaledDotProductAttention(zeros([2, 1]), zeros([2, 1]), zeros([2, 1]), {
          mask: zeros([2, 2], { dtype: "int32" }),
        }),
      "DTypeError: scaledDotProductAttention: expected a mask that is bool or floating, " +
        "got int32\nhelp: notEqual(mask, 0)",
    ],
    [
      "other channels than the kernel has",
      () => conv1d(zeros([1, 2, 5]), zeros([3, 1, 3])),
      "ShapeError: conv1d: expected x of shape [batch, 1, length] or [1, length], got [1, 2, 5]",
    ],
    [
      "a kernel larger than the image",
      () => conv2d(zeros([1, 1, 2, 2]), zeros([1, 1, 3, 3])),
      "ShapeError: conv2d: expected at least the kernel's [3, 3] of (padded) space, got [2, 2]",
    ],
    [
      "a stride of 0",
      () => maxPool1d(zeros([1, 4]), 2, { stride: 0 }),
      "ShapeError: maxPool1d: expected 1 strides of at least 1, got [0]",
    ],
    [
      "gates of another width",
      () => gruStep(zeros([1, 6]), zeros([1, 6]), zeros([1, 3])),
      "ShapeError: gruStep: expected gates of shape [1, 9], got [1, 6]",
    ],
    [
      "a weight that is no matrix",
      () => affine(zeros([2]), zeros([2])),
      "ShapeError: affine: expected a weight [out, in], got [2]",
    ],
    [
      "a row that is not there",
      () => embedding(zeros([2, 3]), tensor(Int32Array.of(2))),
      "ValueError: embedding: expected indices in [-2, 2), got 2",
    ],
    [
      "a probability of 1",
      () => dropout(zeros([2]), 1, { random: rng(1) }),
      "ValueError: dropout: expected a probability in [0, 1), got 1",
    ],
  ];
  test.each(refusals)("%s", (_, f, message) => {
    expect(refusal(f)).toBe(message);
  });
});
