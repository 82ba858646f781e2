/** @file What a newcomer gets wrong is refused by name, before anything is built or written. */
import { normal, rng, type Tensor, zeros } from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import * as nnExtend from "./extend.ts";
import * as nn from "./index.ts";

const random = rng(1);
const kinds = Object.keys(nn.linearKinds) as nn.LinearKind[];
/** What TypeScript would not let pass, as JavaScript does. */
const untyped = <T>(value: unknown): T => value as T;

describe.each(kinds)("%s", (kind) => {
  test.each([
    [0, 4],
    [4, 0],
    [2.5, 4],
    [-1, 4],
    [Number.NaN, 4],
  ])("%d → %d", (inFeatures, outFeatures) => {
    expect(() => nn.linear(kind, inFeatures, outFeatures, { random })).toThrow(
      `expected sizes in, out ≥ 1, got ${inFeatures} and ${outFeatures}`,
    );
  });

  test("another width, a scalar, another dtype", () => {
    const layer = nn.linear(kind, 4, 4, { random });
    const { name } = layer.constructor;
    expect(() => layer.forward(zeros([3, 5]))).toThrow(
      `${name}: expected x of shape [..., 4], got [3, 5]`,
    );
    expect(() => layer.forward(zeros([]))).toThrow(`${name}: expected x of shape [..., 4], got []`);
    expect(() => layer.forward(zeros([3, 4], { dtype: "float64" }))).toThrow(/help: cast/);
  });

  test("a matrix of another shape, of which nothing is written", () => {
    const layer = nn.linear(kind, 4, 4, { random });
    const before = numbers(layer.toDense());
    expect(() => layer.assignDense(normal(random, [3, 4]))).toThrow(
      "assignDense: expected W of shape [4, 4], got [3, 4]",
    );
    expect(numbers(layer.toDense())).toEqual(before);
  });
});

test.each<[string, () => unknown]>([
  [
    `linear: expected ${kinds.join(", ")}, got "rotations"`,
    () => nn.linear(untyped("rotations"), 4, 4, { random }),
  ],
  [
    "linear: expected a factory that makes a LinearMap 4 → 8, got Linear 8 → 4",
    () => nn.linear((i, o, options) => new nn.Linear(o, i, options), 4, 8, { random }),
  ],
  [
    "linear: expected a factory that makes a LinearMap 4 → 8, got undefined",
    () =>
      nn.linear(
        untyped(() => undefined),
        4,
        8,
        { random },
      ),
  ],
  [
    "initialWeights: expected kaiming-normal, kaiming-uniform, " +
      'xavier-normal, xavier-uniform, orthogonal, normal, got "he"',
    () => nnExtend.initialWeights(untyped("he"), random, [4, 4]),
  ],
  [
    `FeedForward: expected gelu, swiglu, got "relu"`,
    () => new nn.FeedForward(4, { activation: untyped("relu"), random }),
  ],
  [
    `norm: expected layer, rms, got "batch"`,
    () => new nn.TransformerBlock(4, { heads: 2, norm: untyped("batch"), random }),
  ],
  [
    "Embedding: expected vocabulary and width ≥ 1, got 0 and 8",
    () => new nn.Embedding(0, 8, { random }),
  ],
  [
    "MultiHeadAttention: expected heads ≥ 1, got 0",
    () => new nn.MultiHeadAttention(4, { heads: 0, random }),
  ],
  ["LayerNorm: expected width ≥ 1, got -4", () => new nn.LayerNorm(-4)],
  [
    "BatchNorm1d: expected a momentum in [0, 1], or null, got 7",
    () => new nn.BatchNorm1d(4, { momentum: 7 }),
  ],
  [
    "BatchNorm1d: expected epsilon ≥ 0, got NaN",
    () => new nn.BatchNorm1d(4, { epsilon: Number.NaN }),
  ],
  [
    "Residual: expected a branch that keeps the shape [1, 4], got [1, 1]",
    () => new nn.Residual(new nn.Linear(4, 1, { random })).forward(zeros([1, 4])),
  ],
  [
    "LearnedPositions: expected x of shape [..., time, 2], got [3, 1]",
    () => new nn.LearnedPositions(4, 2, { random }).forward(zeros([3, 1])),
  ],
  [
    "Conv2d: expected x of shape [batch, 2, height, width] or [2, height, width], got [1, 3, 5, 5]",
    () => new nn.Conv2d(2, 3, { kernel: 3, random }).forward(zeros([1, 3, 5, 5])),
  ],
  [
    "maxPool2d: expected paddings of at most half the window [2, 2], got [2, 2]",
    () => new nn.MaxPool2d(2, { padding: 2 }).forward(zeros([1, 1, 4, 4])),
  ],
  [
    "got none of 0 chosen\n" +
      "help: the model is a linear map itself: make it the field of another module",
    () => nn.replaceLinear(new nn.Linear(4, 4, { random }), "rotation", { random }),
  ],
  [
    "summary: expected the inputs of a forward, e.g. zeros([1, 784]), got none",
    () => nn.summary(new nn.Linear(4, 2, { random })),
  ],
])("%s", (message, attempt) => {
  expect(attempt).toThrow(message);
});

test("an LSTM ignores no argument beside x", () => {
  const lstm = new nn.Lstm(3, 4, { random });
  const [x, h] = [zeros([2, 5, 3]), zeros([1, 2, 4])];
  const lengths = zeros([2], { dtype: "int32" });
  for (const wrong of [[h], [undefined, h], [[h, h]], [{ lengths }], [h, null]])
    expect(() => lstm.forward(x, ...untyped<Tensor[]>(wrong))).toThrow(
      /^Lstm: expected h and c, both or none, got .*\nhelp: scan\(x, { state: \[h, c\], l/,
    );
  expect(() => lstm.scan(x, untyped(null))).toThrow("expected an object with lengths, state");
  expect(lstm.forward(x, h, h).shape).toEqual([2, 5, 4]);
});

test("a factory that fails leaves a model as it was", () => {
  const maps = [new nn.Linear(4, 4, { random }), new nn.Linear(4, 2, { random })];
  const model = new nn.Sequential(maps);
  const before = maps.map((map) => numbers(map.toDense()));
  const wrong: nn.LinearFactory = (i, o, options) => new nn.Linear(i, o === 2 ? 3 : o, options);
  expect(() => nn.replaceLinear(model, wrong, { random })).toThrow(
    /a LinearMap 4 → 2, got Linear 4 → 3/,
  );
  expect(model.layers).toEqual(maps);
  model.layers.forEach((layer, k) => {
    expect(layer).toBe(maps[k]);
  });
  expect(maps.map((map) => numbers(map.toDense()))).toEqual(before);
});

function numbers(x: Tensor): number[] {
  return [...elements(x.ndarray())];
}
