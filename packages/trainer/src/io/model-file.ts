/**
 * @file A model as a safetensors file that describes itself: docs/file-format.md. In memory; on the
 * disk it is `model-path.ts`.
 */
import { type Rng, rng, type Tensor } from "@spm/core";
import {
  checkOptions,
  checkRandom,
  kindOf,
  type OptionNames,
  sizeOf,
  ValueError,
} from "@spm/core/extend";
import { modelKinds } from "@spm/models";
import type { Module } from "@spm/nn";
import { buildModel, checkModule, type ModuleKind, moduleKinds, stateOf } from "@spm/nn/extend";
import { CheckpointError } from "../errors.ts";
import { inMemory } from "../training-state.ts";
import type { Json } from "./json.ts";
import { descriptionMetadata, modelMetadata } from "./model-metadata.ts";
import { unpackTensors } from "./safetensors/packed.ts";
import { parseSafetensors, type Safetensors } from "./safetensors/read.ts";
import { quote } from "./safetensors/show.ts";
import { joined, safetensorsPieces } from "./safetensors/write.ts";

/** Options of {@link encodeModel} and `saveModel`. */
export interface SaveModelOptions {
  /** The task of the model and the way from data to its inputs, kept as it is (default none). */
  readonly task?: Json;
  /** The versions of programs to name in the file (default none). */
  readonly versions?: Readonly<Record<string, string>>;
}

const saveNames: OptionNames<SaveModelOptions> = { task: true, versions: true };

/** Options of {@link parseModel} and `loadModel`. */
export interface LoadModelOptions<M extends Module = Module> {
  /** The model that takes the weights, for a file without a description. */
  readonly into?: M;
  /** Kinds of module of one's own (`moduleKind` of @spm/nn/extend). */
  readonly kinds?: readonly ModuleKind[];
  /**
   * The source of dropout.
   * @defaultValue rng(0)
   */
  readonly random?: Rng;
}

const loadNames: OptionNames<LoadModelOptions> = { into: true, kinds: true, random: true };

/** The bytes of {@link encodeModel} in pieces, and why nothing describes the model. */
export async function modelPieces(
  op: string,
  model: Module,
  options: SaveModelOptions,
): Promise<{ readonly pieces: readonly Uint8Array[]; readonly undescribed: string | null }> {
  checkModule(op, model);
  checkOptions(op, options, saveNames);
  const described = descriptionMetadata(model);
  const tensors: Record<string, Tensor> = {};
  for (const [path, value] of stateOf(model)) tensors[path] = await inMemory(value);
  const { task, versions } = options;
  const pieces = safetensorsPieces(tensors, {
    ...described,
    ...(task !== undefined && { [modelMetadata.task]: jsonOf(op, "task", task) }),
    ...(versions && { [modelMetadata.versions]: jsonOf(op, "versions", versions) }),
  });
  return { pieces, undescribed: described[modelMetadata.undescribed] ?? null };
}

/** @throws ValueError for what JSON can't say */
function jsonOf(op: string, option: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {} // a circle, or a bigint
  if (text === undefined) throw new ValueError(op, `JSON as ${option}`, kindOf(value));
  return text;
}

/**
 * A model as the bytes of a safetensors file: its tensors by path, and in the metadata what it is
 * made of, for {@link parseModel}. A model with a part that has no description (a class or function
 * of one's own without a kind) is stored without, and the metadata says why.
 *
 * @throws ValueError for what is no module; OptionError for an unknown option
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { Mlp } from "@spm/models";
 * import { encodeModel, parseModel } from "@spm/trainer";
 * const model = new Mlp({ sizes: [784, 256, 10], linear: "rotation", random: rng(1) });
 * console.log(String(parseModel(await encodeModel(model))) === String(model)); // true
 * ```
 */
export async function encodeModel(
  model: Module,
  options: SaveModelOptions = {},
): Promise<Uint8Array> {
  return joined((await modelPieces("encodeModel", model, options)).pieces);
}

/**
 * The model in the bytes of a safetensors file, in evaluation: built from its description, or,
 * where `into` is given, that model with the file's weights.
 *
 * The description is checked whole before anything is built, and sizes that the tensors contradict
 * take no memory.
 *
 * @throws SafetensorsError for bytes that are no such file; CheckpointError for one without a
 * description; ValueError, ShapeError for a description that breaks the schema or does not fit the
 * tensors; OptionError for an unknown option
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { Linear } from "@spm/nn";
 * import { encodeSafetensors, parseModel } from "@spm/trainer";
 * const into = new Linear(3, 2, { random: rng(1) });
 * const stranger = encodeSafetensors(new Linear(3, 2, { random: rng(2) }).stateDict());
 * console.log(parseModel(stranger, { into }) === into); // true
 * ```
 */
export function parseModel<M extends Module>(
  bytes: Uint8Array,
  options: LoadModelOptions<M> & { readonly into: M },
): M;
export function parseModel(bytes: Uint8Array, options?: LoadModelOptions): Module;
export function parseModel(bytes: Uint8Array, options: LoadModelOptions = {}): Module {
  return modelOf("parseModel", "the file", parseSafetensors(bytes), options);
}

/** The model of an open file. @param name - the file's, for messages */
export function modelOf(
  op: string,
  name: string,
  file: Safetensors,
  options: LoadModelOptions,
): Module {
  checkOptions(op, options, loadNames);
  const { into, kinds = [], random = rng(0) } = options;
  if (into !== undefined) checkModule(op, into);
  checkRandom(op, random);
  const other = Array.isArray(kinds) ? kinds.findIndex((kind) => !isKind(kind)) : 0;
  if (other >= 0)
    throw new ValueError(
      op,
      "kinds as a list of what moduleKind(…) returned",
      Array.isArray(kinds) ? `${kindOf(kinds[other])} as number ${other}` : kindOf(kinds),
    );
  const description = descriptionIn(op, name, file);
  if (into !== undefined) return withWeights(into, file, prefixOf(description));
  if (description === undefined) {
    const reason = file.metadata[modelMetadata.undescribed];
    throw new CheckpointError(
      op,
      "a file that describes its model",
      reason === undefined
        ? `${name} without ${modelMetadata.model}`
        : `${name}, which has none: ${reason}`,
      `${op}(file, { into: model }) gives the weights to a model`,
    );
  }
  const all = new Map([...moduleKinds, ...modelKinds, ...kinds].map((kind) => [kind.name, kind]));
  // a byte of codes is up to eight numbers
  const numbers = file.entries.reduce(
    (sum, { shape, type }) => sum + sizeOf(shape) * (type === "U8" ? 8 : 1),
    0,
  );
  const { model, prefix } = buildModel(description, { kinds: [...all.values()], numbers, random });
  return withWeights(model, file, prefix).eval();
}

const isKind = (kind: unknown): boolean =>
  typeof kind === "object" && kind !== null && "read" in kind && "type" in kind;

/** A model with the weights of a file under a prefix; of those without one all are meant. */
function withWeights(model: Module, file: Safetensors, prefix: string): Module {
  model.loadStateDict(unpackTensors(file), {
    rename: (path) => (path.startsWith(prefix) ? path.slice(prefix.length) : undefined),
  });
  return model;
}

/** The JSON of a file's description; undefined where it has none. */
function descriptionIn(op: string, name: string, { metadata }: Safetensors): unknown {
  const text = metadata[modelMetadata.model];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    const place = `${modelMetadata.model} of ${name}`;
    throw new CheckpointError(op, `JSON as ${place}`, quote(text));
  }
}

function prefixOf(description: unknown): string {
  const { prefix } = Object(description) as { readonly prefix?: unknown };
  return typeof prefix === "string" ? prefix : "";
}
