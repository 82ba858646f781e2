/** @file Models on the disk. */
import { kindOf, ValueError } from "@spm/core/extend";
import type { Module } from "@spm/nn";
import { versions } from "../versions.ts";
import { writeAtomically } from "./atomic-write.ts";
import {
  type LoadModelOptions,
  modelOf,
  modelPieces,
  type SaveModelOptions,
} from "./model-file.ts";
import { readSafetensors } from "./safetensors-file.ts";

/**
 * Writes a model as a safetensors file that describes itself, whole or not at all; `encodeModel`
 * has the same in memory.
 *
 * @returns why nothing describes the model, null where the file does: a file without a description
 * loads into a model that is given
 * @throws Node's error when it can't be written; ValueError, OptionError as `encodeModel`
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { Gru } from "@spm/nn";
 * import { loadModel, saveModel } from "@spm/trainer/node";
 * const model = new Gru(3, 8, { linear: "rotation", random: rng(1) });
 * console.log(await saveModel("gru.safetensors", model)); // null
 * console.log(loadModel("gru.safetensors")); // Gru …
 * ```
 */
export async function saveModel(
  path: string,
  model: Module,
  options: SaveModelOptions = {},
): Promise<string | null> {
  checkPath("saveModel", path, "saveModel(path, model)");
  const named = { versions: versions(), ...options };
  const { pieces, undescribed } = await modelPieces("saveModel", model, named);
  writeAtomically(path, pieces);
  return undescribed;
}

/**
 * The model of a safetensors file of any size, in evaluation: built from its description, or, where
 * `into` is given, that model with the file's weights. A checkpoint is such a file, too.
 *
 * @throws SafetensorsError when it can't be read or breaks the format; CheckpointError for a file
 * without a description; ValueError, ShapeError, OptionError as `parseModel`
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { Linear } from "@spm/nn";
 * import { loadModel, writeSafetensors } from "@spm/trainer/node";
 * const random = rng(1);
 * writeSafetensors("stranger.safetensors", new Linear(3, 2, { random }).stateDict());
 * const model = loadModel("stranger.safetensors", { into: new Linear(3, 2, { random }) });
 * ```
 */
export function loadModel<M extends Module>(
  path: string,
  options: LoadModelOptions<M> & { readonly into: M },
): M;
export function loadModel(path: string, options?: LoadModelOptions): Module;
export function loadModel(path: string, options: LoadModelOptions = {}): Module {
  checkPath("loadModel", path, "parseModel(bytes) reads a file that is in memory");
  return modelOf("loadModel", path, readSafetensors(path), options);
}

function checkPath(op: string, path: string, help: string): void {
  if (typeof path !== "string") throw new ValueError(op, "a path", kindOf(path), help);
}
