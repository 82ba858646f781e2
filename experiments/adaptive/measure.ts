/** @file A model on a task: its rate chosen on the first seed, then trained on all. */
import { type Rng, rng, type Tensor } from "@spm/core";
import type { Module } from "@spm/nn";
import { steps, uninterrupted } from "../parts/steps.ts";
import { type Attempt, atBestRates, sweep } from "../parts/sweep.ts";
import { type Samples, train } from "../parts/train.ts";
import type { Cell } from "./findings.ts";
import type { Split, Task } from "./tasks.ts";

/** A seed's data, and the generator in the state from which all its nets start. */
export interface Draw {
  readonly split: Split;
  readonly random: Rng;
  readonly state: Rng["state"];
}

/** The data of so many seeds, fewer after an interruption. */
export async function drawsOf(
  task: Task,
  { seed, seeds, signal }: { seed: number; seeds: number; signal: AbortSignal },
): Promise<Draw[]> {
  const draws: Draw[] = [];
  for await (const k of steps(seeds, signal)) {
    const random = rng(1000 * seed + k);
    const split = task.split(random);
    draws.push({ split, random, state: random.state });
  }
  return draws;
}

/** Options of {@link measure}. */
export interface Measuring {
  readonly rates: readonly number[];
  readonly batch: number;
  readonly steps: number;
  readonly signal: AbortSignal;
}

/** A training, and the numbers that it trained. */
interface Fit extends Attempt {
  readonly parameters: number;
  readonly seconds: number;
}

/**
 * Trains a net at each rate on the first seed, and at the one of the best validation on the others.
 * @returns null after an interruption
 */
export async function measure(
  task: Task,
  make: (random: Rng) => Module,
  draws: readonly Draw[],
  { rates, signal, ...limits }: Measuring,
): Promise<Omit<Cell, "task" | "model"> | null> {
  const fit = async (
    { split, random, state }: Draw,
    rate: number,
  ): Promise<Omit<Fit, "row" | "seed">> => {
    random.state = state; // all nets of a seed start in the same state
    const net = make(random);
    const options = { ...limits, rate, signal };
    const loss = (samples: Samples): Tensor => task.loss(net, samples);
    const { seconds } = await train(net.parameters(), loss, split.learned, options);
    const [validation, test] = [
      await task.score(net, split.validation),
      await task.score(net, split.test),
    ];
    return { rate, validation, test, parameters: net.parameterCount(), seconds };
  };
  const options = { rates: rates.join(","), seeds: [...draws.keys()], signal };
  const attempts = await sweep([{ row: "net", ownRate: 0 }], options, async (plans, seed) => {
    const draw = draws[seed];
    const found: Fit[] = [];
    for await (const { row, rate } of uninterrupted(draw ? plans : [], signal))
      if (draw) found.push({ row, seed, ...(await fit(draw, rate)) });
    return found;
  });
  const [best] = atBestRates(attempts);
  if (best === undefined || signal.aborted) return null;
  return {
    parameters: best.runs[0].parameters,
    rate: best.rate,
    tried: best.tried,
    test: best.runs.map(({ test }) => test),
    steps: limits.steps,
    seconds: best.runs.map(({ seconds }) => seconds),
  };
}
