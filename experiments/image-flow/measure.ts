/** @file A row of the comparison: the rate by held-out images, then a flow trained and measured. */
import { rng } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import type { ImageFlow } from "@spm/models";
import type { Images } from "./images.ts";
import type { MixingName } from "./mixings.ts";
import {
  bitsOf,
  type FlowTraining,
  leastFactor,
  type MapQuality,
  qualitiesOf,
  roundTrip,
  samplesOf,
  trainFlow,
} from "./train-flow.ts";

/** Images that a flow draws for the picture. */
const SHOWN = 8;

/** What is measured of a flow. */
export interface FlowRecord {
  readonly images: string;
  readonly shape: readonly number[];
  readonly mixing: MixingName;
  readonly seed: number;
  readonly steps: number;
  /** The best of the rates. */
  readonly rate: number;
  /** Bits a number of held-out images after the short training; null for one that broke. */
  readonly tried: readonly { readonly rate: number; readonly bits: number | null }[];
  /** Bits a number of test images. */
  readonly bits: number;
  readonly parameters: number;
  /** Of these, in the linear maps. */
  readonly mixed: number;
  /** Of a step, the median. */
  readonly seconds: number;
  readonly maps: readonly MapQuality[];
  readonly roundTrip: number;
  /** The least factor of a coupling; earlier records have none. */
  readonly leastFactor?: number;
  /** Bytes in base64, {@link SHOWN} images. */
  readonly samples: string;
}

/** Options of measuring a row. */
export interface RowOptions extends Omit<FlowTraining, "rate"> {
  readonly images: string;
  readonly rates: readonly number[];
  /** Steps of the short training that chooses among several rates. */
  readonly trial: number;
}

/**
 * A flow that is trained, and what of it is measured; null where training breaks it: a block that
 * is no longer invertible, or bits that are no number.
 */
async function attempt(
  images: Images,
  training: FlowTraining,
  bitsOfFlow: (flow: ImageFlow) => number,
): Promise<{ flow: ImageFlow; seconds: number; bits: number } | null> {
  try {
    const { flow, seconds } = await trainFlow(images, training);
    const bits = training.signal.aborted ? Number.NaN : bitsOfFlow(flow);
    if (Number.isFinite(bits)) return { flow, seconds, bits };
    flow.dispose();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
  }
  return null;
}

/**
 * The record of a row, at the best of the rates that training survives; null after the signal is
 * aborted, or where it survives none.
 */
export async function measureRow(
  images: Images,
  { images: name, rates, trial, ...training }: RowOptions,
): Promise<FlowRecord | null> {
  const { mixing, seed, signal, steps } = training;
  const tried: { rate: number; bits: number | null }[] = [];
  for (const rate of rates.length > 1 ? rates : []) {
    const made = await attempt(images, { ...training, steps: trial, rate }, (flow) =>
      bitsOf(flow, images.held),
    );
    if (signal.aborted) return null;
    tried.push({ rate, bits: made?.bits ?? null });
    made?.flow.dispose();
  }
  const worth = (rate: number): number =>
    tried.find((one) => one.rate === rate)?.bits ?? Number.POSITIVE_INFINITY;
  for (const rate of rates.toSorted((a, b) => worth(a) - worth(b) || a - b)) {
    const made = await attempt(images, { ...training, rate }, (flow) => bitsOf(flow, images.test));
    if (signal.aborted) return null;
    if (made === null) continue;
    const { flow, seconds, bits } = made;
    const mixings = flow.levels.flatMap((level) => level.steps.map((step) => step.mixing));
    const record = {
      images: name,
      shape: images.shape,
      mixing,
      seed,
      steps,
      rate,
      tried,
      bits,
      parameters: flow.parameterCount(),
      mixed: mixings.reduce((total, map) => total + map.parameterCount(), 0),
      seconds,
      maps: qualitiesOf(flow, seed),
      roundTrip: roundTrip(flow, images.test),
      leastFactor: leastFactor(flow, images.test),
      samples: Buffer.from(samplesOf(flow, SHOWN, rng(seed + 4e6))).toString("base64"),
    };
    flow.dispose();
    return record;
  }
  return null;
}
