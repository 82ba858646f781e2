import { rng, tensor } from "@spm/core";
import { Linear } from "@spm/nn";
import { expect, test } from "vitest";
import { regression } from "./regression.ts";

test("the loss is the mean squared error, mae the mean absolute one", async () => {
  const model = new Linear(1, 1, { random: rng(1), bias: false });
  const [w = 0] = await model.weight.data();
  const batch = { x: tensor([[1], [2], [3]]), y: tensor([[0], [1], [-1]]) };
  const errors = [w, 2 * w - 1, 3 * w + 1];
  const { loss, metrics, weight } = regression(model, batch);
  expect(await loss.item()).toBeCloseTo(
    errors.reduce((sum, e) => sum + e ** 2 / 3, 0),
    5,
  );
  expect(await metrics?.mae?.item()).toBeCloseTo(
    errors.reduce((sum, e) => sum + Math.abs(e) / 3, 0),
    5,
  );
  expect(weight).toBe(3);
});
