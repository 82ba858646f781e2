/** @file The readings of neural collapse over a training, across a checkpoint, and of NaN. */
import { ones, rng, type Tensor, tensor } from "@spm/core";
import { DataLoader, gaussianClusters } from "@spm/data";
import { LayerNormResNet } from "@spm/models";
import { adam } from "@spm/optim";
import { expect, test } from "vitest";
import { classification } from "./classification.ts";
import { type CollapseCallback, collapseCallback } from "./collapse-callback.ts";
import { fit } from "./fit.ts";
import { type Json, parseExactly, stringifyExactly } from "./io/json.ts";
import { neuralCollapse } from "./metrics/neural-collapse.ts";

const data = gaussianClusters({ count: 30, features: 6, classes: 3, seed: 1 });
const { x, y } = data.batch(Int32Array.from({ length: 30 }, (_, i) => i));

function training(epochs: number, every: number) {
  const model = new LayerNormResNet({ width: 6, depth: 2, classes: 3, random: rng(1) });
  const seen: Tensor[] = [];
  const callback = collapseCallback(
    (step) => {
      const features = model.embed(x);
      seen.push(features);
      expect(step).toBe(callback.readings.length === 0 ? 0 : step);
      return { features, labels: y, weight: model.head.toDense() };
    },
    { every },
  );
  const run = () =>
    fit(model, new DataLoader(data, { batchSize: 30 }), {
      loss: classification,
      optimizer: adam(model.parameters(), { learningRate: 0.05 }),
      epochs,
      callbacks: [callback],
    });
  return { model, callback, seen, run };
}

const steps = (callback: CollapseCallback): number[] => callback.readings.map(({ step }) => step);

test("there are readings at the start, between, at the end; features collapse", async () => {
  const { model, callback, seen, run } = training(25, 10);
  await run();
  expect(steps(callback)).toEqual([0, 10, 20, 25]);
  const last = callback.readings.at(-1);
  const now = neuralCollapse(model.embed(x), y, model.head.toDense());
  expect(last).toEqual({ step: 25, ...now });
  expect(last?.nc1Trace).toBeLessThan((callback.readings[0]?.nc1Trace ?? 0) / 2);
  expect(() => seen[0]?.ndarray()).toThrow(); // released
  expect(model.head.toDense().ndarray().shape).toEqual([3, 6]); // the parameter is not
});

test("a training has readings of its own; a checkpoint keeps them, NaN too", async () => {
  const { callback, run } = training(2, 1);
  await run();
  expect(steps(callback)).toEqual([0, 1, 2]);
  const constant = collapseCallback(
    () => ({ features: ones([2, 6]), labels: tensor(Int32Array.of(0, 1)), weight: ones([2, 6]) }),
    { every: 1 },
  );
  const { model } = training(1, 1);
  await fit(model, new DataLoader(data, { batchSize: 30 }), {
    loss: classification,
    optimizer: adam(model.parameters(), { learningRate: 0.02 }),
    epochs: 1,
    callbacks: [constant],
  });
  expect(constant.readings[0]?.nc1Trace).toBeNaN();
  const again = collapseCallback(() => ({ features: x, labels: y, weight: x }), { every: 1 });
  again.restore?.(parseExactly(stringifyExactly(constant.state?.())) as Json);
  expect(again.readings).toEqual(constant.readings);
});

test.each([0, 1.5, Number.NaN])("every of %d is refused", (every) => {
  expect(() => training(1, every)).toThrow(
    `collapseCallback: expected every as a whole number ≥ 1, got ${every}`,
  );
});
