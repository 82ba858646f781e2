/**
 * @file In the page: samples that together reach every primitive, on WebGL2 beside the reference;
 * and a device that is lost.
 */
import { exp, noGrad, tensor } from "@spm/core";
import { fromArray } from "@spm/core/extend";
import { gpu } from "@spm/gpu";
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

/** Logs a tensor as it is, and as text. */
function print(): void {
  const t = tensor([[1, 2]]);
  console.log(t);
  console.log(String(t));
}

Object.assign(globalThis, { compare, lose, print });
