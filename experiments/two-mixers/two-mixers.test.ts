/**
 * @file The claims of the experiment in small: what gradient descent finds by itself, what only in
 * the order of dense layers.
 */
import {
  mean,
  noGrad,
  normal,
  type Rng,
  rng,
  setBackend,
  square,
  sub,
  sum,
  type Tensor,
} from "@spm/core";
import { rotationMixer } from "@spm/mixer";
import { type LinearKind, MixerLayer } from "@spm/nn";
import { wasm } from "@spm/wasm";
import { beforeAll, expect, test } from "vitest";
import { type Samples, train } from "../parts/train.ts";
import { studentNet, TwoLayerNet, teacherNet } from "../parts/two-layer-net.ts";
import { GIVEN, methods, RECIPE, relativeError, samplesOf, teacherOf } from "./methods.ts";
import { fitBySecondOrder } from "./second-order.ts";

beforeAll(async () => setBackend(await wasm()));

const n = 8;

/** The relative squared error on fresh samples; null where the method does not apply. */
async function error(name: string, seed: number, steps: number): Promise<number | null> {
  const method = methods.find((w) => w.name === name)!;
  const [hidden, drawn, random] = rng(seed).split(3) as [Rng, Rng, Rng];
  const teacher = teacherOf(method, n, hidden);
  const data = samplesOf(teacher, n, 1024, 0, drawn);
  const training = { batch: 128, rate: 0.03, steps, signal: new AbortController().signal };
  const learned = await method.learn({ n, teacher, data, random, training, denseRate: 0.01 });
  return learned && relativeError(learned, samplesOf(teacher, n, 512, 0, drawn));
}

test("one layer is found when the other is given", { timeout: 60_000 }, async () => {
  expect(await error(GIVEN, 1, 600)).toBeLessThan(1e-6);
});

test("both are found by way of dense layers in the right order", { timeout: 60_000 }, async () => {
  expect(await error(RECIPE, 1, 1200)).toBeLessThan(1e-6);
});

test("not in the order in which they come", { timeout: 60_000 }, async () => {
  expect(await error("control: not ordered", 1, 1200)).toBeGreaterThan(0.05);
});

test("a teacher of another schedule is refused", { timeout: 60_000 }, async () => {
  expect(await error("control: the recipe, teacher of another schedule", 1, 1200)).toBeNull();
});

test("least squares by dense layers beats mixers, which could be exact and are not found", {
  timeout: 60_000,
}, async () => {
  const [hidden, drawn] = rng(2).split(2) as [Rng, Rng];
  const teacher = teacherNet("same schedule", 32, 32, hidden);
  const [data, fresh] = [2048, 512].map((count) => samplesOf(teacher, 32, count, 0, drawn)) as [
    Samples,
    Samples,
  ];
  const after = async (kind: LinearKind, rate: number): Promise<number> => {
    const net = studentNet(kind, 32, 32, rng(3));
    const loss = ({ x, y }: Samples): Tensor => mean(square(sub(net.forward(x), y)));
    await train(net.parameters(), loss, data, {
      batch: 128,
      rate,
      steps: 800,
      signal: new AbortController().signal,
    });
    return relativeError((x) => net.forward(x), fresh);
  };
  expect(await after("dense", 0.03)).toBeLessThan(0.05);
  expect(await after("rotation", 0.03)).toBeGreaterThan(0.2);
});

test("training ends after its seconds", { timeout: 60_000 }, async () => {
  const net = studentNet("dense", n, n, rng(1));
  const data = samplesOf(teacherOf(methods[0]!, n, rng(1)), n, 64, 0, rng(2));
  const limits = {
    batch: 32,
    rate: 0.01,
    steps: 1,
    seconds: 0.3,
    signal: new AbortController().signal,
  };
  const { steps, seconds } = await train(
    net.parameters(),
    ({ x, y }) => mean(square(sub(net.forward(x), y))),
    data,
    limits,
  );
  expect(seconds).toBeGreaterThanOrEqual(0.3);
  expect(steps).toBeGreaterThan(1);
});

test("noise on the outputs has the power that was asked for", () => {
  const teacher = teacherOf(methods[0]!, n, rng(1));
  const [clean, noisy] = [0, 0.5].map((noise) => samplesOf(teacher, n, 4096, noise, rng(2)));
  const power =
    noGrad(() => sum(square(sub(noisy!.y, clean!.y))))
      .ndarray()
      .get() /
    (4096 * n);
  expect(power).toBeCloseTo(0.25, 2);
});

test("second-order steps find a teacher near the identity to rounding, " +
  "and keep no step that does not help", {
  timeout: 60_000,
}, async () => {
  const [hidden, drawn, random] = rng(1).split(3) as [Rng, Rng, Rng];
  const near = methods.find(({ name }) => name === "teacher's angles N(0, 0.3²)")!;
  const data = samplesOf(teacherOf(near, n, hidden), n, 96, 0, drawn);
  const layer = () => new MixerLayer(rotationMixer, n, n, { random, bias: false });
  const [first, second] = [layer(), layer()];
  for (const { angles } of [first.factors.parameters, second.factors.parameters])
    angles.assign(normal(random, angles.shape, 0, 0.1));
  const net = new TwoLayerNet(first, second);
  let error = await relativeError((x) => net.forward(x), data);
  for (let step = 0; step < 60; step++) {
    await fitBySecondOrder(net, data, {
      steps: 1,
      samples: 96,
      signal: new AbortController().signal,
    });
    const now = await relativeError((x) => net.forward(x), data);
    expect(now).toBeLessThanOrEqual(error * 1.0001);
    error = now;
  }
  expect(error).toBeLessThan(1e-10);
});
