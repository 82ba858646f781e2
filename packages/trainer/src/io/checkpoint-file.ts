/**
 * @file A checkpoint as a safetensors file: tensors as tensors, everything else in the metadata,
 * and a checksum of the whole.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Tensor } from "@spm/core";
import { CheckpointError } from "../errors.ts";
import { inMemory, type Progress, type TrainingState } from "../training-state.ts";
import { versions } from "../versions.ts";
import { type Json, parseExactly, stringifyExactly } from "./json.ts";
import { parseSafetensors, type Safetensors } from "./safetensors/read.ts";
import { encodeSafetensors } from "./safetensors/write.ts";

/** A training state with its configuration. */
export interface Checkpoint extends TrainingState {
  /** The configuration of the training, as given to {@link encodeCheckpoint}. */
  readonly config: Json;
  /** The versions of the package and of Node that wrote it. */
  readonly versions: Readonly<Record<string, string>>;
}

const FORMAT = "spm-checkpoint-1";
const DIGITS = 64;
/** The start of the file after the header's length; the digits of the checksum follow. */
const HEAD = '{"__metadata__":{"checksum":"';
const PREFIX = 8;

/**
 * The bytes of a checkpoint, a safetensors file.
 *
 * Tensors keep their names (`model.…`, `optimizer.…`, `average.…`). The metadata has, each as JSON,
 * `progress`, `numbers` (those of the optimizer's and the average's state), `config` and
 * `versions`.
 *
 * @example
 * ```ts
 * import type { Callback } from "@spm/trainer";
 * import { encodeCheckpoint, writeAtomically } from "@spm/trainer/node";
 * const save: Callback = {
 *   async onEnd(_, training) {
 *     const bytes = await encodeCheckpoint(await training.capture(), { seed: 1 });
 *     writeAtomically("model.safetensors", bytes);
 *   },
 * };
 * ```
 */
export async function encodeCheckpoint(
  { values, progress }: TrainingState,
  config: Json,
): Promise<Uint8Array> {
  const tensors: Record<string, Tensor> = {};
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === "number") numbers[name] = value;
    else tensors[name] = await inMemory(value);
  }
  const file = encodeSafetensors(tensors, {
    checksum: "0".repeat(DIGITS),
    format: FORMAT,
    progress: stringifyExactly(progress),
    numbers: stringifyExactly(numbers),
    config: stringifyExactly(config),
    versions: stringifyExactly(versions()),
  });
  file.set(new TextEncoder().encode(checksum(file)), PREFIX + HEAD.length);
  return file;
}

/**
 * Reads a checkpoint, and verifies its checksum.
 *
 * @throws CheckpointError when it is damaged, cut short, or not a checkpoint
 * @example
 * ```ts
 * import { latestCheckpoint, readCheckpoint } from "@spm/trainer/node";
 * const path = latestCheckpoint("runs/example/checkpoints")?.path;
 * if (path !== undefined) console.log(readCheckpoint(path).progress.step);
 * ```
 */
export function readCheckpoint(path: string): Checkpoint {
  const file = readFileSync(path);
  const { entries, tensor, metadata } = parse(path, file);
  if (metadata.format !== FORMAT)
    throw new CheckpointError(
      "readCheckpoint",
      `a checkpoint of format ${FORMAT}`,
      `${path} (${metadata.format})`,
    );
  const found = checksum(file);
  if (metadata.checksum !== found)
    throw new CheckpointError(
      "readCheckpoint",
      `the checksum that ${path} names`,
      "another: its bytes have changed",
    );
  const tensors = entries.map(({ name }) => [name, tensor(name)] as const);
  return {
    values: {
      ...Object.fromEntries(tensors),
      ...(parseExactly(metadata.numbers ?? "{}") as Record<string, number>),
    },
    progress: parseExactly(metadata.progress ?? "{}") as Progress,
    config: parseExactly(metadata.config ?? "null") as Json,
    versions: parseExactly(metadata.versions ?? "{}") as Record<string, string>,
  };
}

function parse(path: string, file: Uint8Array): Safetensors {
  try {
    return parseSafetensors(file);
  } catch (error) {
    throw new CheckpointError(
      "readCheckpoint",
      "a whole checkpoint",
      `${path} (${(error as Error).message})`,
    );
  }
}

/** SHA-256 of the file with zeros in the place of its checksum. */
function checksum(file: Uint8Array): string {
  const from = PREFIX + HEAD.length;
  const hash = createHash("sha256").update(file.subarray(0, from)).update("0".repeat(DIGITS));
  return hash.update(file.subarray(from + DIGITS)).digest("hex");
}
