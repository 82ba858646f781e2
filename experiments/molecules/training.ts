/** @file Trains a model on frames, measures it on others. */
import { noGrad, type Rng, scope, type Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { type EnergyAndForces, energyAndForces, energyForceLoss } from "@spm/models";
import { adam, clipByGlobalNorm, cosine, warmup } from "@spm/optim";
import { type GradientTransform, trainStep } from "@spm/trainer";
import { steps as uninterruptedSteps } from "../parts/steps.ts";
import type { Contender } from "./contenders.ts";
import { type Batch, batchOf } from "./frames.ts";
import type { Frames } from "./sampler.ts";

/** Weights of the loss in units of the forces' scale: forces dominate. */
const WEIGHTS = { energyWeight: 0.1, forceWeight: 1 };
/** The largest norm of a gradient. */
const CLIP = 5;
/** The share of the steps in which the rate rises. */
const WARM_UP = 0.05;
/** Frames of a batch that is only evaluated. */
const EVALUATED = 50;

/** Mean absolute errors: kcal/mol, kcal/mol/Å. */
export interface Errors {
  readonly energy: number;
  readonly force: number;
}

/** Errors at some step of training, and the seconds of training until then. */
export interface CurvePoint extends Errors {
  readonly step: number;
  readonly seconds: number;
}

/** Options of training. */
export interface Training {
  readonly frames: Frames;
  readonly train: readonly number[];
  /** Frames of the errors on the way. */
  readonly validation: readonly number[];
  readonly batch: number;
  readonly rate: number;
  readonly steps: number;
  /** The unit of energies in the loss, and per Å of forces. */
  readonly scale: number;
  readonly random: Rng;
  readonly signal: AbortSignal;
}

const numbers = (x: Tensor): Float64Array => Float64Array.from(elements(x.ndarray()));

/** The items in a random order. */
export const shuffled = (items: readonly number[], random: Rng): number[] =>
  Array.from(random.permutation(items.length)).flatMap((i) => items[i] ?? []);

/** Energies and forces of a batch. */
export const predict = ({ energies }: Contender, batch: Batch): EnergyAndForces =>
  energyAndForces((positions) => energies(positions, batch), batch.positions);

/** Errors on frames, each turned at random where `turn` is given. */
export function errorsOn(
  contender: Contender,
  frames: Frames,
  which: readonly number[],
  turn?: () => readonly number[],
): Errors {
  let [energy, force] = [0, 0];
  for (let from = 0; from < which.length; from += EVALUATED) {
    const part = which.slice(from, from + EVALUATED);
    scope(() => {
      const batch = batchOf(frames, part, turn);
      const found = predict(contender, batch);
      energy += apart(found.energies, batch.energies);
      force += apart(found.forces, batch.forces) / 27;
    });
  }
  return { energy: energy / which.length, force: force / which.length };
}

/** Σ |a − b| */
function apart(a: Tensor, b: Tensor): number {
  const [x, y] = noGrad(() => [numbers(a), numbers(b)]);
  return x.reduce((total, v, i) => total + Math.abs(v - (y[i] ?? Number.NaN)), 0);
}

/** The errors of a constant energy, whose forces are 0. */
export function errorsOfMean(
  { energies, forces }: Frames,
  train: readonly number[],
  test: readonly number[],
): Errors {
  const mean = train.reduce((sum, i) => sum + (energies[i] ?? 0) / train.length, 0);
  let [energy, force] = [0, 0];
  for (const i of test) {
    energy += Math.abs((energies[i] ?? 0) - mean) / test.length;
    for (const f of forces.subarray(27 * i, 27 * i + 27)) force += Math.abs(f) / (27 * test.length);
  }
  return { energy, force };
}

/** Adam with a warm-up and a cosine to 0; the errors on the way, twice while the steps double. */
export async function trainOn(
  contender: Contender,
  { frames, train, validation, batch, rate, steps, scale, random, signal }: Training,
): Promise<CurvePoint[]> {
  const rising = Math.max(1, Math.round(WARM_UP * steps));
  const falling = cosine({ learningRate: rate, steps: Math.max(1, steps - rising) });
  const learningRate = warmup(falling, { steps: rising });
  const optimizer = adam(contender.module.parameters(), { learningRate });
  const gradients: GradientTransform = (grads) => clipByGlobalNorm(grads, CLIP).grads;
  const size = Math.min(batch, train.length);
  const weights = {
    energyWeight: WEIGHTS.energyWeight / scale ** 2,
    forceWeight: WEIGHTS.forceWeight / scale ** 2,
  };
  const curve: CurvePoint[] = [];
  let [order, seconds, next]: [number[], number, number] = [[], 0, Math.max(1, steps / 50)];
  for await (const step of uninterruptedSteps(steps, signal)) {
    const started = performance.now();
    if (order.length < size) order = shuffled(train, random);
    const chosen = order.splice(0, size);
    scope(() => {
      const given = batchOf(frames, chosen);
      trainStep(optimizer, () => energyForceLoss(predict(contender, given), given, weights), {
        gradients,
      });
    });
    seconds += (performance.now() - started) / 1000;
    if (step + 1 < next && step + 1 < steps) continue;
    next *= 2 ** (1 / 2);
    curve.push({ step: step + 1, seconds, ...errorsOn(contender, frames, validation) });
  }
  optimizer.dispose();
  return curve;
}
