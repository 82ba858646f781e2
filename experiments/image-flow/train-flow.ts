/** @file Trains a flow on images by maximum likelihood, and measures it. */
import {
  abs,
  add,
  div,
  max,
  mean,
  min,
  noGrad,
  normal,
  type Rng,
  rng,
  scope,
  sigmoid,
  slice,
  split,
  sub,
  type Tensor,
  transpose,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { svd } from "@spm/linalg";
import { bitsPerDimension, dequantise, ImageFlow, type InvertibleMap } from "@spm/models";
import { adam, clipByGlobalNorm, cosine } from "@spm/optim";
import { type GradientTransform, trainStep } from "@spm/trainer";
import { median } from "../parts/statistics.ts";
import { steps } from "../parts/steps.ts";
import type { Images } from "./images.ts";
import { type MixingName, mixingOf } from "./mixings.ts";

/** Sizes of a flow, and how it is trained. */
export interface FlowTraining {
  readonly mixing: MixingName;
  /** Steps of flow a level. */
  readonly depth: number;
  readonly hidden: number;
  /** δ of {@link ImageFlow}'s couplings. @defaultValue 0 */
  readonly leastFactor?: number;
  readonly steps: number;
  readonly batch: number;
  readonly rate: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Images that are evaluated at a time. */
const AT_ONCE = 50;
/** Of the noise that turns whole numbers into densities; the same for all that is evaluated. */
const NOISE = 3e6;

const number = (x: Tensor): number => Number(elements(x.ndarray())[0]);

/** A flow trained from its first batch on, and the median seconds of a step. */
export async function trainFlow(
  { shape, levels, draw }: Images,
  { mixing, depth, hidden, leastFactor = 0, steps: count, batch, rate, seed, signal }: FlowTraining,
): Promise<{ flow: ImageFlow; seconds: number }> {
  const random = rng(seed);
  const sizes = { shape, levels, steps: depth, coupling: hidden, leastFactor };
  const flow = new ImageFlow({ ...sizes, mixing: mixingOf(mixing), random });
  const next = (): Tensor => dequantise(draw(batch, random), random);
  scope(() => flow.initialise(next()));
  const learningRate = cosine({ learningRate: rate, steps: count });
  const optimizer = adam(flow.parameters(), { learningRate });
  const gradients: GradientTransform = (grads) => clipByGlobalNorm(grads, 50).grads;
  const { dimensions } = flow;
  const times: number[] = [];
  for await (const _ of steps(count, signal)) {
    const started = performance.now();
    scope(() => {
      const x = next();
      const loss = (): Tensor => mean(bitsPerDimension(flow.forward(x), dimensions));
      trainStep(optimizer, loss, { gradients });
    });
    times.push((performance.now() - started) / 1000);
  }
  return { flow, seconds: median(times) };
}

/** Mean bits a number of images, [count, …] of whole numbers. */
export function bitsOf(flow: ImageFlow, images: Tensor): number {
  const [count = 0] = images.shape;
  const random = rng(NOISE);
  let total = 0;
  for (let start = 0; start < count; start += AT_ONCE) {
    const range = { start, stop: Math.min(start + AT_ONCE, count) };
    total += noGrad(() =>
      scope(() => {
        const x = dequantise(slice(images, [range]), random);
        const bits = bitsPerDimension(flow.forward(x), flow.dimensions);
        return number(mean(bits)) * (range.stop - range.start);
      }),
    );
  }
  return total / count;
}

/** What a linear map costs in digits. */
export interface MapQuality {
  readonly n: number;
  /** max |W⁻¹ W x − x| / max |x| over 256 normal rows, in float32. */
  readonly error: number;
  /** The largest over the least singular value. */
  readonly condition: number;
}

/** The quality of one map. */
function qualityOf(map: InvertibleMap, random: Rng): MapQuality {
  const n = map.inFeatures;
  return noGrad(() =>
    scope(() => {
      const x = normal(random, [256, n]);
      const gap = max(abs(sub(map.inverse(map.forward(x)), x)));
      const values = elements(svd(map.toDense()).s.ndarray());
      const condition = Number(values[0]) / Number(values.at(-1));
      return { n, error: number(div(gap, max(abs(x)))), condition };
    }),
  );
}

/** The worst error and condition of each width. */
export function qualitiesOf(flow: ImageFlow, seed: number): MapQuality[] {
  const random = rng(seed);
  return flow.levels.map(({ steps: all }) => {
    const each = all.map(({ mixing }) => qualityOf(mixing, random));
    return {
      n: each[0]?.n ?? 0,
      error: Math.max(...each.map(({ error }) => error)),
      condition: Math.max(...each.map(({ condition }) => condition)),
    };
  });
}

/** Images with noise, of whose way there and back is spoken. */
const travellers = (images: Tensor): Tensor =>
  dequantise(slice(images, [{ stop: Math.min(AT_ONCE, images.shape[0] ?? 0) }]), rng(NOISE));

/** max |x − decode(encode(x))| of images, in units of 1 for all 256 values. */
export function roundTrip(flow: ImageFlow, images: Tensor): number {
  return noGrad(() =>
    scope(() => {
      const x = travellers(images);
      return number(max(abs(sub(flow.decode(flow.encode(x).z), x))));
    }),
  );
}

/**
 * The least factor that a coupling multiplies a number of these images by: the inverse
 * divides by it, and rounding errors grow with it.
 */
export function leastFactor(flow: ImageFlow, images: Tensor): number {
  return noGrad(() =>
    scope(() => {
      const factors: number[] = [];
      let x: Tensor | undefined = transpose(travellers(images), [0, 2, 3, 1]);
      for (const level of flow.levels) {
        const inputs: Tensor[] = [];
        x = level.encode(x ?? images, (_, input) => inputs.push(input)).stays;
        for (const [k, input] of inputs.entries()) {
          const step = level.steps[k];
          if (step === undefined) continue;
          const [first = input] = split(step.mixing.forward(step.norm.forward(input)), 2, -1);
          const [, raw = input] = split(step.coupling.net.forward(first) as Tensor, 2, -1);
          const least = step.coupling.leastFactor;
          factors.push(least + (1 - least) * number(min(sigmoid(add(raw, 2)))));
        }
      }
      return Math.min(...factors);
    }),
  );
}

/** New images as whole numbers 0 … 255, [count, channels, height, width] row-major. */
export function samplesOf(flow: ImageFlow, count: number, random: Rng): Uint8Array {
  const x = elements(flow.sample(count, { random, temperature: 0.7 }).ndarray());
  return Uint8Array.from(x, (v) => Math.min(255, Math.max(0, Math.floor(256 * v))) || 0);
}
