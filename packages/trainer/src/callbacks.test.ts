import { exp, mean, mul, noGrad, normal, rng, type Tensor, tensor } from "@spm/core";
import { DataLoader, gaussianClusters, type LabelledBatch } from "@spm/data";
import { Mlp } from "@spm/models";
import { adam, reduceOnPlateau } from "@spm/optim";
import { plateauStart } from "@spm/optim/extend";
import { describe, expect, test } from "vitest";
import { classification } from "./classification.ts";
import { earlyStopping } from "./early-stopping.ts";
import { NonFiniteError } from "./errors.ts";
import { fit } from "./fit.ts";
import type { FitOptions } from "./fit-options.ts";
import type { MetricsEvent, NonFiniteEvent, Training } from "./hooks.ts";
import { findLearningRate } from "./learning-rate-finder.ts";
import { plateauCallback } from "./plateau-callback.ts";
import { sampleText } from "./sample-text.ts";
import { activationStatistics, gradientStatistics, tensorStatistics } from "./statistics.ts";

const data = gaussianClusters({ count: 60, features: 6, classes: 3, seed: 1 });
const loader = (): DataLoader<LabelledBatch> => new DataLoader(data, { batchSize: 10, seed: 3 });
const build = (): Mlp => new Mlp({ sizes: [6, 8, 3], linear: "rotation", random: rng(1) });
const event = (step: number, loss: number): MetricsEvent => {
  return {
    step,
    steps: 9,
    epoch: 1,
    epochs: 1,
    seconds: 0,
    elapsed: 0,
    learningRate: 1,
    metrics: { loss },
  };
};

/** A training handle that counts stops. */
function handle(): { readonly training: Training; readonly stops: () => number } {
  let stops = 0;
  return {
    training: {
      stop: () => void stops++,
      capture: () => Promise.reject(new Error("captures nothing")),
      weights: () => ({}),
      finishWith() {},
    },
    stops: () => stops,
  };
}

describe("early stopping", () => {
  test("stops after that many evaluations without a better one, also across a resume", async () => {
    const { training, stops } = handle();
    const first = earlyStopping({ patience: 2 });
    for (const loss of [3, 2, 2]) await first.onEvaluate?.(event(1, loss), training);
    expect(stops()).toBe(0);
    const second = earlyStopping({ patience: 2 });
    second.restore?.(first.state?.() ?? null);
    await second.onEvaluate?.(event(2, Number.NaN), training);
    expect(stops()).toBe(1);
    const third = earlyStopping({ patience: 2 });
    third.restore?.(second.state?.() ?? null);
    await third.onStart?.(event(2, 0), training);
    expect(stops()).toBe(2);
    expect(() => earlyStopping({ patience: 0 })).toThrow("a whole patience of at least 1, got 0");
  });

  test("ends fit, which says so", async () => {
    const model = build();
    const result = await fit(model, loader(), {
      loss: classification,
      optimizer: adam(model.parameters(), { learningRate: 0 }),
      epochs: 9,
      evaluate: { data: loader() },
      callbacks: [earlyStopping({ patience: 2 })],
    });
    expect([result.stopped, result.interrupted, result.position.epoch]).toEqual([true, false, 3]);
  });
});

test("a followed metric moves the learning rate, and its state is saved", async () => {
  const plateau = plateauCallback(plateauStart(1), reduceOnPlateau({ factor: 0.5, patience: 0 }));
  const { training } = handle();
  for (const loss of [1, 2, 3]) await plateau.onEvaluate?.(event(1, loss), training);
  expect(plateau.current.learningRate).toBe(0.25);
  const other = plateauCallback(plateauStart(1), (state) => state);
  other.restore?.(plateau.state?.() ?? null);
  expect(other.current).toEqual(plateau.current);
});

test("samples are drawn after evaluations, or every so many steps", async () => {
  const shown: [string, number][] = [];
  const show = (text: string, step: number): void => void shown.push([text, step]);
  const { training } = handle();
  await sampleText({ draw: () => "a", show }).onEvaluate?.(event(4, 0), training);
  const often = sampleText({ draw: async () => "b", show, every: 3 });
  for (const step of [1, 2, 3, 4]) await often.onStep?.(event(step, 0), training);
  expect(shown).toEqual([
    ["a", 4],
    ["b", 3],
  ]);
});

describe("the learning-rate finder", () => {
  test("suggests a rate that learns, and leaves model and loader as they were", async () => {
    const model = build();
    const batches = new DataLoader(data, { batchSize: 60, seed: 3 });
    const before = await Promise.all(model.parameters().map((p) => p.data()));
    const { suggestion, curve } = await findLearningRate(model, batches, {
      loss: classification,
      optimizer: (learningRate) => adam(model.parameters(), { learningRate }),
      steps: 60,
    });
    expect(suggestion).toBeGreaterThan(1e-4);
    expect(suggestion).toBeLessThan(1);
    expect(curve.length).toBeGreaterThan(20);
    expect(await Promise.all(model.parameters().map((p) => p.data()))).toEqual(before);
  });
});

describe("statistics", () => {
  test("of a tensor, by hand", () => {
    const { mean: average, ...rest } = tensorStatistics(tensor([3, -4, 0, Number.NaN]));
    expect(average).toBeCloseTo(-1 / 3, 12);
    expect(rest).toEqual({ rms: Math.sqrt(25 / 3), max: 4, zeros: 1 / 3, nonFinite: 1 });
  });

  test("of gradients and activations, by path", async () => {
    const model = build();
    const x = normal(rng(2), [4, 6]);
    const outputs = activationStatistics(model, () => void noGrad(() => model.forward(x)));
    expect([...outputs.keys()]).toEqual(["layers.0", "layers.1"]);
    expect(outputs.get("layers.1")).toEqual(tensorStatistics(model.forward(x)));
    expect(Object.hasOwn(model.layers[0]!, "forward")).toBe(false);
    const grads = model.parameters().map((p) => mul(p, 0));
    const found = gradientStatistics(model, grads);
    expect([...found.keys()]).toEqual([...model.namedParameters().keys()]);
    expect([...found.values()].every(({ rms }) => rms === 0)).toBe(true);
  });
});

describe("a step that is not finite", () => {
  /** Trains with a loss that is NaN in the named steps. */
  async function train(bad: readonly number[], options: Partial<FitOptions<Mlp, LabelledBatch>>) {
    const model = build();
    const events: NonFiniteEvent[] = [];
    let [calls, step] = [0, 0];
    const batches = loader();
    const loss = (m: Mlp, batch: LabelledBatch) => {
      const measured = classification(m, batch);
      calls++;
      const broken = bad.includes(step + 1);
      return broken ? { ...measured, loss: mul(mean(measured.loss), exp(tensor(1000))) } : measured;
    };
    const optimizer = adam(model.parameters(), { learningRate: 1e-2 });
    const result = fit(model, batches, {
      loss,
      optimizer,
      epochs: 2,
      callbacks: [
        {
          onNonFinite: (e) => void events.push(e),
          onStep(position) {
            step = position.step;
          },
        },
      ],
      ...options,
    });
    const outcome = await result.catch((error: unknown) => error);
    const weights = await Promise.all(model.parameters().map((p: Tensor) => p.data()));
    return { outcome, events, optimizer, weights, calls };
  }

  test("names the op that went wrong first", async () => {
    const { outcome, events } = await train([3], {});
    expect(outcome).toBeInstanceOf(NonFiniteError);
    expect((outcome as NonFiniteError).message).toMatch(
      new RegExp(
        /got loss Infinity at step 3; the first bad op: exp: /.source +
          /expected finite results \(anomaly mode\), got Infinity/.source,
      ),
    );
    expect(events.map(({ action, step }) => [action, step])).toEqual([["stop", 3]]);
  });

  test("is left out where that is asked for", async () => {
    const { outcome, events, optimizer } = await train([3, 7], { onNonFinite: "skip" });
    expect(outcome).toMatchObject({ interrupted: false, position: { step: 12 } });
    expect(optimizer.steps).toBe(10);
    expect(events.map(({ step, loss }) => [step, loss])).toEqual([
      [3, Infinity],
      [7, Infinity],
    ]);
  });

  test("takes weights and optimizer back to the snapshot where that is asked for", async () => {
    const { optimizer } = await train([6], { onNonFinite: "rollback", snapshotEvery: 4 });
    // back to the 4 steps of the snapshot, then the 6 that were left
    expect(optimizer.steps).toBe(4 + 6);
    const skipped = await train([6], { onNonFinite: "skip" });
    const back = await train([6], { onNonFinite: "rollback", snapshotEvery: 4 });
    expect(back.weights).not.toEqual(skipped.weights);
  });

  test("ends the training anyway when it does not stop", async () => {
    const { outcome, events } = await train([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], {
      onNonFinite: "skip",
    });
    expect(outcome).toBeInstanceOf(NonFiniteError);
    expect(events).toHaveLength(10);
  });
});
