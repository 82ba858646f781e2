/** @file A trained model from a run folder or from one of its checkpoints. */
import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { currentBackend, Tensor, to } from "@spm/core";
import { elements } from "@spm/core/extend";
import type { LabelledData } from "@spm/data/datasets";
import { Mlp } from "@spm/models";
import { nonFiniteIn, stateOf } from "@spm/nn/extend";
import { CheckpointError, type Safetensors, SafetensorsError } from "@spm/trainer";
import {
  type Checkpoint,
  isSystemError,
  latestCheckpoint,
  loadModel as loadModelFile,
  readCheckpoint,
  readSafetensors,
  reasonOf,
} from "@spm/trainer/node";
import { BACKENDS, useBackend } from "./backend.ts";
import { spmItself } from "./caller.ts";
import type { Registries } from "./registries.ts";
import { savedConfig } from "./saved-config.ts";
import type { SavedConfig } from "./saved-task.ts";
import { configOfTask } from "./saved-task.ts";
import { buildModel } from "./task.ts";
import { checkpointsIn } from "./train.ts";

/** A checkpoint of a run, or the model that it left. */
export interface SavedFile extends Pick<Checkpoint, "values" | "config"> {
  /** Whether the file describes its model. */
  readonly describes: boolean;
}

/** A model with the options and the data that it was trained with. */
export interface SavedModel {
  readonly model: Mlp;
  readonly config: SavedConfig;
}

/**
 * The file at a path, a checkpoint or a model, or the newest whole checkpoint of a run folder. Its
 * tensors, and all that are made from now on, are on the backend that the run was on.
 *
 * @throws CheckpointError for what is none; BackendError where that backend is not available
 */
export async function openCheckpoint(path: string): Promise<SavedFile> {
  const saved = isFolder(path) ? latestCheckpoint(checkpointsIn(path)) : fileAt(path);
  if (saved === undefined)
    throw new CheckpointError("loadModel", "a run folder with checkpoints", path);
  assertFinite(path, saved.values);
  const { options } = (saved.config ?? {}) as Partial<SavedConfig>;
  await useBackend(BACKENDS.find((name) => name === options?.backend) ?? BACKENDS[0]);
  const moved = Object.entries(saved.values).map(
    async ([name, value]) =>
      [name, value instanceof Tensor ? await to(value, currentBackend()) : value] as const,
  );
  const values = Object.fromEntries(await Promise.all(moved));
  return { values, config: saved.config, describes: "describes" in saved && saved.describes };
}

/** Tensors of a checkpoint that a model takes. */
const WEIGHTS = /^(model|average|callback\.earlyStopping)\./;

/** @throws CheckpointError for weights that are NaN or infinite */
function assertFinite(path: string, values: SavedFile["values"]): void {
  const weights = Object.entries(values).flatMap(([name, value]) =>
    WEIGHTS.test(name) && value instanceof Tensor
      ? [[name.replace(/^model\./, ""), elements(value.ndarray())] as const]
      : [],
  );
  const bad = nonFiniteIn(weights);
  if (bad !== undefined)
    throw new CheckpointError(
      "loadModel",
      "finite weights",
      `${bad}, in ${path}`,
      "take an earlier checkpoint, or train again at a lower learning rate",
    );
}

/** A checkpoint, or the model that a run left. */
function fileAt(path: string): Checkpoint | SavedFile {
  const file = modelFile(path);
  if (file === undefined) return readCheckpoint(path);
  const values = file.entries.map(({ name }) => [`model.${name}`, file.tensor(name)] as const);
  return {
    values: Object.fromEntries(values),
    config: configOfTask(path, file.metadata["spm.task"]),
    describes: "spm.model" in file.metadata,
  };
}

/** A file with a task or a description that is no checkpoint. */
function modelFile(path: string): Safetensors | undefined {
  try {
    const file = readSafetensors(path);
    const isModel = "spm.task" in file.metadata || "spm.model" in file.metadata;
    return isModel && !("format" in file.metadata) ? file : undefined;
  } catch (error) {
    if (error instanceof SafetensorsError) return undefined; // as a checkpoint says better
    throw error;
  }
}

/**
 * Loads a model in evaluation mode: with the best weights or averages where the training kept them,
 * as its evaluations did.
 *
 * @param path - where the file is
 * @throws CheckpointError for one that `spm train` did not write; ValueError for a layer without a
 * name here
 */
export function loadModel(path: string, saved: SavedFile, registries: Registries): SavedModel {
  const config = savedConfig(path, saved, registries);
  if (saved.describes) return { model: describedModel(path, config), config };
  const model = buildModel(config.options, config, registries);
  assertFits(path, saved.values, model, config.options.layer);
  const weights = Object.entries(saved.values).filter(([name]) => name.startsWith("model."));
  model.loadStateDict(Object.fromEntries(weights) as Record<string, Tensor>, {
    rename: (name) => name.slice("model.".length),
  });
  model.parameters().forEach((parameter, i) => {
    const average = saved.values[`average.movingAverage.${i}`];
    if (average !== undefined) parameter.assign(average as Tensor);
  });
  for (const [path, parameter] of stateOf(model)) {
    const kept = saved.values[`callback.earlyStopping.${path}`];
    if (kept !== undefined) parameter.assign(kept as Tensor);
  }
  return { model: model.eval(), config };
}

/**
 * Refuses weights of a layer that has changed since: of a program's own, say.
 * @param path - where they are from
 * @throws CheckpointError for names or shapes that aren't those of the model's parameters
 */
export function assertFits(
  path: string,
  values: SavedFile["values"],
  model: Mlp,
  layer: string,
): void {
  const shapes = (all: Iterable<readonly [string, unknown]>): string[] =>
    [...all].flatMap(([name, value]) =>
      value instanceof Tensor ? [`${name}[${value.shape}]`] : [],
    );
  const own = Object.entries(values).flatMap(([name, value]) =>
    name.startsWith("model.") ? [[name.slice("model.".length), value] as const] : [],
  );
  const [expected, got] = [shapes(stateOf(model)), shapes(own)];
  const [lacks, extra] = [
    expected.filter((name) => !got.includes(name)),
    got.filter((name) => !expected.includes(name)),
  ];
  if (lacks.length + extra.length === 0) return;
  throw new CheckpointError(
    "loadModel",
    `the parameters of layer ${layer} as it is now, ${lacks.join(", ") || "and no more"}`,
    `${extra.join(", ") || "none of them"} in ${path}`,
    "the program that trained it can read it; else train again",
  );
}

/**
 * The model that a file describes.
 * @throws CheckpointError for another than `spm train` makes, or one of other sizes than its task
 */
function describedModel(path: string, { features, classes }: SavedConfig): Mlp {
  const model = loadModelFile(path);
  if (!(model instanceof Mlp))
    throw new CheckpointError(
      "loadModel",
      "an Mlp, as spm train makes",
      `${model.label} in ${path}`,
    );
  const [inputs, outputs] = [model.layers[0]?.inFeatures, model.layers.at(-1)?.outFeatures];
  if (features === inputs && classes === outputs) return model;
  throw new CheckpointError(
    "loadModel",
    `a task of ${inputs} features and ${outputs} classes, as the model of ${path} has`,
    `${features} and ${classes} in its spm.task`,
  );
}

/** Whether a file says what its model was trained for, so that its inputs are known. */
export function hasTask(path: string): boolean {
  if (isFolder(path)) return true;
  const { task, config } = taskIn(readSafetensors(path).metadata);
  return task || config.includes("options") || config.includes("gpt");
}

function taskIn(metadata: Safetensors["metadata"]): {
  readonly task: boolean;
  readonly config: readonly string[];
} {
  const task = "spm.task" in metadata;
  try {
    return { task, config: Object.keys(Object(JSON.parse(metadata.config ?? "{}"))) };
  } catch {
    return { task, config: [] }; // a damaged checkpoint: to read it says so
  }
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
