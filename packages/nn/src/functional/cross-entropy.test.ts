/**
 * @file Cross-entropy: worked values, both kernels against the composed form, and what it refuses.
 */
import { grad, gradcheck, gradgradcheck, normal, rng, type Tensor, tensor } from "@spm/core";
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
    `[ShapeError: crossEntropy: expected logits [..., classes] and labels [...], got [1, 3] and [2]]`,
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
});
