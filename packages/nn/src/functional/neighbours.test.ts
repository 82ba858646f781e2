/** @file Sums along neighbours: a sum by hand, and what is refused. */
import { ones, tensor } from "@spm/core";
import { expect, test } from "vitest";
import { neighbourSum } from "./neighbours.ts";

const weights = tensor([
  [1, 10, 100],
  [2, 20, 200],
  [3, 30, 300],
]);

test("shifts of either sign, beyond n and equal modulo n", async () => {
  const values = tensor([[1], [2], [3]]);
  const expected = [[1 + 20 + 300], [4 + 60 + 200], [9 + 30 + 600]];
  for (const shifts of [
    [0, 1, 2],
    [3, -2, -1],
    [-300, 301, 5],
  ])
    expect(await neighbourSum(weights, values, shifts).toArray()).toEqual(expected);
  const twice = [[1 + 220], [4 + 660], [9 + 330]];
  expect(await neighbourSum(weights, values, [0, 1, 4]).toArray()).toEqual(twice);
});

test("no links and no rows", async () => {
  expect(await neighbourSum(ones([2, 0]), ones([2, 3]), []).toArray()).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
  expect(neighbourSum(ones([4, 0, 2]), ones([4, 0, 3]), [0, 1]).shape).toEqual([4, 0, 3]);
});

test.each<[string, () => unknown]>([
  [
    "neighbourSum: expected weights [3, 2], got [3, 3]",
    () => neighbourSum(weights, ones([3, 4]), [0, 1]),
  ],
  [
    "neighbourSum: expected weights [2, 3, 3], got [3, 3]",
    () => neighbourSum(weights, ones([2, 3, 4]), [0, 1, 2]),
  ],
  [
    "neighbourSum: expected values [..., n, width], got [3]",
    () => neighbourSum(weights, ones([3]), [0, 1, 2]),
  ],
  [
    "neighbourSum: expected whole numbers as shifts, got 0.5",
    () => neighbourSum(weights, ones([3, 4]), [0, 0.5, 1]),
  ],
  [
    "neighbourSum: expected one dtype for all operands, got float32 and float64",
    () => neighbourSum(weights, ones([3, 4], { dtype: "float64" }), [0, 1, 2]),
  ],
])("%s", (message, attempt) => {
  expect(attempt).toThrow(message);
});
