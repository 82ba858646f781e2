import {
  mean,
  mul,
  type Parameter,
  parameter,
  reference,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from "@spm/core";
import { DataLoader, type Dataset } from "@spm/data";
import { describe, expect, test } from "vitest";
import { NonFiniteError } from "./errors.ts";
import { evaluate } from "./evaluate.ts";
import { fit } from "./fit.ts";
import type { FitOptions } from "./fit-options.ts";
import type { Callback, MetricsEvent } from "./hooks.ts";
import type { LossFunction } from "./measurement.ts";

interface Pairs {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** y = 3 x on x = 1 … length. */
const line = (length: number): Dataset<Pairs> => ({
  length,
  batch(indices) {
    const x = Float32Array.from(indices, (i) => (i + 1) / length);
    return { x: tensor(x), y: tensor(x.map((v) => 3 * v)) };
  },
});

class Slope {
  readonly w: Parameter = parameter(tensor(0));
}

const squaredError: LossFunction<Slope, Pairs> = ({ w }, { x, y }) => {
  const error = square(sub(mul(w, x), y));
  return { loss: mean(error), metrics: { total: sum(error) }, weight: x.shape[0] ?? 1 };
};

function descent(model: Slope, learningRate = 0.5): FitOptions<Slope, Pairs>["optimizer"] {
  return {
    parameters: [model.w],
    learningRate,
    step: ([grad]) => model.w.assign(sub(model.w, mul(tensor(learningRate), grad as Tensor))),
  };
}

const loaderOf = (length: number, batchSize: number): DataLoader<Pairs> =>
  new DataLoader(line(length), { batchSize, seed: 1 });

describe("fit", () => {
  test("learns, and calls its hooks in order at the steps they name", async () => {
    const model = new Slope();
    const calls: string[] = [];
    const callback: Callback = {
      onStart: ({ step }) => void calls.push(`start ${step}`),
      onStep: ({ step, epoch }) => void calls.push(`step ${step} of epoch ${epoch}`),
      onLog: ({ step }) => void calls.push(`log ${step}`),
      onEvaluate: async ({ step }) => void calls.push(`evaluate ${step}`),
      onEpochEnd: ({ epoch }) => void calls.push(`epoch ${epoch} ends`),
      onEnd: ({ step }) => void calls.push(`end ${step}`),
    };
    const result = await fit(model, loaderOf(6, 2), {
      loss: squaredError,
      optimizer: descent(model),
      epochs: 2,
      evaluate: { data: loaderOf(6, 4), every: 2 },
      callbacks: [callback],
      logEvery: 4,
    });
    expect(calls).toMatchInlineSnapshot(`
      [
        "start 0",
        "step 1 of epoch 1",
        "step 2 of epoch 1",
        "evaluate 2",
        "step 3 of epoch 1",
        "evaluate 3",
        "epoch 1 ends",
        "step 4 of epoch 2",
        "log 4",
        "evaluate 4",
        "step 5 of epoch 2",
        "step 6 of epoch 2",
        "log 6",
        "evaluate 6",
        "epoch 2 ends",
        "end 6",
      ]
    `);
    expect(result.interrupted).toBe(false);
    expect(result.evaluation?.loss).toBeLessThan(0.5);
  });

  test("a log is the mean since the one before, weighted by samples", async () => {
    const model = new Slope();
    const events: MetricsEvent[] = [];
    const still = { parameters: [model.w], learningRate: 0, step: () => {} };
    const loader = new DataLoader(line(3), { batchSize: 2 });
    await fit(model, loader, {
      loss: squaredError,
      optimizer: still,
      epochs: 1,
      callbacks: [{ onLog: (event) => void events.push(event) }],
    });
    const errors = [1, 2, 3].map((i) => i ** 2); // (3 x)² at x = i / 3
    expect(events).toHaveLength(1);
    expect(events[0]?.metrics.loss).toBeCloseTo((errors[0]! + errors[1]! + errors[2]!) / 3, 5);
  });

  test("a second fit of the model on the loader goes on where the first was stopped", async () => {
    const options = (model: Slope, epochs: number) => ({
      loss: squaredError,
      optimizer: descent(model, 0.1),
      epochs,
      logEvery: 3,
    });
    const [whole, parts] = [new Slope(), new Slope()];
    const logs: number[] = [];
    const onLog = ({ metrics }: MetricsEvent) => void logs.push(metrics.loss);
    await fit(whole, loaderOf(10, 3), { ...options(whole, 5), callbacks: [{ onLog }] });
    const expected = logs.splice(0);

    const loader = loaderOf(10, 3);
    const stop = new AbortController();
    const onStep: Callback["onStep"] = ({ step }) => (step === 7 ? stop.abort() : undefined);
    const first = await fit(parts, loader, {
      ...options(parts, 5),
      callbacks: [{ onStep, onLog }],
      signal: stop.signal,
    });
    expect([first.interrupted, first.position.step, first.position.epoch]).toEqual([true, 7, 2]);
    const [other] = [new Slope()];
    await evaluate(other, loader, squaredError);
    for (const _ of loader) break;
    await fit(other, loader, options(other, 1)); // another training, of the same loader
    const second = await fit(parts, loader, { ...options(parts, 5), callbacks: [{ onLog }] });
    expect([second.interrupted, second.position.step]).toEqual([false, 20]);
    expect(await parts.w.data()).toEqual(await whole.w.data());
    expect(logs).toEqual(expected);
    await expect(fit(parts, loader, options(parts, 5))).rejects.toThrow(
      "fit: expected more epochs than the 5 that this model has taken from this loader, got 5",
    );
    expect((await fit(parts, loader, options(parts, 6))).position.step).toBe(24);
  });

  test("a signal that is aborted already takes no step", async () => {
    const model = new Slope();
    const result = await fit(model, loaderOf(4, 2), {
      loss: squaredError,
      optimizer: descent(model),
      epochs: 1,
      signal: AbortSignal.abort(),
    });
    expect([result.interrupted, result.position.step, await model.w.item()]).toEqual([true, 0, 0]);
  });

  test("stops before the update when the loss is not finite, and says where", async () => {
    const model = new Slope();
    const loader = loaderOf(8, 2);
    let steps = 0;
    const ended: number[] = [];
    let before: number | undefined;
    const still = { parameters: [model.w], learningRate: 0, step: () => {} };
    const loss: LossFunction<Slope, Pairs> = (m, batch) => {
      before = m.w.ndarray().get();
      steps++;
      return steps === 3
        ? { loss: mul(squaredError(m, batch).loss, tensor(Number.NaN)) }
        : squaredError(m, batch);
    };
    const training = fit(model, loader, {
      loss,
      optimizer: descent(model),
      epochs: 1,
      callbacks: [{ onEnd: ({ step }) => void ended.push(step) }],
    });
    const error = await training.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NonFiniteError);
    expect((error as NonFiniteError).step).toBe(3);
    expect((error as Error).message).toMatchInlineSnapshot(`
      "fit: expected a finite loss and finite gradients, got loss NaN at step 3
      help: lower the learning rate, or look at the batch; the parameters are those before this step"
    `);
    expect(await model.w.item()).toBe(before);
    expect(ended).toEqual([2]);
    const again = await fit(model, loader, { loss: squaredError, optimizer: still, epochs: 1 });
    expect(again.position.step).toBe(4); // two more
  });

  test("stops before the update when only a gradient is not finite", async () => {
    const model = new Slope();
    // |w| at w = 0, written as √(w²): the value is 0, the derivative 0/0.
    const { sqrt } = await import("@spm/core");
    const training = fit(model, loaderOf(4, 2), {
      loss: ({ w }) => ({ loss: sqrt(square(w)) }),
      optimizer: descent(model),
      epochs: 1,
    });
    await expect(training).rejects.toThrow(/loss 0 but a gradient that is not finite at step 1/);
    expect(await model.w.item()).toBe(0);
  });

  test("an error in a callback ends the training with that error", async () => {
    const model = new Slope();
    const failing: Callback = {
      onStep: () => {
        throw new Error("no space left");
      },
    };
    await expect(
      fit(model, loaderOf(4, 2), {
        loss: squaredError,
        optimizer: descent(model),
        epochs: 1,
        callbacks: [failing],
      }),
    ).rejects.toThrow("no space left");
  });

  test("lets the event loop run while it trains", async () => {
    const model = new Slope();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await fit(model, loaderOf(200, 2), {
      loss: squaredError,
      optimizer: descent(model, 0.01),
      epochs: 5,
      yieldAfter: 5,
    });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });

  test("leaves no storage behind, however many steps", async () => {
    const model = new Slope();
    const before = reference.live.storages;
    const live: number[] = [];
    await fit(model, loaderOf(100, 2), {
      loss: squaredError,
      optimizer: descent(model, 0.01),
      epochs: 4,
      evaluate: { data: loaderOf(10, 2), every: 20 },
      callbacks: [{ onStep: () => void live.push(reference.live.storages) }],
    });
    expect(new Set(live)).toEqual(new Set([before]));
  });
});

describe("evaluate", () => {
  test("weights batches by their samples and starts over each time", async () => {
    const data = new DataLoader(line(3), { batchSize: 2 });
    for (const _ of [1, 2]) {
      const means = await evaluate(new Slope(), data, squaredError);
      expect(means?.loss).toBeCloseTo((1 + 4 + 9) / 3, 5);
    }
  });

  test("says nothing when it is aborted", async () => {
    expect(
      await evaluate(new Slope(), loaderOf(4, 2), squaredError, { signal: AbortSignal.abort() }),
    ).toBeUndefined();
  });
});
