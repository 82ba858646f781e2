/** @file A row of the comparison: the rate by held-out images, then a flow trained and measured. */
import { rng } from "@spm/core";
import type { Images } from "./images.ts";
import type { MixingName } from "./mixings.ts";
import {
  bitsOf,
  type FlowTraining,
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
  /** Bits a number of held-out images after the short training, for each rate. */
  readonly tried: readonly { readonly rate: number; readonly bits: number }[];
  /** Bits a number of test images. */
  readonly bits: number;
  readonly parameters: number;
  /** Of these, in the linear maps. */
  readonly mixed: number;
  /** Of a step, the median. */
  readonly seconds: number;
  readonly maps: readonly MapQuality[];
  readonly roundTrip: number;
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

/** The record of a row; null after the signal is aborted. */
export async function measureRow(
  images: Images,
  { images: name, rates, trial, ...training }: RowOptions,
): Promise<FlowRecord | null> {
  const { mixing, seed, signal, steps } = training;
  const tried: { rate: number; bits: number }[] = [];
  for (const rate of rates.length > 1 ? rates : []) {
    const { flow } = await trainFlow(images, { ...training, steps: trial, rate });
    if (signal.aborted) return null;
    tried.push({ rate, bits: bitsOf(flow, images.held) });
    flow.dispose();
  }
  const worth = ({ bits }: { bits: number }): number => (Number.isNaN(bits) ? Infinity : bits);
  const [best] = tried.toSorted((a, b) => worth(a) - worth(b));
  const rate = best?.rate ?? rates[0] ?? 0;
  const { flow, seconds } = await trainFlow(images, { ...training, rate });
  if (signal.aborted) return null;
  const mixings = flow.levels.flatMap((level) => level.steps.map((step) => step.mixing));
  const record = {
    images: name,
    shape: images.shape,
    mixing,
    seed,
    steps,
    rate,
    tried,
    bits: bitsOf(flow, images.test),
    parameters: flow.parameterCount(),
    mixed: mixings.reduce((total, map) => total + map.parameterCount(), 0),
    seconds,
    maps: qualitiesOf(flow, seed),
    roundTrip: roundTrip(flow, images.test),
    samples: Buffer.from(samplesOf(flow, SHOWN, rng(seed + 4e6))).toString("base64"),
  };
  flow.dispose();
  return record;
}
