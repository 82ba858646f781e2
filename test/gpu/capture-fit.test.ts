/** @file fit captures its steps on a device by itself, with the bits of steps that are not. */
import { mul, reference, rng, setBackend, type Tensor } from "@spm/core";
import { DataLoader, gaussianClusters, type LabelledBatch } from "@spm/data";
import { Mlp } from "@spm/models";
import { Dropout, Module } from "@spm/nn";
import { adam, cosine, MovingAverage } from "@spm/optim";
import { type Callback, classification, type FitOptions, fit } from "@spm/trainer";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
afterAll(() => device?.dispose());
beforeEach(() => device && setBackend(device));
afterEach(() => setBackend(reference));

const data = gaussianClusters({ count: 36, features: 4, classes: 3, seed: 1 });

/** A perceptron whose input drops out. */
class Dropping extends Module {
  readonly dropout = new Dropout(0.2, { random: rng(5) });
  readonly mlp = new Mlp({ sizes: [4, 4, 3], random: rng(1) });
  forward(x: Tensor): Tensor {
    return this.mlp.forward(this.dropout.forward(x));
  }
}

type Options = Partial<FitOptions<Dropping, LabelledBatch>>;

/** What a training of three epochs leaves, and the steps that were repeated. */
async function train(options: Options = {}) {
  const model = new Dropping();
  const parameters = model.parameters();
  const average = new MovingAverage(parameters, { decay: 0.5 });
  const losses: number[] = [];
  let captured = 0;
  const watching: Callback = {
    observes: true,
    onStep: () => {
      captured = Math.max(captured, device?.report().captured.steps ?? 0);
    },
    onLog: ({ metrics }) => void losses.push(metrics.loss),
    onEvaluate: ({ metrics }) => void losses.push(metrics.loss),
  };
  const { callbacks = [], ...others } = options;
  await fit(model, new DataLoader(data, { batchSize: 8, seed: 1 }), {
    loss: classification,
    optimizer: adam(parameters, { learningRate: cosine({ learningRate: 0.05, steps: 15 }) }),
    average,
    epochs: 3,
    logEvery: 1,
    evaluate: { data: new DataLoader(data, { batchSize: 36 }) },
    callbacks: [watching, ...callbacks],
    ...others,
  });
  const read = async (t: Tensor | number) =>
    typeof t === "number" ? t : Array.from(await t.data());
  return {
    captured,
    left: {
      losses,
      weights: await Promise.all(parameters.map(read)),
      average: await Promise.all(Object.values(average.state()).map(read)),
      random: model.dropout.random.state,
    },
  };
}

describe.runIf(device !== null)("fit on a device", () => {
  test.each<[string, Options]>([
    ["of batches of two sizes, with dropout, a schedule, an average and evaluations", {}],
    ["that accumulates", { accumulate: 2 }],
  ])("captures a training %s", async (_, options) => {
    const captured = await train(options);
    const plain = await train({ ...options, capture: false });
    expect(captured.left).toEqual(plain.left);
    expect([captured.captured, plain.captured]).toEqual([1, 0]);
    expect(device?.report().captured.steps).toBe(0);
  });

  test("runs the step after a callback that may change it", async () => {
    let scale = 1;
    const loss: FitOptions<Dropping, LabelledBatch>["loss"] = (model, batch) => {
      const measured = classification(model, batch);
      return { ...measured, loss: mul(measured.loss, scale) };
    };
    const rising = (): Callback => ({
      onStep: ({ step }) => {
        scale = step > 9 ? 2 : 1;
      },
    });
    const captured = await train({ loss, callbacks: [rising()] });
    scale = 1;
    const plain = await train({ loss, callbacks: [rising()], capture: false });
    expect(captured.left).toEqual(plain.left);
  });

  test("trains as always what can't be captured", async () => {
    let calls = 0;
    const loss: FitOptions<Dropping, LabelledBatch>["loss"] = (model, batch) => {
      const measured = classification(model, batch);
      return { ...measured, loss: mul(measured.loss, 1 + 0.1 * calls++) };
    };
    const captured = await train({ loss });
    calls = 0;
    const plain = await train({ loss, capture: false });
    expect(captured).toEqual(plain);
  });
});
