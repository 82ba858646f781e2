/**
 * @file A checkpoint as a safetensors file: tensors as tensors, everything else in the metadata,
 * and a checksum of the whole.
 */

import { createHash, type Hash } from "node:crypto";
import type { Tensor } from "@spm/core";
import { checkOptions } from "@spm/core/extend";
import type { ValidateFunction } from "ajv";
import { CheckpointError } from "../errors.ts";
import { inMemory, type TrainingState } from "../training-state.ts";
import { versions } from "../versions.ts";
import { writeAtomically } from "./atomic-write.ts";
import { orRefuse } from "./file-error.ts";
import { type Json, parseExactly, stringifyExactly } from "./json.ts";
import { parts } from "./pieces.ts";
import {
  checkpointNumbers,
  checkpointProgress,
  checkpointVersions,
  misfit,
} from "./record-schema.ts";
import { type ByteSource, SafetensorsError } from "./safetensors/header.ts";
import { unpackTensors } from "./safetensors/packed.ts";
import { type Safetensors, safetensorsOf } from "./safetensors/read.ts";
import { show } from "./safetensors/show.ts";
import {
  type CompactOptions,
  compactOptions,
  joined,
  safetensorsPieces,
} from "./safetensors/write.ts";
import { fileSource } from "./safetensors-file.ts";

/** A training state with its configuration. */
export interface Checkpoint extends TrainingState {
  /** The configuration of the training, as given to {@link writeCheckpoint}. */
  readonly config: Json;
  /** The versions of the package and of Node that wrote it. */
  readonly versions: Readonly<Record<string, string>>;
}

const FORMAT = "spm-checkpoint-1";
/** In the place of the checksum, while it is computed. */
const ZEROS = "0".repeat(64);
/** The start of the file after the header's length; the digits of the checksum follow. */
const HEAD = '{"__metadata__":{"checksum":"';
const PREFIX = 8;
/** The place of the checksum. */
const [FROM, TO] = [PREFIX + HEAD.length, PREFIX + HEAD.length + ZEROS.length];
/** Bytes that are read at a time for the checksum. */
const PIECE = 2 ** 23;

/**
 * Writes a checkpoint, a safetensors file, whole or not at all. No copy is made of tensors in CPU
 * memory.
 *
 * Tensors keep their names (`model.…`, `optimizer.…`, `average.…`). The metadata has, each as JSON,
 * `progress`, `numbers` (those of the optimizer's and the average's state), `config`, `versions`
 * and the model's description, with which `loadModel` reads it.
 *
 * @throws Node's error when it can't be written; ValueError for a config of more than 100 MB
 * @example
 * ```ts
 * import type { Callback } from "@spm/trainer";
 * import { writeCheckpoint } from "@spm/trainer/node";
 * const save: Callback = {
 *   async onEnd(_, training) {
 *     await writeCheckpoint("model.safetensors", await training.capture(), { seed: 1 });
 *   },
 * };
 * ```
 */
export async function writeCheckpoint(
  path: string,
  state: TrainingState,
  config: Json,
): Promise<void> {
  writeAtomically(path, await checkpointPieces(state, config));
}

/**
 * The bytes of a checkpoint of a few tensors, for what isn't a file; see {@link writeCheckpoint}.
 * With options it is a smaller file of a model that is done.
 *
 * @throws ValueError for a config of more than 100 MB
 * @example
 * ```ts
 * import type { Callback } from "@spm/trainer";
 * import { encodeCheckpoint } from "@spm/trainer/node";
 * const measure: Callback = {
 *   async onEnd(_, training) {
 *     console.log((await encodeCheckpoint(await training.capture(), null)).length);
 *   },
 * };
 * ```
 */
export async function encodeCheckpoint(
  state: TrainingState,
  config: Json,
  options: CompactOptions = {},
): Promise<Uint8Array> {
  checkOptions("encodeCheckpoint", options, compactOptions);
  return joined(await checkpointPieces(state, config, options));
}

async function checkpointPieces(
  { values, progress, description }: TrainingState,
  config: Json,
  options: CompactOptions = {},
): Promise<readonly Uint8Array[]> {
  const tensors: Record<string, Tensor> = {};
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === "number") numbers[name] = value;
    else tensors[name] = await inMemory(value);
  }
  const metadata = {
    checksum: ZEROS,
    format: FORMAT,
    progress: stringifyExactly(progress),
    numbers: stringifyExactly(numbers),
    config: stringifyExactly(config),
    versions: stringifyExactly(versions()),
    ...description,
  };
  const pieces = safetensorsPieces(tensors, metadata, options);
  const hash = createHash("sha256");
  for (const piece of pieces) hashPiece(hash, piece);
  pieces[0].set(new TextEncoder().encode(hash.digest("hex")), FROM);
  return pieces;
}

function hashPiece(hash: Hash, bytes: Uint8Array): void {
  for (const part of parts(bytes)) hash.update(part);
}

/**
 * Reads a checkpoint of any size, and verifies its checksum.
 *
 * @throws CheckpointError when it is damaged, cut short, not a checkpoint, or can't be read
 * @example
 * ```ts
 * import { latestCheckpoint, readCheckpoint } from "@spm/trainer/node";
 * const path = latestCheckpoint("runs/example/checkpoints")?.path;
 * if (path !== undefined) console.log(readCheckpoint(path).progress.step);
 * ```
 */
export function readCheckpoint(path: string): Checkpoint {
  return telling(path, () => loadCheckpoint(path));
}

/**
 * Verifies a checkpoint without its tensors: format, checksum, and what the metadata says.
 *
 * @throws CheckpointError as {@link readCheckpoint}
 * @example
 * ```ts
 * import { verifyCheckpoint } from "@spm/trainer/node";
 * verifyCheckpoint("runs/example/checkpoints/step-0000000100.safetensors");
 * ```
 */
export function verifyCheckpoint(path: string): void {
  telling(path, () => void verified(path));
}

const telling = <T>(path: string, read: () => T): T =>
  orRefuse(read, (reason) => unreadable(path, reason));

/** The error of a checkpoint that the system doesn't read. */
export const unreadable = (path: string, reason: string): CheckpointError =>
  new CheckpointError("readCheckpoint", "a checkpoint that can be read", `${path}: ${reason}`);

/** @throws CheckpointError for a file that isn't a whole checkpoint; Node's error */
export function loadCheckpoint(path: string): Checkpoint {
  const { file, numbers, ...facts } = verified(path);
  const stored = opened(path, () => unpackTensors(file));
  const tensors = stored.entries.map(({ name }) => [name, stored.tensor(name)] as const);
  return { values: { ...Object.fromEntries(tensors), ...numbers }, ...facts };
}

type Verified = Omit<Checkpoint, "values"> & {
  readonly file: Safetensors;
  readonly numbers: Record<string, number>;
};

function verified(path: string): Verified {
  const source = opened(path, () => fileSource(path));
  const file = opened(path, () => safetensorsOf(source));
  const { metadata } = file;
  if (metadata.format !== FORMAT)
    throw new CheckpointError(
      "readCheckpoint",
      `a checkpoint of format ${FORMAT}`,
      `${path} (${metadata.format === undefined ? "no format" : metadata.format.slice(0, 80)})`,
    );
  if (metadata.checksum !== checksum(source))
    throw new CheckpointError(
      "readCheckpoint",
      `the checksum that ${path} names`,
      "another: its bytes have changed",
    );
  const fact = <T>(name: string, validate?: ValidateFunction<T>): T => {
    const value = parsed(metadata[name] ?? "");
    const bad = value === undefined ? undefined : validate && misfit(validate, value);
    if (value !== undefined && bad === undefined) return value as T;
    throw new CheckpointError(
      "readCheckpoint",
      `${bad?.expected ?? "JSON"} in the ${name} of ${path}`,
      bad?.got ?? show(metadata[name]),
    );
  };
  return {
    file,
    numbers: fact("numbers", checkpointNumbers()),
    progress: fact("progress", checkpointProgress()),
    config: fact<Json>("config"),
    versions: fact("versions", checkpointVersions()),
  };
}

/** The value of a JSON text; undefined for a text that isn't JSON. */
function parsed(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

function opened<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new CheckpointError("readCheckpoint", "a whole checkpoint", `${path} (${error.message})`);
  }
}

/** SHA-256 of the file with zeros in the place of its checksum. */
function checksum(file: ByteSource): string {
  const hash = createHash("sha256");
  for (let at = 0; at < file.size; at += PIECE) {
    const piece = file.read(at, Math.min(at + PIECE, file.size));
    if (at > 0) hash.update(piece);
    else hash.update(piece.subarray(0, FROM)).update(ZEROS).update(piece.subarray(TO));
  }
  return hash.digest("hex");
}
