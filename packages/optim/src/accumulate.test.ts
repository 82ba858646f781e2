/** @file Accumulated gradients are those of the big batch. */
import {
  matmul,
  mean,
  normal,
  parameter,
  reference,
  rng,
  scope,
  slice,
  square,
  sub,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@spm/core";
import { describe, expect, test } from "vitest";
import { adam, GradientAccumulator } from "./index.ts";

const values = (t: Tensor): number[] => [...t.ndarray().data];

describe.each([
  ["equal batches", [4, 4, 4, 4]],
  ["unequal batches", [7, 1, 5, 3]],
])("%s", (_, sizes) => {
  test("train as one batch does", () => {
    const random = rng(1);
    const x = normal(random, [16, 3], 0, 1, { dtype: "float64" });
    const y = normal(random, [16, 2], 0, 1, { dtype: "float64" });
    const start = normal(random, [3, 2], 0, 1, { dtype: "float64" });
    const loss = (w: Tensor, from: number, to: number) => {
      const rows = (t: Tensor) => slice(t, [{ start: from, stop: to }]);
      return mean(square(sub(matmul(rows(x), w), rows(y))));
    };
    const [big, small] = [parameter(start), parameter(start)];
    const [bigOptimizer, smallOptimizer] = [adam([big]), adam([small])];
    const accumulator = new GradientAccumulator();
    for (let step = 0; step < 20; step++) {
      bigOptimizer.step(valueAndGrad(() => loss(big, 0, 16), [big]).grads);
      let from = 0;
      for (const size of sizes) {
        accumulator.add(valueAndGrad(() => loss(small, from, from + size), [small]).grads, size);
        from += size;
      }
      expect(accumulator.batches).toBe(4);
      smallOptimizer.step(accumulator.take());
    }
    const [a, b] = [values(big), values(small)];
    for (const [i, want] of a.entries()) expect(Math.abs(b[i]! - want)).toBeLessThan(1e-12);
  });
});

test("memory is flat over thousands of batches, and empty in between", () => {
  const accumulator = new GradientAccumulator();
  const before = reference.report();
  for (let i = 0; i < 3000; i++) {
    scope(() => accumulator.add([tensor([i, 1]), tensor([[2]])]));
    if (i % 3 === 2) scope(() => accumulator.take());
  }
  expect(reference.report()).toEqual(before);
});

test("a batch that does not fit is refused, and the sum stays as it was", () => {
  const accumulator = new GradientAccumulator();
  expect(() => accumulator.take()).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: accumulate: expected at least 1 batch, got 0
    help: add() gradients first]
  `);
  accumulator.add([tensor([1, 2]), tensor([3])]);
  const live = reference.report();
  expect(() => accumulator.add([tensor([1, 2])])).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: accumulate: expected 2 gradients, got 1
    help: add the same parameters' gradients each time]
  `);
  expect(() =>
    accumulator.add([tensor([5, 5]), tensor([1, 2])]),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: accumulate: expected gradient 1 of shape [1], got [2]
    help: add the same parameters' gradients each time]
  `);
  expect(() => accumulator.add([tensor([5, 5]), tensor([1], { dtype: "float64" })])).toThrow(
    "gradient 1 of float32",
  );
  expect(() =>
    accumulator.add([tensor([5, 5]), tensor([1])], 0),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: accumulate: expected a finite weight > 0, got 0]`,
  );
  expect(reference.report()).toEqual(live);
  expect(accumulator.take().map(values)).toEqual([[1, 2], [3]]);
});
