/** @file A model on a task: its rate chosen on the first seed, then trained on all. */
import { type Rng, rng } from "@spm/core";
import type { Module } from "@spm/nn";
import { steps, uninterrupted } from "../parts/steps.ts";
import { train } from "../parts/train.ts";
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

interface Trained {
  readonly net: Module;
  readonly split: Split;
  readonly seconds: number;
}

/**
 * Trains a net at each rate on the first seed, and at the one of the best validation on the others.
 * @returns null after an interruption
 */
export async function measure(
  task: Task,
  make: (random: Rng) => Module,
  [first, ...others]: readonly Draw[],
  { rates, signal, ...limits }: Measuring,
): Promise<Omit<Cell, "task" | "model"> | null> {
  const fit = async ({ split, random, state }: Draw, rate: number): Promise<Trained> => {
    random.state = state; // all nets of a seed start in the same state
    const net = make(random);
    const options = { ...limits, rate, signal };
    const { seconds } = await train(
      net.parameters(),
      (samples) => task.loss(net, samples),
      split.learned,
      options,
    );
    return { net, split, seconds };
  };
  if (first === undefined) return null;
  let best: { rate: number; run: Trained; validation: number } | undefined;
  const tried: { rate: number; validation: number }[] = [];
  for await (const rate of uninterrupted(rates, signal)) {
    const run = await fit(first, rate);
    const validation = await task.score(run.net, run.split.validation);
    tried.push({ rate, validation });
    if (best === undefined || validation < best.validation || Number.isNaN(best.validation))
      best = { rate, run, validation };
  }
  if (best === undefined) return null;
  const runs = [best.run];
  for await (const draw of uninterrupted(others, signal)) runs.push(await fit(draw, best.rate));
  const test: number[] = [];
  for await (const { net, split } of uninterrupted(runs, signal))
    test.push(await task.score(net, split.test));
  if (signal.aborted) return null;
  return {
    parameters: best.run.net.parameterCount(),
    rate: best.rate,
    tried,
    test,
    steps: limits.steps,
    seconds: runs.map((run) => run.seconds),
  };
}
