/** @file `spm train` and `spm resume`: one training, in a run folder with checkpoints. */
import { join } from "node:path";
import { DataLoader, type LabelledBatch } from "@spm/data";
import type { LabelledData } from "@spm/data/datasets";
import type { Mlp } from "@spm/models";
import { type AnyOptimizer, MovingAverage } from "@spm/optim";
import { writeReport } from "@spm/report";
import {
  type Callback,
  earlyStopping,
  fit,
  type Json,
  type ProgressStream,
  progress,
  type TrainingState,
} from "@spm/trainer";
import { formatPercent } from "@spm/trainer/format";
import {
  checkpoints,
  machine,
  provenance,
  type RunModel,
  RunWriter,
  recordRun,
  saveModel,
  type TestOutcome,
  tensorBoard,
  writeAtomically,
} from "@spm/trainer/node";
import { lossOf, testOutcome } from "./assess.ts";
import { useBackend } from "./backend.ts";
import { type Caller, shellWord } from "./caller.ts";
import { fewSteps } from "./few-steps.ts";
import { servePage } from "./live-page.ts";
import { assertFreshTraining } from "./new-file.ts";
import { reading } from "./reading.ts";
import type { Registries } from "./registries.ts";
import { nameOf } from "./run-name.ts";
import { type SavedConfig, taskJson } from "./saved-task.ts";
import { buildModel, loadData } from "./task.ts";
import { folded } from "./terminal.ts";
import { commandLine, type TrainOptions, trainOptions } from "./train-options.ts";
import { gradientsOf, optimizerOf } from "./updates.ts";

const TEST_BATCH = 1000;

/** The model that a run leaves, with its weights as evaluations saw them. */
const modelIn = (folder: string): string => join(folder, "model.safetensors");

/** The folder of a run's checkpoints. */
export const checkpointsIn = (folder: string): string => join(folder, "checkpoints");

/** The output, the signal and the caller of a training. */
export interface TrainingParts {
  readonly stdout: ProgressStream;
  /** Ends it after a checkpoint. */
  readonly signal: AbortSignal;
  readonly caller: Caller;
  /** The port of a page that follows it, 0 for any; undefined for none. */
  readonly live?: number;
}

/**
 * Starts a training. A finished training leaves `outcome.json`.
 *
 * @returns whether it was interrupted.
 * @throws RunError for a folder that is not empty; CheckpointError, NonFiniteError, DataError,
 * Node's errors
 */
export async function train(
  options: TrainOptions,
  folder: string,
  parts: TrainingParts,
): Promise<boolean> {
  const { registries } = parts.caller;
  await useBackend(options.backend, options.threads);
  assertFreshTraining(folder, parts.caller.command);
  const data = await loadData(options, registries, reading(parts.stdout));
  const task = taskOf(options, data, registries);
  const writer = new RunWriter(folder, {
    ...headOf(options, commandOf(parts.caller, options)),
    models: [modelRecord(options.layer, task.model)],
    stepsPerEpoch: task.stepsPerEpoch,
  });
  const few = fewSteps(options, data.train.length);
  if (few !== undefined) parts.stdout.write(`${folded(`warning: ${few}`)}\n`);
  try {
    return await runTask(task, writer, parts);
  } finally {
    writer.close();
  }
}

/** A model with all that it is trained by. */
export interface Task {
  readonly saved: SavedConfig;
  readonly data: LabelledData;
  readonly model: Mlp;
  readonly loader: DataLoader<LabelledBatch>;
  readonly stepsPerEpoch: number;
  readonly optimizer: AnyOptimizer;
}

/** Builds a model and its optimizer. */
export function taskOf(options: TrainOptions, data: LabelledData, registries: Registries): Task {
  const { batchSize, seed, epochs, accumulate } = options;
  const model = buildModel(options, data, registries);
  const loader = new DataLoader(data.train, { batchSize, seed, dropLast: true });
  const stepsPerEpoch = Math.ceil(loader.batchesPerEpoch / accumulate);
  const optimizer = optimizerOf(options, model.parameters(), epochs * stepsPerEpoch, registries);
  const { train: _, test: __, rows: ___, ...shape } = data;
  const digests = { train: data.train.digest?.() ?? null, test: data.test.digest?.() ?? null };
  const saved = { options, ...shape, digests };
  return { saved, data, model, loader, stepsPerEpoch, optimizer };
}

/**
 * Trains, from a checkpoint where one is given, and writes down how that ended.
 *
 * @param resumed - a checkpoint whose samples, options and versions are those of the task, or
 * agreed to, and what to do once it is restored
 * @returns whether it was interrupted.
 */
export async function runTask(
  { saved, data, model, loader, optimizer }: Task,
  writer: RunWriter,
  { stdout, signal, caller, live }: TrainingParts,
  resumed: { readonly checkpoint?: TrainingState; readonly onStart?: () => void } = {},
): Promise<boolean> {
  const { checkpoint, onStart } = resumed;
  const { options } = saved;
  const { folder } = writer;
  const average =
    options.average === undefined
      ? undefined
      : new MovingAverage(model.parameters(), { decay: options.average });
  const page =
    live === undefined
      ? undefined
      : await servePage(folder, live, (address) => stdout.write(`live: ${address}\n`));
  try {
    const fitted = await fit(model, loader, {
      loss: lossOf(saved.encoding),
      optimizer,
      epochs: options.epochs,
      accumulate: options.accumulate,
      evaluate: {
        data: new DataLoader(data.test, { batchSize: Math.min(TEST_BATCH, data.test.length) }),
      },
      ...gradientsOf(options),
      ...(average && { average }),
      callbacks: [
        ...(onStart ? [{ onStart }] : []),
        ...callbacksOf(saved, writer, stdout),
        ...(page ? [page.callback] : []),
      ],
      signal,
      logEvery: options.logEvery,
      onNonFinite: options.onNonFinite,
      ...(checkpoint && { resume: checkpoint, allowChanged: true }),
    });
    const { interrupted } = fitted;
    if (!interrupted) await leaveModel(modelIn(folder), model, saved, average);
    // of a text each next character is a sample: too many
    const judged = !interrupted && saved.vocabulary === undefined;
    const test = judged ? await testOutcome(model, data) : undefined;
    stdout.write(`${folded(conclude(fitted, writer, options.layer, test))}\nrun: ${folder}\n`);
    const hint = (command: string): string =>
      `${command}: ${caller.command} ${command} ${shellWord(folder)}\n`;
    stdout.write(
      interrupted ? hint("resume") + hint("report") : `report: ${writeReport(folder)}\n`,
    );
    return interrupted;
  } finally {
    await page?.close();
  }
}

/** Writes the model as evaluations see it: with the averages of its weights where there are any. */
async function leaveModel(
  path: string,
  model: Mlp,
  saved: SavedConfig,
  average: MovingAverage | undefined,
): Promise<void> {
  average?.swap();
  try {
    await saveModel(path, model, { task: taskJson(saved) });
  } finally {
    average?.swap();
  }
}

/** The record of a training in the run folder, but for its model. */
const headOf = (options: TrainOptions, command: string) => ({
  title: `${nameOf(options)}: ${options.layer} layers`,
  command,
  started: new Date().toISOString(),
  epochs: options.epochs,
  options: { ...options },
  machine: machine(),
  provenance: provenance(),
});

/** The record of a model in the run folder. */
export const modelRecord = (run: string, model: Mlp): RunModel => ({
  run,
  parameters: model.parameterCount(),
  summary: String(model),
});

/** The callbacks of each step: progress, the run folder, the checkpoints, an early end. */
function callbacksOf(config: SavedConfig, writer: RunWriter, stdout: ProgressStream): Callback[] {
  const { folder } = writer;
  const { options } = config;
  const { layer, patience, restoreBest, keepLast, keepBest, checkpointSteps, checkpointMinutes } =
    options;
  return [
    progress(layer, stdout),
    recordRun(writer, layer, { warn: (line) => stdout.write(`warning: ${line}\n`) }),
    ...(options.tensorboard ? [tensorBoard(folder)] : []),
    ...(patience === undefined ? [] : [earlyStopping({ patience, restoreBest })]),
    checkpoints({
      folder: checkpointsIn(folder),
      config: config as unknown as Json,
      keepLast,
      best: { metric: "loss", better: "lower", keep: keepBest },
      ...(checkpointSteps !== undefined && { everySteps: checkpointSteps }),
      ...(checkpointMinutes !== undefined && { everyMinutes: checkpointMinutes }),
    }),
  ];
}

/**
 * Writes `outcome.json` at a training's own end, not where it was interrupted.
 * @returns how it ended, in words
 */
function conclude(
  { interrupted, stopped, evaluation, position }: Awaited<ReturnType<typeof fit>>,
  { folder }: RunWriter,
  name: string,
  test: TestOutcome | undefined,
): string {
  const ending = stopped ? "stopped early" : "finished";
  const tests = test && { [name]: test };
  if (!interrupted)
    writeAtomically(
      join(folder, "outcome.json"),
      `${JSON.stringify({ ending, step: position.step, evaluation, tests })}\n`,
    );
  const how = interrupted ? "interrupted" : ending;
  const accuracy = evaluation?.accuracy ?? null; // of classes alone
  const r2 = test?.kind === "regression" && `R² ${test.r2?.toFixed(4) ?? "–"}`;
  return [
    `${how} at step ${position.step} of ${position.steps}`,
    evaluation && `test loss ${evaluation.loss.toFixed(4)}`,
    r2 || (accuracy !== null && formatPercent(accuracy)),
  ]
    .filter(Boolean)
    .join(", ");
}

/** The command line that repeats a training, in a new folder. */
function commandOf({ registries, command }: Caller, { dataset, ...rest }: TrainOptions): string {
  return `${command} train ${dataset} ${commandLine(rest, trainOptions(registries))}`;
}
