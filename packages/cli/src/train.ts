/** @file `spm train` and `spm resume`: one training, in a run folder with checkpoints. */
import { join } from "node:path";
import { DataLoader } from "@spm/data";
import { MovingAverage } from "@spm/optim";
import {
  type Callback,
  classification,
  earlyStopping,
  fit,
  type Json,
  type ProgressStream,
  progress,
} from "@spm/trainer";
import { formatPercent } from "@spm/trainer/format";
import {
  checkpoints,
  latestCheckpoint,
  machine,
  RunWriter,
  readRunConfig,
  recordRun,
  setAside,
  tensorBoard,
  writeAtomically,
} from "@spm/trainer/node";
import { useBackend } from "./backend.ts";
import { type Caller, shellWord } from "./caller.ts";
import { buildModel, loadData } from "./task.ts";
import { resolveTraining } from "./train-config.ts";
import { commandLine, type TrainOptions, trainOptions } from "./train-options.ts";
import { gradientsOf, optimizerOf } from "./updates.ts";

const TEST_BATCH = 1000;

/** The folder of a run's checkpoints. */
export const checkpointsIn = (folder: string): string => join(folder, "checkpoints");

/** The config in a run's checkpoints. */
export interface SavedConfig {
  readonly options: TrainOptions;
  readonly features: number;
  readonly classes: number;
  readonly vocabulary?: string;
}

/** The output, the signal and the caller of a training. */
interface TrainingParts {
  readonly stdout: ProgressStream;
  /** Ends it after a checkpoint. */
  readonly signal: AbortSignal;
  readonly caller: Caller;
}

/**
 * Starts a training, or resumes the one in a folder. A finished training leaves `outcome.json`.
 *
 * @param options - undefined to resume: the folder has them.
 * @returns whether it was interrupted.
 * @throws RunError for a folder that is not empty, or not a run to resume; CheckpointError,
 * NonFiniteError, DataError, Node's errors
 */
export async function train(
  options: TrainOptions | undefined,
  folder: string,
  { stdout, signal, caller }: TrainingParts,
): Promise<boolean> {
  const { registries, command } = caller;
  const resuming = options === undefined;
  const chosen =
    options ??
    resolveTraining({}, readRunConfig(folder).options, registries, join(folder, "config.json"));
  await useBackend(chosen.backend, chosen.threads);
  const found = resuming ? checkpointToResume(folder, stdout) : undefined;

  const data = await loadData(chosen, registries);
  const model = buildModel(chosen, data, registries);
  const loader = new DataLoader(data.train, {
    batchSize: chosen.batchSize,
    seed: chosen.seed,
    dropLast: true,
  });
  const parameters = model.parameters();
  const steps = chosen.epochs * loader.batchesPerEpoch;
  const optimizer = optimizerOf(chosen, parameters, steps, registries);
  const { train: _, test: __, ...shape } = data;
  const saved: SavedConfig = { options: chosen, ...shape };
  const writer = resuming
    ? new RunWriter(folder)
    : new RunWriter(folder, {
        ...headOf(chosen, commandOf(caller, chosen, folder)),
        models: [{ run: chosen.layer, parameters: model.parameterCount() }],
        stepsPerEpoch: loader.batchesPerEpoch,
      });
  const startsOver = resuming && found === undefined;
  if (startsOver) for (const line of writer.truncate()) stdout.write(`warning: ${line}\n`);

  try {
    const fitted = await fit(model, loader, {
      loss: classification,
      optimizer,
      epochs: chosen.epochs,
      evaluate: {
        data: new DataLoader(data.test, { batchSize: Math.min(TEST_BATCH, data.test.length) }),
      },
      ...gradientsOf(chosen),
      ...(chosen.average !== undefined && {
        average: new MovingAverage(parameters, { decay: chosen.average }),
      }),
      callbacks: callbacksOf(saved, writer, stdout, startsOver),
      signal,
      logEvery: chosen.logEvery,
      onNonFinite: chosen.onNonFinite,
      ...(found && { resume: found }),
    });
    const outcome = conclude(fitted, folder);
    stdout.write(`${outcome}\nrun: ${folder}\nreport: ${command} report ${shellWord(folder)}\n`);
    return fitted.interrupted;
  } finally {
    writer.close();
  }
}

/** The last checkpoint that is whole, and a line about it and each that is damaged. */
function checkpointToResume(folder: string, stdout: ProgressStream) {
  const found = latestCheckpoint(checkpointsIn(folder));
  setAside(found?.damaged ?? []);
  for (const { path, reason } of found?.damaged ?? [])
    stdout.write(`set aside ${path}.damaged: ${reason}\n`);
  stdout.write(found ? `resuming ${found.path}\n` : `no checkpoint in ${folder}: starting over\n`);
  return found;
}

/** What the run folder says of a training, but for its model. */
const headOf = (options: TrainOptions, command: string) => ({
  title: `${options.dataset}: ${options.layer} layers`,
  command,
  started: new Date().toISOString(),
  epochs: options.epochs,
  options: { ...options },
  machine: machine(),
});

/** What is told of each step: progress, the run folder, the checkpoints, an early end. */
function callbacksOf(
  config: SavedConfig,
  writer: RunWriter,
  stdout: ProgressStream,
  startsOver: boolean,
): Callback[] {
  const { folder } = writer;
  const { options } = config;
  const { layer, patience, keepLast, keepBest, checkpointSteps, checkpointMinutes } = options;
  const board = tensorBoard(folder);
  if (startsOver && options.tensorboard) board.restore?.(0);
  return [
    progress(layer, stdout),
    recordRun(writer, layer, { warn: (line) => stdout.write(`warning: ${line}\n`) }),
    ...(options.tensorboard ? [board] : []),
    ...(patience === undefined ? [] : [earlyStopping({ patience })]),
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
  folder: string,
): string {
  const ending = stopped ? "stopped early" : "finished";
  if (!interrupted)
    writeAtomically(
      join(folder, "outcome.json"),
      `${JSON.stringify({ ending, step: position.step, evaluation })}\n`,
    );
  const how = interrupted ? "interrupted" : ending;
  const result = evaluation
    ? `, test loss ${evaluation.loss.toFixed(4)}, ${formatPercent(evaluation.accuracy ?? null)}`
    : "";
  return `${how} at step ${position.step} of ${position.steps}${result}`;
}

/** The command line that repeats a training. */
function commandOf(
  { registries, command }: Caller,
  { dataset, ...rest }: TrainOptions,
  out: string,
): string {
  return `${command} train ${dataset} ${commandLine({ ...rest, out }, trainOptions(registries))}`;
}
