/** @file What fit and its callbacks are given is checked before the first update. */
import {
  abs,
  mean,
  mul,
  noGrad,
  normal,
  parameter,
  rng,
  sub,
  sum,
  type Tensor,
  tensor,
} from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { DataLoader, gaussianClusters, type LabelledBatch, mapBatches } from "@spm/data";
import { Mlp } from "@spm/models";
import { Dropout, Linear, Module, mse } from "@spm/nn";
import { MovingAverage, sgd } from "@spm/optim";
import { describe, expect, test } from "vitest";
import { classification } from "./classification.ts";
import { earlyStopping } from "./early-stopping.ts";
import { evaluate } from "./evaluate.ts";
import { fit } from "./fit.ts";
import { findLearningRate } from "./learning-rate-finder.ts";
import { plateauCallback } from "./plateau-callback.ts";
import { sampleText } from "./sample-text.ts";
import { trainStep } from "./train-step.ts";

const build = (seed = 1) => new Mlp({ sizes: [4, 3], random: rng(seed) });
const model = build();
const other = build();
const samples = gaussianClusters({ count: 8, features: 4, classes: 3, seed: 1 });
const loader = () => new DataLoader(samples, { batchSize: 4, seed: 1 });
const optimizer = sgd(model.parameters(), { learningRate: 0.1 });
const run = (options: object, data: unknown = loader()) =>
  fit(model, data as DataLoader<LabelledBatch>, {
    loss: classification,
    optimizer,
    epochs: 1,
    ...options,
  });
const versions = () => model.parameters().map((p) => p.version);

/** Refused before any parameter is assigned. */
async function refused(options: object, message: string | RegExp, data?: unknown): Promise<void> {
  const before = versions();
  await expect(run(options, data)).rejects.toThrow(message);
  expect(versions()).toEqual(before);
}

const average = (of: Mlp) => new MovingAverage(of.parameters());
const logits = ({ x }: LabelledBatch): Tensor => model.forward(x);

test.each<[object, string]>([
  [{ epochs: Number.NaN }, "fit: expected a whole number of epochs ≥ 0, got NaN"],
  [{ epochs: 1.5 }, "fit: expected a whole number of epochs ≥ 0, got 1.5"],
  [{ epochs: "2" }, "fit: expected a whole number of epochs ≥ 0, got 2"],
  [{ logEvery: 0 }, "fit: expected a whole number ≥ 1 as logEvery, got 0"],
  [{ accumulate: 1.5 }, "fit: expected a whole number ≥ 1 as accumulate, got 1.5"],
  [{ evaluate: { data: loader(), every: 0.5 } }, "a whole number ≥ 1 as every, got 0.5"],
  [{ onNonFinite: "ignore" }, "onNonFinite among stop, skip, rollback, got ignore"],
  [{ evaluate: loader() }, "fit: expected evaluate: { data }, got a DataLoader"],
  [{ evaluate: { data: [] } }, "fit.evaluate: expected a DataLoader, got an array of 0"],
  [{ signal: new AbortController() }, "fit: expected an AbortSignal, got an AbortController"],
  [{ yieldAfter: Number.NaN }, "fit: expected milliseconds ≥ 0 as yieldAfter, got NaN"],
  [{ resume: "runs/a" }, 'fit: expected a training state to resume, got "runs/a"'],
  [{ optimizer: sgd }, "fit: expected an optimizer of at least 1 parameter, got the function sgd"],
  [{ optimizer: { parameters: [], step() {} } }, "an optimizer of at least 1 parameter"],
  [
    { optimizer: sgd(other.parameters()) },
    "fit: expected the optimizer of this model's parameters",
  ],
  [{ optimizer: sgd([...model.parameters(), parameter([1])]) }, "got 1 of 3 that are in no field"],
  [{ average: average(other) }, "fit: expected the average of this model's parameters, got 2 of 2"],
  [{ callbacks: {} }, "fit: expected an array of callbacks, got an object"],
  [{ callbacks: [() => {}] }, "fit: expected callbacks with hooks, got a function"],
  [{ callbacks: [undefined] }, "fit: expected callbacks with hooks, got undefined as number 0"],
  [{ callbacks: [{ step() {} }] }, "fit: expected callbacks with hooks, got an object as number 0"],
  [{ callbacks: [{ onStep: 3 }] }, "Callback: expected a function as onStep, got 3"],
  [{ gradients: "clip" }, 'fit: expected a function of gradients, got "clip"'],
  [{ loss: undefined }, "fit: expected a loss function of (model, batch), got undefined"],
])("%o is refused", (options, message) => refused(options, message));

test("a hook that there isn't is found on the prototype of a class, too", async () => {
  class Printing {
    onStep(): void {}
    onEpoch(): void {}
  }
  await refused({ callbacks: [new Printing()] }, 'Callback: unknown option "onEpoch"');
});

describe("what measures the loss", () => {
  const help = "help: give it model and batch: loss: (model, { x, y })";
  test.each<[string, object, string]>([
    ["mse itself", { loss: mse }, "got the function mse, which threw"],
    ["a function of tensors", { loss: (p: Tensor, t: Tensor) => mean(sub(p, t)) }, help],
    ["a bare tensor", { loss: () => tensor(1) }, "fit: expected { loss } from the loss function"],
    ["nothing", { loss: () => {} }, "expected { loss } from the loss function, got undefined"],
    [
      "no scalar",
      { loss: (_: Mlp, b: LabelledBatch) => ({ loss: logits(b) }) },
      "as loss, got flo",
    ],
    [
      "a metric that is no scalar",
      {
        loss: (_: Mlp, b: LabelledBatch) => ({
          loss: mean(logits(b)),
          metrics: { all: logits(b) },
        }),
      },
      "fit: expected a scalar tensor as all, got float32[4, 3]",
    ],
    [
      "a weight that is none",
      { loss: (_: Mlp, b: LabelledBatch) => ({ loss: mean(logits(b)), weight: Number.NaN }) },
      "fit: expected a finite weight ≥ 0, got NaN",
    ],
    ["a constant", { loss: () => ({ loss: tensor(1) }) }, "a loss that depends on a parameter"],
    [
      "a loss without a tape",
      { loss: (_: Mlp, b: LabelledBatch) => ({ loss: noGrad(() => mean(logits(b))) }) },
      "a loss that depends on a parameter of the optimizer, got one that depends on none",
    ],
  ])("%s is refused", (_, options, message) => refused(options, message));

  test("a map of gradients that returns none is refused, by trainStep, too", async () => {
    const gradients = () => {};
    await refused(
      { gradients },
      "fit: expected gradients() to return the gradients, got undefined",
    );
    const loss = () => mean(logits(samples.batch(Int32Array.of(0))));
    const before = versions();
    expect(() => trainStep(optimizer, loss, { gradients } as never)).toThrow(
      "trainStep: expected gradients() to return the gradients, got undefined",
    );
    expect(versions()).toEqual(before);
  });
});

test("what is no loader is refused, by evaluate and the finder, too", async () => {
  await refused({}, "fit: expected a DataLoader, got an array of 0", []);
  await refused({}, "fit: expected a DataLoader, got an object", samples);
  await expect(evaluate(model, [] as never, classification)).rejects.toThrow(ValueError);
  await expect(evaluate(model, loader(), mse as never)).rejects.toThrow("got the function mse");
  const finding = { loss: classification, optimizer: () => sgd(other.parameters()) };
  await expect(findLearningRate(model, loader(), finding)).rejects.toThrow(/this model's param/);
});

describe("callbacks that follow an evaluation", () => {
  const cases = [
    ["earlyStopping", (metric: string) => earlyStopping({ metric, patience: 3 })],
    ["following acuracy", (metric: string) => plateauCallback({ a: 1 }, (s) => s, { metric })],
  ] as const;
  test.each(cases)("%s names the metrics that there are", async (name, make) => {
    const evaluations = { evaluate: { data: loader() } };
    await refused(
      { ...evaluations, callbacks: [make("acuracy")] },
      `fit: expected a metric of loss, accuracy for ${name}, got acuracy`,
    );
    await run({ ...evaluations, epochs: 0, callbacks: [make("accuracy")] });
    await refused(
      { callbacks: [make("loss")] },
      /^fit: expected evaluations, which .* follows, got/,
    );
  });

  test("so does a sampler without steps of its own; both directions have names", async () => {
    const callbacks = [sampleText({ draw: () => "", show() {} })];
    await refused({ callbacks }, "fit: expected evaluations, which a callback follows, got none");
    expect(() => earlyStopping({ patience: 1, better: "max" as "lower" })).toThrow(ValueError);
    expect(() => sampleText({ draw: () => "", show() {}, every: 0 })).toThrow(ValueError);
  });

  test("a metric that only evaluations measure is enough, and looking draws nothing", async () => {
    const random = rng(3);
    class Noisy extends Module {
      readonly layer = new Linear(4, 3, { random: rng(1) });
      readonly drop = new Dropout(0.5, { random });
      forward(x: Tensor): Tensor {
        return this.drop.forward(this.layer.forward(x));
      }
    }
    const noisy = new Noisy();
    const { state } = random;
    await fit(noisy, loader(), {
      loss: (m, batch) => {
        const { loss } = classification(m, batch);
        return { loss, metrics: m.training ? {} : { mae: abs(loss) } };
      },
      optimizer: sgd(noisy.parameters()),
      epochs: 0,
      evaluate: { data: loader() },
      callbacks: [earlyStopping({ metric: "mae", patience: 1 })],
    });
    expect(random.state).toEqual(state);
    expect(noisy.drop.training).toBe(true);
  });
});

describe("what no checkpoint would save", () => {
  class Private extends Module {
    readonly a = new Linear(4, 3, { random: rng(1) });
    readonly #b = new Linear(4, 3, { random: rng(2) });
    forward(x: Tensor): Tensor {
      return sub(this.a.forward(x), this.#b.forward(x));
    }
  }
  class Drawing extends Module {
    readonly a = new Linear(4, 3, { random: rng(1) });
    readonly #random = rng(2);
    forward(x: Tensor): Tensor {
      return mul(this.a.forward(x), this.#random.uniform());
    }
  }
  const train = (m: Module, data = loader(), options: object = {}) =>
    fit(m, data, {
      loss: classification as never,
      optimizer: sgd(m.parameters()),
      epochs: 1,
      ...options,
    });

  test("a parameter in a #private field is named with the op that takes it", async () => {
    await expect(train(new Private())).rejects.toThrow(
      /^fit: expected every parameter .*, got float32\[3, 4\], which \w+ takes in the f/,
    );
  });

  test("so are generators: of the model, the data set, the loss", async () => {
    await expect(train(new Drawing())).rejects.toThrow(
      "got a generator that is drawn from in the forward of Drawing",
    );
    const random = rng(4);
    const noisy = ({ x, y }: LabelledBatch) => ({ x: mul(x, normal(random, x.shape)), y });
    const unseen = new DataLoader(mapBatches(samples, noisy), { batchSize: 4 });
    await expect(train(build(), unseen)).rejects.toThrow(/^fit: expected every generator where a/);
    const seen = new DataLoader(mapBatches(samples, noisy, { random }), { batchSize: 4 });
    expect((await train(build(), seen)).position.step).toBe(2);
    const loss = (m: Mlp, batch: LabelledBatch) => {
      const measured = classification(m, batch);
      return { ...measured, loss: mul(measured.loss, random.uniform()) };
    };
    await expect(train(build(), loader(), { loss })).rejects.toThrow(
      /every generator where a chec/,
    );
  });

  test("a teacher beside the model, and a generator made in the step, are no loss", async () => {
    const teacher = new Private();
    const student = build();
    const loss = (m: Mlp, { x }: LabelledBatch) => ({
      loss: mse(
        m.forward(x),
        mul(
          noGrad(() => teacher.forward(x)),
          rng(1).uniform(),
        ),
      ),
    });
    expect((await train(student, loader(), { loss })).position.step).toBe(2);
    expect(sum(student.parameters()[0] as Tensor).shape).toEqual([]);
  });
});
