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

/** Trains it, captured or not. */
async function train(captured: boolean, steps: number): Promise<Trained> {
  const device = await gpu({ mode: "webgpu", adapter: "software" });
  return withBackendAsync(device, async () => {
    const random = rng(1);
    const model = new Mlp({ sizes: [8, 8, 3], linear: "dense", random });
    const optimizer = adam(model.parameters(), { learningRate: 0.01 });
    const body = (x: Tensor, y: Tensor): Tensor =>
      trainStep(optimizer, () => crossEntropy(model.forward(x), y));
    const step = captured ? capture(body) : null;
    const classes = tensor(Int32Array.of(0, 1, 2, 1));
    const losses: Tensor[] = [];
    for (let k = 0; k < steps; k++)
      losses.push(scope(() => (step ?? body)(normal(random, [4, 8]), classes)));
    const read = await Promise.all(losses.map((loss) => loss.item()));
    return { losses: read, repeated: step?.counts.repeated ?? 0 };
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

Object.assign(globalThis, { compare, lose, print, train });
