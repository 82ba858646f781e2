/**
 * @file A character GPT in few bits: its inputs and weights are rounded after a map between them
 * that changes nothing without rounding, learned or not.
 */
import { ValueError } from "@spm/core/extend";
import type { Rounding } from "@spm/models";
import type { Experiment } from "../parts/experiment.ts";
import { readNames } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { earlierAttempts, type Plan, seedsFrom, sweep } from "../parts/sweep.ts";
import { type QuantiseAttempt, quantiseFindings } from "./findings.ts";
import { floatModel, loadData } from "./float-model.ts";
import { type QuantiseRow, type RowName, rounded, rowRates } from "./rounded-model.ts";

const settings = {
  /** By name, with commas, or "all". */
  rows: "all",
  /** Bits of weights and activations, e.g. "w4a4,w3a3". */
  bits: "w4a4,w3a3,w2a4",
  width: 256,
  layers: 4,
  heads: 4,
  context: 128,
  batch: 32,
  /** Of the float model. */
  steps: 2000,
  rate: 0.001,
  characters: 1_213_006,
  /** Windows that clips and maps are learned on, those of a batch, and steps. */
  windows: 256,
  learnBatch: 16,
  learnSteps: 300,
  seeds: 1,
  /** Learning rates to choose from; a row's own without any. */
  rates: "",
  /** A folder of runs of this experiment: their results as one report, without training. */
  from: "",
};

const rowNames = Object.keys(rowRates) as RowName[];

/** Nats lost by bits and method, at how many bytes. */
export const quantise: Experiment<typeof settings> = {
  name: "quantise",
  question: "What does a learned rotation before rounding save a small language model?",
  settings,
  quick: {
    rows: "hadamard-equal,mixer,dense,qat",
    bits: "w3a3",
    width: 16,
    layers: 1,
    heads: 2,
    context: 16,
    batch: 8,
    steps: 12,
    characters: 6000,
    windows: 16,
    learnBatch: 4,
    learnSteps: 3,
  },
  tune: { rates: "0.003,0.01,0.03", seeds: 3 },
  async run({ settings: given, seed, signal, log }) {
    const { rates, from } = given;
    if (from !== "") return quantiseFindings(earlierAttempts<QuantiseAttempt>(from, "quantise"));
    const names = readNames("rows", given.rows, rowNames);
    const plans = given.bits.split(",").flatMap((text) => {
      const bits = readBits(text.trim());
      return names.map(
        (method): QuantiseRow => ({
          ...{ method, bits, row: `${text.trim()}, ${method}` },
          ownRate: rowRates[method],
        }),
      );
    });
    const data = await loadData(given);
    const attempts = await sweep(
      plans,
      { rates, seeds: seedsFrom(seed, given.seeds), signal },
      async (chosen: readonly Plan<QuantiseRow>[], k) => {
        const float = await floatModel(given, data, k, signal);
        const found: QuantiseAttempt[] = [];
        if (float === undefined) return found;
        log(`seed ${k}: ${float.nats.toFixed(4)} nats in float`);
        for await (const plan of uninterrupted(chosen, signal)) {
          const result = await rounded(plan, float, data, given, k, signal);
          found.push(...result);
          for (const { row, rate, test } of result)
            log(`${row}, rate ${rate}: ${test.toFixed(4)} nats`);
        }
        return found;
      },
    );
    return quantiseFindings(attempts);
  },
};

/** "w3a4"; activations of 16 bits are not rounded. */
function readBits(text: string): Pick<Rounding, "weights" | "activations"> {
  const [, weights, activations] = text.match(/^w([2-8])a([2-8]|16)$/) ?? [];
  if (weights === undefined || activations === undefined)
    throw new ValueError("experiment", "bits like w4a4, of 2 to 8, or w4a16", `"${text}"`);
  const of = Number(activations);
  return { weights: Number(weights), activations: of === 16 ? null : of };
}
