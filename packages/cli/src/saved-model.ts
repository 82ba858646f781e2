/** @file A trained model from a run folder or from one of its checkpoints. */
import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { currentBackend, Tensor, to } from "@spm/core";
import type { LabelledData } from "@spm/data/datasets";
import type { Mlp } from "@spm/models";
import { stateOf } from "@spm/nn/extend";
import { CheckpointError } from "@spm/trainer";
import {
  type Checkpoint,
  isSystemError,
  latestCheckpoint,
  readCheckpoint,
  reasonOf,
} from "@spm/trainer/node";
import { BACKENDS, useBackend } from "./backend.ts";
import { spmItself } from "./caller.ts";
import type { Registries } from "./registries.ts";
import { savedConfig } from "./saved-config.ts";
import { buildModel } from "./task.ts";
import { checkpointsIn, type SavedConfig } from "./train.ts";

/** A model with the options and the data that it was trained with. */
export interface SavedModel {
  readonly model: Mlp;
  readonly config: SavedConfig;
  readonly checkpoint: Checkpoint;
}

/**
 * The checkpoint at a path: that file, or the newest whole one of a run folder. Its tensors, and
 * all that are made from now on, are on the backend that the run was on.
 *
 * @throws CheckpointError for what is neither; BackendError where that backend is not available
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const checkpoint = isFolder(path) ? latestCheckpoint(checkpointsIn(path)) : readCheckpoint(path);
  if (checkpoint === undefined)
    throw new CheckpointError("loadModel", "a run folder with checkpoints", path);
  const { options } = (checkpoint.config ?? {}) as Partial<SavedConfig>;
  await useBackend(BACKENDS.find((name) => name === options?.backend) ?? BACKENDS[0]);
  const moved = Object.entries(checkpoint.values).map(
    async ([name, value]) =>
      [name, value instanceof Tensor ? await to(value, currentBackend()) : value] as const,
  );
  return { ...checkpoint, values: Object.fromEntries(await Promise.all(moved)) };
}

/**
 * Loads a model in evaluation mode: with the best weights or averages where the training kept them,
 * as its evaluations did.
 *
 * @param path - where the checkpoint is from
 * @throws CheckpointError for one that `spm train` did not write; ValueError for a layer without a
 * name here
 */
export function loadModel(
  path: string,
  checkpoint: Checkpoint,
  registries: Registries,
): SavedModel {
  const config = savedConfig(path, checkpoint, registries);
  const model = buildModel(config.options, config, registries);
  const weights = Object.entries(checkpoint.values).filter(([name]) => name.startsWith("model."));
  model.loadStateDict(Object.fromEntries(weights) as Record<string, Tensor>, {
    rename: (name) => name.slice("model.".length),
  });
  model.parameters().forEach((parameter, i) => {
    const average = checkpoint.values[`average.movingAverage.${i}`];
    if (average !== undefined) parameter.assign(average as Tensor);
  });
  for (const [path, parameter] of stateOf(model)) {
    const kept = checkpoint.values[`callback.earlyStopping.${path}`];
    if (kept !== undefined) parameter.assign(kept as Tensor);
  }
  return { model: model.eval(), config, checkpoint };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const got = `${path}: ${reasonOf(error)}`;
    throw new CheckpointError("loadModel", "a run folder or a checkpoint", got);
  }
}

/** @throws CheckpointError for samples of a run that are not as they were in training */
export function assertSameSamples(
  op: string,
  parts: readonly ("train" | "test")[],
  { digests }: Pick<SavedConfig, "digests">,
  data: Pick<LabelledData, "train" | "test">,
): void {
  for (const part of parts) {
    const [before, now] = [digests?.[part] ?? null, data[part].digest?.() ?? null];
    if (before === now || before === null) continue;
    throw new CheckpointError(
      op,
      "samples as in the checkpoint",
      `digest of the ${part === "train" ? "training" : part} samples ${before} → ${now}`,
      `put them back; ${spmItself.command} predict RUN FILE scores other rows or images`,
    );
  }
}

/** The folder that pages about a run go to: the run's own, or that of a checkpoint without one. */
export function folderOf(path: string): string {
  if (statSync(path).isDirectory()) return path;
  const run = join(dirname(path), "..");
  return resolve(checkpointsIn(run)) === resolve(dirname(path)) ? run : dirname(path);
}
