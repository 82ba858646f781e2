/**
 * @file The key, query and value projections of a trained character model, replaced one after
 * another by rotors and by other maps of few parameters.
 */
import { matmul, noGrad, rng, type Tensor, transpose, zeros } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import type { Experiment } from "../parts/experiment.ts";
import { readNames, readRates } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import type { Samples } from "../parts/train.ts";
import { rotorsFindings } from "./findings.ts";
import { fitted } from "./fit.ts";
import { type Language, trainedLanguage } from "./language-model.ts";
import { type Outcome, type ProjectionFit, readOutcomes } from "./outcomes.ts";
import { type ReplacementName, replacementNames, replacements } from "./replacements.ts";

const settings = {
  /** By name, with commas, or "all". */
  rows: "all",
  width: 64,
  heads: 4,
  layers: 2,
  context: 32,
  batch: 16,
  steps: 5000,
  rate: 0.003,
  characters: 1_213_006,
  windows: 1000,
  /** Inputs of the projections that the maps are fitted on, and as many quarters held out. */
  tokens: 16_384,
  fitSteps: 1000,
  fitBatch: 256,
  rates: "0.03,0.1,0.3,1",
  /** A folder of run folders of this experiment: their results as one report, without training. */
  from: "",
};

/** Loss, parameters and seconds of what stands for K, then Q, then V. */
export const rotors: Experiment<typeof settings> = {
  name: "rotors",
  question: "Do rotors replace the projections of a trained attention better than other maps?",
  settings,
  quick: {
    rows: "nothing,block-hadamard,rotor-network",
    width: 16,
    heads: 2,
    layers: 1,
    context: 16,
    steps: 12,
    characters: 6000,
    windows: 8,
    tokens: 256,
    fitSteps: 3,
    fitBatch: 64,
    rates: "0.01,0.03",
  },
  async run({ settings, seed, signal, log }) {
    const names = readNames("rows", settings.rows, replacementNames);
    if (settings.width % 4 !== 0 || !Number.isInteger(Math.log2(settings.width)))
      throw new ValueError("rotors", "a width of 2^k ≥ 4", settings.width);
    if (settings.from !== "") return rotorsFindings(readOutcomes(settings.from));
    const language = await trainedLanguage(settings, seed, signal);
    if (language === undefined) return rotorsFindings([]);
    const nats = await language.nats();
    if (nats === undefined) return rotorsFindings([]);
    log(`seed ${seed}: ${nats.toFixed(4)} nats after ${settings.steps} steps`);
    const outcomes: Outcome[] = [];
    for await (const name of uninterrupted(names, signal)) {
      const found = await replaced(name, language, settings, seed, signal);
      if (found === undefined) break;
      outcomes.push({ name, seed, nats, ...found });
      const errors = found.fits.map(({ error }) => error.toFixed(3)).join(" ");
      log(`${name}: errors ${errors}, nats ${found.losses.map((l) => l.toFixed(4)).join(" ")}`);
    }
    return rotorsFindings(outcomes);
  },
};

/** One row: all three fitted, then put in one after another. */
async function replaced(
  name: ReplacementName,
  language: Language,
  { width, tokens, fitSteps, fitBatch, rates }: typeof settings,
  seed: number,
  signal: AbortSignal,
): Promise<Pick<Outcome, "parameters" | "fits" | "losses"> | undefined> {
  const make = replacements[name];
  const [x, heldX] = rng(seed)
    .split(2)
    .map((random, k) => language.inputs(k === 0 ? tokens : Math.ceil(tokens / 4), random)) as [
    Tensor,
    Tensor,
  ];
  const options = { rates: readRates(rates), steps: fitSteps, batch: fitBatch, seed, signal };
  const [fits, losses]: [ProjectionFit[], number[]] = [[], []];
  let parameters = 0;
  try {
    for (const projection of language.projections) {
      if (make === null) {
        projection.replace((input) => zeros(input.shape, { backend: input.backend }));
        fits.push({ error: 1, rate: 0, seconds: 0, byRate: [] });
      } else {
        const samples = (inputs: Tensor): Samples => ({
          x: inputs,
          y: noGrad(() => matmul(inputs, transpose(projection.dense.weight))),
        });
        const found = await fitted(
          (random) => make(width, random),
          samples(x),
          samples(heldX),
          options,
        );
        if (found === undefined) return undefined;
        parameters = found.map.parameterCount();
        projection.replace((input) => found.map.forward(input));
        const { error, rate, seconds } = found.best;
        fits.push({
          error,
          rate,
          seconds: seconds / fitSteps,
          byRate: found.fits.map((fit) => fit.error),
        });
      }
      const loss = await language.nats();
      if (loss === undefined) return undefined;
      losses.push(loss);
    }
    return { parameters, fits, losses };
  } finally {
    for (const projection of language.projections) projection.replace(null);
  }
}
