/**
 * @file Every allocation may fail: a call that throws for it leaves nothing behind, and the same
 * call then succeeds. `npm run test:allocations` refuses every request of every call.
 */
import {
  add,
  full,
  keep,
  matmul,
  mul,
  normal,
  ones,
  type Parameter,
  parameter,
  reference,
  rng,
  scope,
  setBackend,
  type Tensor,
} from "@spm/core";
import { BackendError } from "@spm/core/extend";
import { BatchNorm1d, Linear } from "@spm/nn";
import { adam, GradientAccumulator, MovingAverage } from "@spm/optim";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { full as all } from "../full.ts";
import { every, refuseEach, some, type Trial, wasmPlace } from "./failing-allocations.ts";
import { sampleTrial } from "./sample-trial.ts";
import { smallModels } from "./small-models.ts";
import { trainingTrial } from "./training-trial.ts";
import { samples } from "./wasm-samples.ts";

afterEach(() => setBackend(reference));

const MIB = 2 ** 20;

describe("each op with a kernel on wasm, forward and backward", () => {
  const place = wasmPlace(64 * MIB, 1);
  const tried = samples.filter((_, k) => all || k % 16 === 0);
  test.each(tried)("$name", { timeout: all ? 600_000 : 60_000 }, async (sample) => {
    const trial = sampleTrial(place, sample);
    await refuseEach(place, trial, all ? every : some(3));
    for (const x of trial.inputs) x.dispose();
  });
});

describe.each(Object.keys(smallModels))("a training step of %s", (name) => {
  test.each([1, 2] as const)("%i threads", { timeout: 600_000 }, async (threads) => {
    const place = wasmPlace(64 * MIB, threads);
    const trial = await trainingTrial(place, () => smallModels[name]!(threads));
    const count = await refuseEach(place, trial, all ? every : some(3));
    expect(count).toBeGreaterThan(30);
    trial.dispose();
    expect(place.backend.live).toEqual({ storages: 0, bytes: 0 });
    await place.backend.dispose();
  });
});

test("a request that caches make room for comes to the same bits", async () => {
  const place = wasmPlace(64 * MIB, 1, true);
  const trial = await trainingTrial(place, () => smallModels.MLP!(1));
  trial.act();
  const right = await trial.finish();
  for (let n = 1; n < 40; n++) {
    expect(place.refusing(n, trial.act).error).toBeUndefined();
    expect(await trial.finish()).toEqual(right);
  }
});

test("jobs of a failed op don't run: what has its memory since keeps its numbers", async () => {
  const place = wasmPlace(64 * MIB, 4);
  setBackend(place.backend);
  const x = scope(() => keep(ones([512, 512]).clone()));
  const product = (): void => scope(() => void matmul(x, x));
  const { requests } = place.refusing(Number.POSITIVE_INFINITY, product);
  expect(requests.length).toBeGreaterThan(3); // a result, and scratch for each thread
  for (let n = 1; n <= requests.length; n++) {
    expect(place.refusing(n, product).error).toBeInstanceOf(BackendError);
    const since = requests.map((bytes) => scope(() => keep(full([bytes / 4], 5).clone())));
    scope(() => void x.square()); // on all threads
    for (const t of since) {
      expect((await t.data()).every((v: number) => v === 5)).toBe(true);
      t.dispose();
    }
  }
  await place.backend.dispose();
});

describe("what keeps several tensors changes all of them, or none", () => {
  const place = wasmPlace(16 * MIB, 1);
  beforeEach(() => setBackend(place.backend));
  const bits = (values: Iterable<Tensor | number>): Promise<unknown[]> =>
    Promise.all([...values].map((v) => (typeof v === "number" ? v : v.data())));
  const parameters = (): Parameter[] => [100, 200, 300].map((n) => parameter(() => full([n], 1)));
  const gradients = (): Tensor[] => parameters().map((p) => mul(p, 0.5));

  test("a state that is restored, weights that are loaded", async () => {
    const model = new Linear(20, 30, { random: rng(1) });
    const optimizer = adam(model.parameters());
    const [weights, state] = [model.stateDict(), optimizer.state()].map((values) =>
      Object.fromEntries(
        Object.entries(values).map(([k, v]) => [k, typeof v === "number" ? 7 : add(v, 1)]),
      ),
    );
    const before = scope(() => Object.values(model.stateDict()).map(keep));
    const kept = (): Promise<unknown> =>
      bits([...model.parameters(), ...Object.values(optimizer.state())]);
    const load: Trial = {
      act: () => model.loadStateDict(weights as Record<string, Tensor>),
      async finish() {
        const all = await kept();
        for (const [k, value] of before.entries()) model.parameters()[k]?.assign(value);
        return all;
      },
      kept,
    };
    expect(await refuseEach(place, load, every)).toBeGreaterThan(3);
    const start = Object.fromEntries(
      Object.entries(optimizer.state()).map(([k, v]) => [k, typeof v === "number" ? v : add(v, 0)]),
    );
    const restore: Trial = {
      act: () => optimizer.restore(state!),
      async finish() {
        const all = await kept();
        optimizer.restore(start);
        return all;
      },
      kept,
    };
    expect(await refuseEach(place, restore, every)).toBeGreaterThan(3);
  });

  test("a moving average that is made, updated, swapped", async () => {
    const all = parameters();
    let average = new MovingAverage(all, { decay: 0.5 });
    for (const p of all) p.assign(mul(p, 3));
    const kept = (): Promise<unknown> =>
      bits([...all, ...(average.swapped ? [] : Object.values(average.state()))]);
    const swap: Trial = {
      act: () => average.swap(),
      async finish() {
        const values = await kept();
        average.swap();
        return values;
      },
      kept,
    };
    expect(await refuseEach(place, swap, every)).toBeGreaterThan(5);
    const start = Object.fromEntries(
      Object.entries(average.state()).map(([k, v]) => [k, typeof v === "number" ? v : add(v, 0)]),
    );
    const update: Trial = {
      act: () => average.update(),
      async finish() {
        const values = await kept();
        average.restore(start);
        return values;
      },
      kept,
    };
    expect(await refuseEach(place, update, every)).toBeGreaterThan(2);
    const first = average;
    const make: Trial = {
      act: () => {
        average = new MovingAverage(all);
      },
      async finish() {
        const values = await kept();
        average.dispose();
        average = first;
        return values;
      },
      kept,
    };
    expect(await refuseEach(place, make, every)).toBeGreaterThan(2);
  });

  test("gradients that are summed, and taken", async () => {
    const accumulator = new GradientAccumulator();
    const grads = gradients();
    let mean: Tensor[] = [];
    const trial: Trial = {
      act() {
        if (accumulator.batches === 0) accumulator.add(grads);
        if (accumulator.batches === 1) accumulator.add(grads, 3);
        mean = accumulator.take();
      },
      async finish() {
        const values = await bits(mean);
        return values;
      },
      kept: () => bits(grads),
    };
    trial.act();
    const right = await trial.finish();
    // a refused request leaves the batches that were added before it: the next call goes on there
    for (let n = 1; n < 15; n++) {
      place.refusing(n, trial.act);
      trial.act();
      expect(await trial.finish()).toEqual(right);
      expect(accumulator.batches).toBe(0);
    }
  });

  test("running statistics", () => {
    const layer = new BatchNorm1d(50);
    const x = normal(rng(1), [8, 50]);
    // after the statistics have moved, requests of the forward itself may still fail
    const moved = (n: number): boolean => {
      place.refusing(n, () => scope(() => void layer.forward(x)));
      const [a, b] = [layer.runningMean, layer.runningVariance].map((running) => running?.version);
      expect(a).toBe(b);
      return a! > 0;
    };
    const seen = Array.from({ length: 40 }, (_, n) => moved(n + 1));
    expect(new Set(seen)).toEqual(new Set([false, true]));
  });
});
