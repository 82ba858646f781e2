/**
 * @file In the page: samples that together reach every primitive, on WebGL2 beside the reference;
 * and a device that is lost.
 */
import {
  exp,
  noGrad,
  normal,
  reference,
  rng,
  scope,
  setBackend,
  type Tensor,
  tensor,
} from "@spm/core";
import { fromArray } from "@spm/core/extend";
import { type GpuBackend, gpu } from "@spm/gpu";
import { Mlp } from "@spm/models";
import { crossEntropy } from "@spm/nn";
import { adam, capture } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { coreSamples, mixerSamples, nnSamples, optimSamples } from "../gpu/samples.ts";

/** How far the results are from the reference's, and what gpu.js ran elsewhere. */
export interface Outcome {
  readonly outcomes: readonly {
    readonly name: string;
    readonly distance: number;
    readonly tolerance: number;
  }[];
  readonly fallbacks: readonly object[];
}

/** Largest difference, relative to the largest element, at least 1. */
function distanceOf(got: ArrayLike<number>, want: ArrayLike<number>): number {
  const scale = Array.from(want).reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  if (got.length !== want.length) return Number.NaN;
  return Array.from(got).reduce((most, v, i) => Math.max(most, Math.abs(v - want[i]!) / scale), 0);
}

/** Every so many samples, beginning with the first. */
async function compare(every: number): Promise<Outcome> {
  const device = await gpu({ mode: "webgl2" });
  const outcomes: Outcome["outcomes"][number][] = [];
  const samples = [...coreSamples, ...mixerSamples, ...nnSamples, ...optimSamples];
  for (const { name, f, inputs, tolerance } of samples.filter((_, k) => k % every === 0)) {
    const want = noGrad(() => f(...inputs));
    const got = noGrad(() => f(...inputs.map((x) => fromArray(x.ndarray(), device))));
    outcomes.push({ name, distance: distanceOf(await got.data(), await want.data()), tolerance });
  }
  const { fallbacks } = device.report();
  await device.dispose();
  return { outcomes, fallbacks };
}

/** What a read says whose device is lost before it is answered. */
async function lose(): Promise<string> {
  const device = await gpu({ mode: "webgpu", adapter: "software" });
  const { destroy } = opened.pop()!;
  const reading = noGrad(() => exp(tensor([0, 1], { backend: device }))).data();
  destroy();
  const answer = await reading.then(String, String);
  await device.dispose();
  return answer;
}

/** A training of a small perceptron on a software adapter. */
export interface Trained {
  readonly losses: readonly number[];
  readonly repeated: number;
}

/** A perceptron and its step on random batches, captured or not. */
function perceptron(sizes: readonly [number, ...number[]], batch: number, captured: boolean) {
  const random = rng(1);
  const model = new Mlp({ sizes, linear: "dense", random });
  const optimizer = adam(model.parameters(), { learningRate: 0.01 });
  const body = (x: Tensor, y: Tensor): Tensor =>
    trainStep(optimizer, () => crossEntropy(model.forward(x), y));
  const recorded = captured ? capture(body) : null;
  const classes = tensor(Int32Array.from({ length: batch }, (_, i) => i % (sizes.at(-1) ?? 1)));
  const step = (): Tensor =>
    scope(() => (recorded ?? body)(normal(random, [batch, sizes[0]]), classes));
  return { step, repeated: () => recorded?.counts.repeated ?? 0 };
}

/** Trains one. */
async function train(captured: boolean, steps: number): Promise<Trained> {
  const device = await gpu({ mode: "webgpu", adapter: "software" });
  return withBackendAsync(device, async () => {
    const { step, repeated } = perceptron([8, 8, 3], 4, captured);
    const losses: Tensor[] = [];
    for (let k = 0; k < steps; k++) losses.push(step());
    const read = await Promise.all(losses.map((loss) => loss.item()));
    return { losses: read, repeated: repeated() };
  });
}

/** Milliseconds of a step in each round, and the part until the last call has returned. */
export interface StepTimes {
  readonly whole: readonly number[];
  readonly calls: readonly number[];
}

/** Times so many steps of a perceptron, uncaptured and captured by turns. */
async function time(
  sizes: readonly [number, ...number[]],
  batch: number,
  rounds: number,
  steps: number,
): Promise<readonly StepTimes[]> {
  const device = await gpu({ mode: "webgpu", adapter: "software" });
  return withBackendAsync(device, async () => {
    const both = [false, true].map((captured) => perceptron(sizes, batch, captured));
    const times = both.map(() => ({ whole: [] as number[], calls: [] as number[] }));
    for (let round = -1; round < rounds; round++)
      for (const [k, { step }] of both.entries()) {
        const start = performance.now();
        for (let i = 1; i < steps; i++) step().dispose();
        const last = step();
        const returned = performance.now();
        await last.item();
        const done = performance.now();
        last.dispose();
        if (round < 0) continue; // warms up
        times[k]?.whole.push((done - start) / steps);
        times[k]?.calls.push((returned - start) / steps);
      }
    return times;
  });
}

/** Runs `f` on a device, which is then given back. */
async function withBackendAsync<T>(device: GpuBackend, f: () => Promise<T>): Promise<T> {
  setBackend(device);
  const result = await f();
  setBackend(reference);
  await device.dispose();
  return result;
}

/**
 * What ends the devices that were opened: through the browser's own methods, which hand them to us
 * too.
 */
const opened: { destroy(): void }[] = [];
const prototype = (
  globalThis as {
    GPUAdapter?: { prototype: { requestDevice(o?: object): Promise<{ destroy(): void }> } };
  }
).GPUAdapter?.prototype;
if (prototype !== undefined) {
  const { requestDevice } = prototype;
  prototype.requestDevice = async function (options) {
    const device = await requestDevice.call(this, options);
    opened.push({ destroy: () => device.destroy() });
    return device;
  };
}

/** Logs a tensor and a model as they are, and as text. */
function print(): void {
  const t = tensor([[1, 2]]);
  const model = new Mlp({ sizes: [2, 3], linear: "dense", random: rng(1) });
  for (const value of [t, model]) console.log(value, String(value));
}

Object.assign(globalThis, { compare, lose, print, train, time });
