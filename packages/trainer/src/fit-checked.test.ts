/** @file What fit and its callbacks are given is checked before the first step. */
import { rng } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { DataLoader, gaussianClusters } from "@spm/data";
import { Mlp } from "@spm/models";
import { sgd } from "@spm/optim";
import { expect, test } from "vitest";
import { classification } from "./classification.ts";
import { earlyStopping } from "./early-stopping.ts";
import { fit } from "./fit.ts";

const model = new Mlp({ sizes: [4, 3], random: rng(1) });
const samples = gaussianClusters({ count: 8, features: 4, classes: 3, seed: 1 });
const loader = () => new DataLoader(samples, { batchSize: 4, seed: 1 });
const run = (options: object) =>
  fit(model, loader(), {
    loss: classification,
    optimizer: sgd(model.parameters(), { learningRate: 0.1 }),
    epochs: 1,
    ...options,
  });

test.each([
  [{ epochs: Number.NaN }, "fit: expected a whole number of epochs ≥ 0, got NaN"],
  [{ epochs: 1.5 }, "fit: expected a whole number of epochs ≥ 0, got 1.5"],
  [{ epochs: "2" }, "fit: expected a whole number of epochs ≥ 0, got 2"],
  [{ logEvery: 0 }, "fit: expected a whole number ≥ 1 as logEvery, got 0"],
  [{ evaluate: { data: loader(), every: 0.5 } }, "a whole number ≥ 1 as every, got 0.5"],
  [{ onNonFinite: "ignore" }, "onNonFinite among stop, skip, rollback, got ignore"],
])("%o is refused", async (options, message) => {
  const before = model.parameters().map((p) => p.version);
  await expect(run(options)).rejects.toThrow(message);
  expect(model.parameters().map((p) => p.version)).toEqual(before);
});

test("early stopping names the metrics that there are", async () => {
  const callbacks = [earlyStopping({ metric: "acc", patience: 3 })];
  await expect(run({ evaluate: { data: loader() }, callbacks })).rejects.toThrow(
    "earlyStopping: expected a metric of loss,accuracy, got acc",
  );
  expect(() => earlyStopping({ patience: 1, better: "max" as "lower" })).toThrow(ValueError);
});
