/**
 * @file Reads safetensors files, ours and other frameworks'. Format:
 * https://github.com/huggingface/safetensors
 */
import { reference, type Tensor, type TypedArray } from "@spm/core";
import { allocate, fromArray, sizeOf, ValueError, wrap } from "@spm/core/extend";
import { elementTypes, narrow } from "./dtypes.ts";
import { type HeaderEntry, parseHeader } from "./header.ts";

/** A checked safetensors file. */
export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  /** The tensors of the file, in the order of its bytes. */
  readonly entries: readonly HeaderEntry[];
  /**
   * A copy of a tensor in CPU memory: float16 and bfloat16 as float32, integers as int32.
   *
   * @throws ValueError for an unknown name, an integer beyond int32, or a bool that is neither 0
   * nor 1
   */
  tensor(name: string): Tensor;
}

/**
 * Reads a safetensors file.
 *
 * Cost: the header at once, a tensor when `tensor` is called; a damaged header allocates nothing.
 *
 * @param file - all bytes of the file
 * @throws SafetensorsError when the file breaks the format
 * @example
 * ```ts
 * import { readFileSync, writeFileSync } from "node:fs";
 * import { ones } from "@spm/core";
 * import { encodeSafetensors, parseSafetensors } from "@spm/trainer";
 * const file = parseSafetensors(encodeSafetensors({ weight: ones([2, 3]) }));
 * console.log(file.tensor("weight").shape); // [2, 3]
 * ```
 */
export function parseSafetensors(file: Uint8Array): Safetensors {
  const { entries, metadata, dataStart } = parseHeader(file);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    entries,
    metadata,
    tensor(name) {
      const entry = byName.get(name);
      if (entry === undefined)
        throw new ValueError("safetensors", "a tensor of the file", `"${name}"`);
      const data = decode(entry, file.subarray(dataStart + entry.begin, dataStart + entry.end));
      return fromArray(wrap(data, entry.shape.slice()), reference);
    },
  };
}

function decode({ name, type, shape }: HeaderEntry, bytes: Uint8Array): TypedArray {
  const element = elementTypes.get(type)!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = allocate(element.dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++)
    data[i] = narrow(name, element.dtype, element.read(view, i * element.bytes));
  return data;
}
