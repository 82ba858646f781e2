/**
 * @file Cross-entropy: worked values, both kernels against the composed form, and what it refuses.
 */
import {
  cast,
  grad,
  gradcheck,
  gradgradcheck,
  normal,
  oneHot,
  rng,
  type Tensor,
  tensor,
  transpose,
} from "@spm/core";
import { expect, test } from "vitest";
import { crossEntropy } from "./cross-entropy.ts";

const labels = (...values: number[]): Tensor => tensor(Int32Array.from(values));
const logits = normal(rng(1), [4, 3], 0, 2, { dtype: "float64" });

test("is −ln of the label's probability, averaged", async () => {
  const loss = crossEntropy(tensor([[0, Math.log(3)]]), labels(1));
  expect(await loss.item()).toBeCloseTo(-Math.log(3 / 4), 6);
});

test("does not overflow, and is exact where the answer is certain", async () => {
  expect(await crossEntropy(tensor([[1e4, -1e4]]), labels(0)).item()).toBe(0);
  expect(await crossEntropy(tensor([[1e4, -1e4]]), labels(1)).item()).toBe(2e4);
});

test.each([
  {},
  { labelSmoothing: 0.1 },
  { ignoreIndex: 2 },
  { ignoreIndex: 2, labelSmoothing: 0.3 },
  { weight: tensor([0.5, 2, 1], { dtype: "float64" }), labelSmoothing: 0.3 },
  { reduction: "sum" as const },
])("first and second derivatives with %o", (options) => {
  const f = (x: Tensor) => crossEntropy(x, labels(0, 2, 1, 2), options);
  gradcheck(f, [logits]);
  gradgradcheck(f, [logits]);
});

test("an ignored row gets no gradient", async () => {
  const g = await grad((x) => crossEntropy(x, labels(0, -100, 1, -100)))(logits).data();
  expect([...g.slice(3, 6), ...g.slice(9)]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(g.slice(0, 3).every((v) => v !== 0)).toBe(true);
});

test("refuses what it can't take", () => {
  const two = tensor([[1, 2, 3]]);
  expect(() => crossEntropy(two, labels(3))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: crossEntropy: expected labels in [0, 3) or -100, got 3 in row 0]`,
  );
  expect(() => crossEntropy(two, labels(-1))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: crossEntropy: expected labels in [0, 3) or -100, got -1 in row 0]`,
  );
  expect(() => crossEntropy(two, labels(0, 1))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: crossEntropy: expected scores [..., classes] and labels [...], got [1, 3] and [2]]`,
  );
  expect(() => crossEntropy(two, tensor([1]))).toThrowErrorMatchingInlineSnapshot(`
    [DTypeError: crossEntropy: expected int32 class indices, got float32[1]
    help: tensor(classes, { dtype: "int32" })]
  `);
  expect(() =>
    crossEntropy(two, labels(0), { labelSmoothing: 2 }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: crossEntropy: expected labelSmoothing in [0, 1], got 2]`,
  );
  const weight = tensor([1, 2]);
  expect(() => crossEntropy(two, labels(0), { weight })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: crossEntropy: expected a weight of shape [3], got [2]]`,
  );
  const sum = { reduction: "sum" } as const;
  expect(() => crossEntropy(two, labels(3), sum)).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: crossEntropy: expected labels in [0, 3) or -100, got others]`,
  );
  expect(() => crossEntropy(two, labels(-1), sum)).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: crossEntropy: expected labels in [0, 3) or -100, got others]`,
  );
  expect(() => crossEntropy(two, two, { ignoreIndex: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: crossEntropy: expected no ignoreIndex for probabilities, got 0]`,
  );
});

test("classes on any axis, and probabilities that are labels", async () => {
  const x = normal(rng(2), [2, 3, 4], 0, 1, { dtype: "float64" });
  const classes = tensor([0, 2, 1, 1, 2, 0, 0, 1], { dtype: "int32", shape: [2, 4] });
  const last = crossEntropy(transpose(x, [0, 2, 1]), classes);
  const sure = transpose(cast(oneHot(classes, 3), "float64"), [0, 2, 1]);
  for (const target of [classes, sure])
    expect(await crossEntropy(x, target, { axis: 1 }).item()).toBeCloseTo(await last.item(), 14);
  const each = crossEntropy(x, classes, { axis: 1, reduction: "none" });
  expect(each.shape).toEqual([2, 4]);
});

test("a reduction of null is none of the words", () => {
  const reduction = null as unknown as "mean";
  for (const weight of [undefined, tensor([1, 1, 1], { dtype: "float64" })])
    expect(() =>
      crossEntropy(logits, labels(0, 1, 2, 0), { reduction, ...(weight && { weight }) }),
    ).toThrow('crossEntropy: expected "mean", "sum" or "none", got null');
});

test("a smoothing in words is no number", () => {
  const labelSmoothing = "0.1" as unknown as number;
  expect(() => crossEntropy(logits, labels(0, 1, 2, 0), { labelSmoothing })).toThrow(
    "crossEntropy: expected labelSmoothing in [0, 1], got 0.1",
  );
});
