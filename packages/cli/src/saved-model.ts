/** @file A trained model from a run folder or from one of its checkpoints. */
import { statSync } from "node:fs";
import type { Tensor } from "@spm/core";
import type { Mlp } from "@spm/nn";
import { CheckpointError } from "@spm/trainer";
import { type Checkpoint, latestCheckpoint, readCheckpoint } from "@spm/trainer/node";
import { buildModel } from "./task.ts";
import { checkpointsIn, type SavedConfig } from "./train.ts";

/** A model with what it was trained by. */
export interface SavedModel {
  readonly model: Mlp;
  readonly config: SavedConfig;
  readonly checkpoint: Checkpoint;
}

/**
 * The checkpoint at a path: that file, or the newest whole one of a run folder.
 *
 * @throws CheckpointError for what is neither; Node's error for a path that is not there
 */
export function openCheckpoint(path: string): Checkpoint {
  const checkpoint = statSync(path).isDirectory() ? latestCheckpoint(checkpointsIn(path)) : readCheckpoint(path);
  if (checkpoint === undefined) throw new CheckpointError("loadModel", "a run folder with checkpoints", path);
  return checkpoint;
}

/**
 * Loads a model in evaluation mode: with averaged weights where the training kept an average, as its evaluations did.
 *
 * @param path - a checkpoint, or a run folder, whose newest whole checkpoint is taken
 * @throws CheckpointError for what is neither; Node's error for a path that is not there
 */
export function loadModel(path: string, checkpoint: Checkpoint = openCheckpoint(path)): SavedModel {
  const config = checkpoint.config as unknown as SavedConfig | null;
  if (config?.options === undefined)
    throw new CheckpointError("loadModel", "a checkpoint of spm train", `${path}, written by another program`);
  const model = buildModel(config.options, config);
  const prefix = "model.";
  const weights = Object.entries(checkpoint.values).filter(([name]) => name.startsWith(prefix)) as [string, Tensor][];
  model.loadStateDict(Object.fromEntries(weights.map(([name, value]) => [name.slice(prefix.length), value])));
  model.parameters().forEach((parameter, i) => {
    const average = checkpoint.values[`average.movingAverage.${i}`];
    if (average !== undefined) parameter.assign(average as Tensor);
  });
  return { model: model.eval(), config, checkpoint };
}
