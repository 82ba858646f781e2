/** @file Starts by name: their spread, and that orthogonal is orthogonal. */
import { matmul, normal, rng, transpose } from "@spm/core";
import { elements } from "@spm/core/extend";
import { assert, describe, expect, test } from "vitest";
import { gradcheckModule } from "./gradcheck-module.ts";
import { type InitialWeights, initialWeights } from "./initial-weights.ts";
import { Linear } from "./linear.ts";

describe("standard deviation and mean of 200 × 100 draws", () => {
  test.each<[InitialWeights, number]>([
    ["kaiming-normal", Math.sqrt(2 / 100)],
    ["kaiming-uniform", Math.sqrt(2 / 100)],
    ["xavier-normal", Math.sqrt(2 / 300)],
    ["xavier-uniform", Math.sqrt(2 / 300)],
    ["orthogonal", Math.sqrt(1 / 200)],
    ["normal", 1],
  ])("%s: %d", (name, deviation) => {
    const w = Float64Array.from(elements(initialWeights(name, rng(1), [200, 100]).ndarray()));
    const mean = w.reduce((a, b) => a + b, 0) / w.length;
    const variance = w.reduce((a, b) => a + (b - mean) ** 2, 0) / w.length;
    expect(Math.sqrt(variance) / deviation).toBeCloseTo(1, 1);
    expect(Math.abs(mean) / deviation).toBeLessThan(0.03);
    if (name.endsWith("uniform"))
      expect(w.reduce((a, b) => Math.max(a, Math.abs(b)), 0) / deviation).toBeCloseTo(
        Math.sqrt(3),
        2,
      );
  });
});

test.each([
  [5, 8],
  [8, 5],
  [6, 6],
])("orthogonal [%d, %d] with gain 3: the smaller product is 9 times the identity", (out, fanIn) => {
  const w = initialWeights("orthogonal", rng(2), [out, fanIn], { gain: 3 });
  const n = Math.min(out, fanIn);
  const product = elements(
    (out <= fanIn ? matmul(w, transpose(w)) : matmul(transpose(w), w)).ndarray(),
  );
  product.forEach((v, k) => {
    expect(v).toBeCloseTo(k % (n + 1) === 0 ? 9 : 0, 5);
  });
});

test("a kernel's taps count as inputs", () => {
  const w = Float64Array.from(
    elements(initialWeights("kaiming-normal", rng(3), [64, 8, 3, 3]).ndarray()),
  );
  const deviation = Math.sqrt(w.reduce((a, b) => a + b * b, 0) / w.length);
  expect(deviation * Math.sqrt(72 / 2)).toBeCloseTo(1, 1);
});

test("a dense layer starts as it is told, its bias at zero then", () => {
  const layer = new Linear(6, 4, { random: rng(1), init: "orthogonal", gain: 2 });
  expect(elements(matmul(layer.weight, transpose(layer.weight)).ndarray())[0]).toBeCloseTo(4, 5);
  assert(layer.bias !== null);
  expect([...elements(layer.bias.ndarray())]).toEqual([0, 0, 0, 0]);
  gradcheckModule(layer, [normal(rng(2), [2, 6])]);
});

test("refuses what is no weight", () => {
  expect(() => initialWeights("normal", rng(1), [3])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: initialWeights: expected a shape [out, in, ...kernel], got [3]]`,
  );
});
