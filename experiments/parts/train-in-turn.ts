/**
 * @file Several models trained side by side, a few steps each in turn, so that their seconds can be
 * compared on a busy machine.
 */
import { setImmediate } from "node:timers/promises";
import { scope, type Tensor } from "@spm/core";
import type { Batches, DataLoader } from "@spm/data";
import {
  evaluate,
  type GradientTransform,
  type LossFunction,
  type Metrics,
  trainStep,
  type Updater,
} from "@spm/trainer";

/** A model in training. */
export interface Runner<Model, Batch> {
  readonly name: string;
  readonly model: Model;
  readonly optimizer: Updater;
  /** The batches of this model; with the same seed all models see the same ones. */
  readonly batches: Batches<Batch>;
}

/** An evaluation of a model in training. */
export interface Reading {
  /** Optimizer steps taken. */
  readonly step: number;
  /** Spent in training steps so far, evaluations left out. */
  readonly seconds: number;
  /** Means over the held-out samples. */
  readonly metrics: Metrics;
}

/** Options of training models in turn. */
export interface TurnOptions<Model, Batch, R extends Runner<Model, Batch> = Runner<Model, Batch>> {
  readonly loss: LossFunction<Model, Batch>;
  /** The samples that all models are evaluated on. */
  readonly evalData: DataLoader<Batch>;
  /** For each model. */
  readonly steps: number;
  /** Steps between evaluations; there is one before the first step and one after the last. */
  readonly every: number;
  /** Changes the gradients before each update, e.g. clips them. */
  readonly gradients?: GradientTransform;
  /** Called with each reading. */
  readonly onReading?: (runner: R, reading: Reading) => void;
  readonly signal: AbortSignal;
}

/** Steps that a model takes in its turn. */
const TURN = 5;

/**
 * Trains all models by the same number of steps. Each turn ends when its last loss has been read,
 * on a device too, so that its seconds are its own.
 * @returns each runner with its readings, in order; without those after the signal is aborted
 */
export async function trainInTurn<Model, Batch, R extends Runner<Model, Batch>>(
  runners: readonly R[],
  { loss, evalData, steps, every, gradients, onReading, signal }: TurnOptions<Model, Batch, R>,
): Promise<(R & { readonly readings: readonly Reading[] })[]> {
  const turns = runners.map((runner) => ({ runner, readings: [] as Reading[], seconds: 0 }));
  const takeStep = ({ model, optimizer, batches }: Runner<Model, Batch>): Tensor =>
    scope(() => {
      const batch = batches.next();
      return trainStep(optimizer, () => loss(model, batch).loss, {
        ...(gradients && { gradients }),
      });
    });
  const read = async (step: number): Promise<void> => {
    for (const { runner, readings, seconds } of turns) {
      const metrics = await evaluate(runner.model, evalData, loss, { signal });
      if (metrics === undefined) return;
      const reading = { step, seconds, metrics };
      readings.push(reading);
      onReading?.(runner, reading);
    }
  };
  await read(0);
  for (let step = 0; step < steps && !signal.aborted; ) {
    const count = Math.min(TURN, every - (step % every), steps - step);
    for (const turn of turns) {
      const start = performance.now();
      for (let i = 1; i <= count && !signal.aborted; i++) {
        const value = takeStep(turn.runner);
        if (i === count) await value.item();
        value.dispose();
        await setImmediate(); // an interruption comes through
      }
      turn.seconds += (performance.now() - start) / 1000;
    }
    step += count;
    if (step % every === 0 || step === steps) await read(step);
  }
  return turns.map(({ runner, readings }) => ({ ...runner, readings }));
}
