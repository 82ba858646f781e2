/** @file The task in a model's file: what it was trained for, and the way from data to numbers. */
import type { DataEncoding } from "@spm/data/datasets";
import { CheckpointError, type Json } from "@spm/trainer";
import { numberTarget } from "./assess.ts";
import { shellWord, spmItself } from "./caller.ts";
import type { TrainOptions } from "./train-options.ts";

/** The config in a run's checkpoints. */
export interface SavedConfig {
  readonly options: TrainOptions;
  readonly features: number;
  readonly classes: number;
  readonly vocabulary?: string;
  /** Of data of one's own: its columns, categories and statistics. */
  readonly encoding?: DataEncoding;
  /** A digest that changes with any of the samples; null where the data set doesn't tell. */
  readonly digests: { readonly train: string | null; readonly test: string | null };
}

/** The version of tasks that are written here, and the newest that is read. */
const SCHEMA = 1;

/** The task of a run, for the metadata of its model: docs/file-format.md. */
export function taskJson({ options, digests, ...shape }: SavedConfig): Json {
  const task = numberTarget(shape.encoding) === undefined ? "classification" : "regression";
  const json = { schema: SCHEMA, task, ...shape, run: { options, digests } };
  return JSON.parse(JSON.stringify(json)); // without what is undefined
}

/**
 * The config of the run that a model's file is from, its values as they stand there.
 * @throws CheckpointError for a file without a task of `spm train`, or with a newer one
 */
export function configOfTask(path: string, text: string | undefined): Json {
  const { schema, task: _, run, ...shape } = parsed(path, text);
  if (typeof schema === "number" && schema > SCHEMA)
    throw new CheckpointError(
      "loadModel",
      `a task of schema ${SCHEMA} at most`,
      `${schema} in ${path}`,
      "a newer version of SPM wrote this file",
    );
  if (schema !== SCHEMA || typeof run !== "object" || run === null || Array.isArray(run))
    throw new CheckpointError("loadModel", "a model of spm train", `${path}, with another task`);
  return { ...shape, ...run };
}

function parsed(path: string, text: string | undefined): { readonly [name: string]: Json } {
  if (text === undefined)
    throw new CheckpointError(
      "loadModel",
      "a model of spm train, with its task",
      `${path}, a model alone, as saveModel writes it`,
      `in a program: loadModel(${JSON.stringify(path)}); ` +
        `${spmItself.command} inspect ${shellWord(path)} shows what it is`,
    );
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json)) return json;
  } catch {} // no JSON is no object, either
  throw new CheckpointError("loadModel", "an object of JSON as the task", path);
}

const isObject = (json: unknown): json is { readonly [name: string]: Json } =>
  typeof json === "object" && json !== null && !Array.isArray(json);
