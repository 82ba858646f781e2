/** @file What one loader, callback or model means when it is used twice; what a step averages. */
import { mul, rng, type Tensor, tensor } from "@spm/core";
import { DataLoader, gaussianClusters, type LabelledBatch } from "@spm/data";
import { Mlp } from "@spm/models";
import { adam, MovingAverage, reduceOnPlateau, sgd } from "@spm/optim";
import { plateauStart } from "@spm/optim/extend";
import { describe, expect, test } from "vitest";
import { classification } from "./classification.ts";
import { earlyStopping } from "./early-stopping.ts";
import { NonFiniteError } from "./errors.ts";
import { evaluate } from "./evaluate.ts";
import { fit } from "./fit.ts";
import type { FitOptions } from "./fit-options.ts";
import type { Callback, MetricsEvent, TrainingPosition } from "./hooks.ts";
import { plateauCallback } from "./plateau-callback.ts";
import { progress } from "./progress.ts";
import type { TrainingState } from "./training-state.ts";

const samples = gaussianClusters({ count: 90, features: 4, classes: 3, seed: 1 });
const loaderOf = (batchSize: number) => new DataLoader(samples, { batchSize, seed: 1 });
const build = (seed = 1) => new Mlp({ sizes: [4, 8, 3], linear: "dense", random: rng(seed) });
const train = (model: Mlp, loader: DataLoader<LabelledBatch>, options: object = {}) =>
  fit(model, loader, {
    loss: classification,
    optimizer: adam(model.parameters(), { learningRate: 0.01 }),
    epochs: 2,
    ...options,
  } as FitOptions<Mlp, LabelledBatch>);
const weightsOf = (model: Mlp) => Promise.all(model.parameters().map((p) => p.data()));

describe("one loader", () => {
  test("for training and evaluation: neither moves the other", async () => {
    const [loader, model] = [loaderOf(32), build()];
    const together = await train(model, loader, { evaluate: { data: loader, every: 1 } });
    expect(together.position).toMatchObject({ step: 6, epoch: 2 });
    const apart = build();
    await train(apart, loaderOf(32), { evaluate: { data: loaderOf(32), every: 1 } });
    expect(await weightsOf(model)).toEqual(await weightsOf(apart));
    await evaluate(model, loader, classification);
    const steps: number[] = [];
    const onStep = ({ step }: TrainingPosition) => void steps.push(step);
    await train(model, loader, { epochs: 4, callbacks: [{ onStep }] });
    expect(steps).toEqual([7, 8, 9, 10, 11, 12]);
  });

  test("evaluated, iterated or left in the middle before fit: all steps are taken", async () => {
    const [loader, model, fresh] = [loaderOf(32), build(), build()];
    await evaluate(model, loader, classification);
    for (const _ of loader) break;
    for (const _ of loader);
    expect((await train(model, loader)).position.step).toBe(6);
    await train(fresh, loaderOf(32));
    expect(await weightsOf(model)).toEqual(await weightsOf(fresh));
  });

  test("for two trainings at once: each has the bits that it has alone", async () => {
    const loader = loaderOf(16);
    const [a, b, alone] = [build(1), build(2), build(2)];
    await Promise.all([train(a, loader, { yieldAfter: 0 }), train(b, loader, { yieldAfter: 0 })]);
    await train(alone, loaderOf(16));
    expect(await weightsOf(b)).toEqual(await weightsOf(alone));
  });
});

describe("one list of callbacks for several folds", () => {
  test("each fold is judged, followed and shown by itself", async () => {
    const lines: string[] = [];
    const evaluations = { evaluate: { data: loaderOf(45) } };
    const plateau = plateauCallback(plateauStart(1e-2), (state, loss) =>
      reduceOnPlateau({ patience: 0, threshold: 0.5 })(state, loss),
    );
    const shared: Callback[] = [
      earlyStopping({ patience: 1, minimum: 0.05 }),
      progress("fold", { write: (text) => lines.push(text) }),
      plateau,
    ];
    const folds: object[] = [];
    for (const callbacks of [shared, shared]) {
      lines.length = 0;
      const model = build();
      const optimizer = adam(model.parameters(), {
        learningRate: () => plateau.current.learningRate,
      });
      const options = { epochs: 30, optimizer, callbacks, ...evaluations };
      const { stopped, position } = await train(model, loaderOf(32), options);
      const { current } = plateau;
      folds.push({ stopped, step: position.step, lines: lines.length, current });
    }
    expect(folds[0]).toMatchObject({ stopped: true });
    expect(folds[1]).toEqual(folds[0]);
  });

  test("a training that is taken up keeps their states", async () => {
    const stopping = earlyStopping({ patience: 2, minimum: 100 });
    const model = build();
    const loader = loaderOf(90);
    const options = { evaluate: { data: loader }, callbacks: [stopping] };
    await train(model, loader, { ...options, epochs: 2 });
    expect(stopping.state?.()).toMatchObject({ since: 1 });
    const { position, stopped } = await train(model, loader, { ...options, epochs: 9 });
    expect([position.step, stopped]).toEqual([3, true]);
  });
});

describe("gradient accumulation", () => {
  test("a step on several batches is that on one batch of all their samples", async () => {
    const seen: [number, number][] = [];
    const go = async (batchSize: number, options: object) => {
      const model = build();
      const { position } = await train(model, loaderOf(batchSize), {
        optimizer: sgd(model.parameters(), { learningRate: 0.1 }),
        logEvery: 1,
        callbacks: [
          { onLog: ({ step, metrics }: MetricsEvent) => void seen.push([step, metrics.loss]) },
        ],
        ...options,
      });
      return { position, weights: await weightsOf(model) };
    };
    const whole = await go(40, {});
    const losses = seen.splice(0);
    const parts = await go(10, { accumulate: 4 }); // 4, 4 and 1 batches an epoch
    expect(parts.position).toMatchObject({ step: 6, steps: 6, epoch: 2 });
    expect(whole.position.step).toBe(6);
    for (const [k, [step, loss]] of seen.entries()) {
      expect(step).toBe(losses[k]?.[0]);
      expect(loss).toBeCloseTo(losses[k]?.[1] ?? 0, 5);
    }
    for (const [k, values] of parts.weights.entries())
      for (const [i, value] of values.entries())
        expect(value).toBeCloseTo(whole.weights[k]?.[i] ?? 0, 5);
  });

  test("a bad batch leaves the whole step out; the next one begins where it should", async () => {
    for (const bad of [2, 4, 9]) {
      const drawn: number[] = [];
      const model = build();
      let calls = 0;
      const loss = (m: Mlp, batch: LabelledBatch) => {
        calls++;
        drawn.push(batch.x.shape[0] as number);
        const measured = classification(m, batch);
        return calls === bad || calls === bad + 1 // its replay
          ? { ...measured, loss: mul(measured.loss, tensor(Number.NaN)) }
          : measured;
      };
      const options = { accumulate: 4, epochs: 1, onNonFinite: "skip", loss };
      const { position } = await train(model, loaderOf(10), options);
      expect(position.step).toBe(3);
      expect(drawn.length).toBeLessThanOrEqual(10);
    }
    const failing = build();
    const loader = loaderOf(10);
    let calls = 0;
    const loss = (m: Mlp, batch: LabelledBatch) => {
      const measured = classification(m, batch);
      return ++calls === 6 ? { loss: mul(measured.loss, tensor(Number.NaN)) } : measured;
    };
    await expect(train(failing, loader, { accumulate: 4, loss })).rejects.toThrow(NonFiniteError);
    const whole = build();
    const optimizer = (m: Mlp) => sgd(m.parameters());
    await train(failing, loader, { accumulate: 4, epochs: 1, optimizer: optimizer(failing) });
    expect((await train(whole, loaderOf(10), { accumulate: 4, epochs: 1 })).position.step).toBe(3);
  });
});

describe("early stopping that restores the best weights", () => {
  /** A rate that improves for four epochs, and then ruins the model. */
  const wild = (m: Mlp) =>
    sgd(m.parameters(), { learningRate: (step) => (step < 12 ? 0.1 : 50), momentum: 0 });

  for (const averaged of [false, true])
    test(`leaves the model ${averaged ? "the averages" : "as"} it evaluated best`, async () => {
      const [model, data] = [build(), loaderOf(90)];
      const losses: number[] = [];
      const average = averaged
        ? { average: new MovingAverage(model.parameters(), { decay: 0.5 }) }
        : {};
      const ends: Promise<unknown>[] = [];
      const { evaluation, stopped, position } = await train(model, loaderOf(32), {
        optimizer: wild(model),
        epochs: 40,
        evaluate: { data },
        callbacks: [
          { onEvaluate: ({ metrics }: MetricsEvent) => void losses.push(metrics.loss) },
          earlyStopping({ patience: 3, restoreBest: true }),
          { onEnd: () => void ends.push(weightsOf(model)) },
        ],
        ...average,
      });
      expect(stopped).toBe(true);
      const best = Math.min(...losses);
      expect(losses.at(-1)).toBeGreaterThan(best);
      expect(evaluation?.loss).toBe(best);
      expect((await evaluate(model, data, classification))?.loss).toBe(best);
      expect(await ends[0]).not.toEqual(await weightsOf(model)); // a checkpoint has the last
      expect(position.step).toBe(3 * losses.length);
    });

  test("also from a state that was captured before, on its own copies", async () => {
    let state: TrainingState | undefined;
    const data = loaderOf(90);
    const go = async (options: object, onSettled?: Callback["onSettled"]) => {
      const model = build();
      const result = await train(model, loaderOf(32), {
        optimizer: wild(model),
        epochs: 40,
        evaluate: { data },
        callbacks: [
          earlyStopping({ patience: 3, restoreBest: true }),
          ...(onSettled ? [{ onSettled }] : []),
        ],
        ...options,
      });
      return { result, weights: await weightsOf(model) };
    };
    const whole = await go({}, async ({ step }, training) => {
      if (step !== 15) return;
      const { values, progress: at } = await training.capture();
      const copies = Object.entries(values).map(async ([name, value]) => {
        if (typeof value === "number") return [name, value] as const;
        return [name, tensor(await value.data(), { shape: value.shape }) as Tensor] as const;
      });
      state = { values: Object.fromEntries(await Promise.all(copies)), progress: at };
    });
    expect(Object.keys(state?.values ?? {})).toContain("callback.earlyStopping.layers.0.weight");
    const resumed = await go({ resume: state });
    expect(resumed.weights).toEqual(whole.weights);
    expect(resumed.result.evaluation).toEqual(whole.result.evaluation);
  });

  test("an interrupted training keeps its own, to go on with", async () => {
    const [model, stop] = [build(), new AbortController()];
    const ends: Promise<unknown>[] = [];
    await train(model, loaderOf(32), {
      epochs: 9,
      evaluate: { data: loaderOf(90) },
      signal: stop.signal,
      callbacks: [
        earlyStopping({ patience: 3, restoreBest: true }),
        { onStep: ({ step }: TrainingPosition) => (step === 8 ? stop.abort() : undefined) },
        { onEnd: () => void ends.push(weightsOf(model)) },
      ],
    });
    expect(await ends[0]).toEqual(await weightsOf(model));
  });
});

describe("means", () => {
  const squares =
    (weight: boolean) =>
    (_: Mlp, { x, y }: LabelledBatch) => {
      const measured = classification(_, { x, y });
      return { loss: measured.loss, ...(weight && { weight: y.shape[0] as number }) };
    };

  test("a batch weighs its samples where the loss says nothing", async () => {
    const model = build();
    const [by, without] = await Promise.all(
      [true, false].map((weight) => evaluate(model, loaderOf(32), squares(weight))),
    );
    expect(without).toEqual(by);
    const whole = await evaluate(model, loaderOf(90), squares(false));
    expect(without?.loss).toBeCloseTo(whole?.loss ?? 0, 5);
  });

  test("a metric that some batches have is the mean of these", async () => {
    const loss = (m: Mlp, batch: LabelledBatch) => {
      const { loss: value } = classification(m, batch);
      const few = batch.y.shape[0] === 26;
      return { loss: value, metrics: few ? { last: mul(value, 1) } : {} };
    };
    const model = build();
    const means = await evaluate(model, loaderOf(32), loss);
    const last = [...loaderOf(32)].at(-1) as LabelledBatch;
    expect(means?.last).toBeCloseTo(await classification(model, last).loss.item(), 6);
  });
});
