/** @file Safetensors files on the disk, of any size: read and written in pieces. */
import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import type { Tensor } from "@spm/core";
import { writeAtomically } from "./atomic-write.ts";
import { orRefuse } from "./file-error.ts";
import { type ByteSource, SafetensorsError } from "./safetensors/header.ts";
import { type Safetensors, safetensorsOf } from "./safetensors/read.ts";
import { safetensorsPieces } from "./safetensors/write.ts";

/**
 * Reads a safetensors file of any size: its header at once, a tensor when `tensor` is called. The
 * file must stay as it is as long as tensors are read; none is kept open.
 *
 * @throws SafetensorsError when it can't be read, or breaks the format; then, or later, when it has
 * changed since
 * @example
 * ```ts
 * import { readSafetensors } from "@spm/trainer/node";
 * const file = readSafetensors("model.safetensors");
 * console.log(file.entries.map(({ name, type, shape }) => `${name}: ${type}[${shape}]`));
 * ```
 */
export function readSafetensors(path: string): Safetensors {
  const { tensor, ...file } = readable(path, () => safetensorsOf(fileSource(path)));
  return { ...file, tensor: (name) => readable(path, () => tensor(name)) };
}

/** The result of `read`, whose error names the file. */
function readable<T>(path: string, read: () => T): T {
  try {
    return orRefuse(
      read,
      (reason) => new SafetensorsError("a file that can be read", `${path}: ${reason}`),
    );
  } catch (error) {
    throw error instanceof SafetensorsError ? error.of(path) : error;
  }
}

/**
 * Writes a safetensors file of any size, whole or not at all, and without a copy of its tensors.
 *
 * @param tensors - by name, in CPU memory
 * @param metadata - text by name (default none)
 * @throws Node's error when it can't be written; ValueError, BackendError as `encodeSafetensors`
 * @example
 * ```ts
 * import type { Module } from "@spm/nn";
 * import { writeSafetensors } from "@spm/trainer/node";
 * declare const model: Module;
 * writeSafetensors("model.safetensors", model.stateDict());
 * ```
 */
export function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  writeAtomically(path, safetensorsPieces(tensors, metadata));
}

/** The bytes of a file. @throws SafetensorsError for what isn't a file; Node's error */
export function fileSource(path: string): ByteSource {
  const before = statSync(path);
  if (!before.isFile())
    throw new SafetensorsError(
      "a file",
      `${path}, ${before.isDirectory() ? "a folder" : "a device or pipe"}`,
    );
  return {
    size: before.size,
    read(begin, end) {
      const file = openSync(path, "r");
      try {
        if (!same(before, fstatSync(file)))
          throw new SafetensorsError("the file as it was when it was opened", `${path}, changed`);
        const bytes = new Uint8Array(end - begin);
        for (let at = 0; at < bytes.length; ) {
          const read = readSync(file, bytes, at, bytes.length - at, begin + at);
          if (read === 0)
            throw new SafetensorsError(`${end} bytes in ${path}`, `${begin + at}: it was cut`);
          at += read;
        }
        return bytes;
      } finally {
        closeSync(file);
      }
    },
  };
}

const same = (a: Stats, b: Stats): boolean =>
  a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs;
