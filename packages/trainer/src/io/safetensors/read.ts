/**
 * @file Reads safetensors files, ours and other frameworks'. Format:
 * https://github.com/huggingface/safetensors
 */
import { reference, type Tensor, type TypedArray } from "@spm/core";
import { allocate, fromArray, kindOf, sizeOf, ValueError, wrap } from "@spm/core/extend";
import { assertRank, elementTypes, narrow } from "./dtypes.ts";
import { type ByteSource, type HeaderEntry, parseHeader } from "./header.ts";
import { quote } from "./show.ts";

/** A checked safetensors file. */
export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  /** The tensors of the file, in the order of its bytes. */
  readonly entries: readonly HeaderEntry[];
  /**
   * A copy of a tensor in CPU memory: float16 and bfloat16 as float32, integers as int32.
   *
   * @param name - that of an entry, or one that the metadata ties to an entry, as PyTorch's
   * `save_model` does with a tensor of two names
   * @throws ValueError for an unknown name, a type of elements that can't be read here, more than
   * 32 axes, an integer beyond int32, or a bool that is neither 0 nor 1
   */
  tensor(name: string): Tensor;
}

/** Bytes that are decoded at a time. */
const PIECE = 2 ** 23;

/**
 * Reads a safetensors file that is in memory; `readSafetensors` of `@spm/trainer/node` reads one of
 * any size from the disk.
 *
 * Cost: the header at once, a tensor when `tensor` is called; a damaged header allocates nothing.
 *
 * @param file - all bytes of the file
 * @throws SafetensorsError when the file breaks the format; ValueError for what is no Uint8Array
 * @example
 * ```ts
 * import { ones } from "@spm/core";
 * import { encodeSafetensors, parseSafetensors } from "@spm/trainer";
 * const file = parseSafetensors(encodeSafetensors({ weight: ones([2, 3]) }));
 * console.log(file.tensor("weight").shape); // [2, 3]
 * ```
 */
export function parseSafetensors(file: Uint8Array): Safetensors {
  if (!(file instanceof Uint8Array))
    throw new ValueError(
      "parseSafetensors",
      "bytes as a Uint8Array",
      kindOf(file),
      "new Uint8Array(buffer); readSafetensors(path) of @spm/trainer/node reads a file",
    );
  return safetensorsOf({ size: file.length, read: (begin, end) => file.subarray(begin, end) });
}

/** The safetensors file of a source. @throws SafetensorsError when it breaks the format */
export function safetensorsOf(source: ByteSource): Safetensors {
  const { entries, metadata, dataStart } = parseHeader(source);
  let byName: Map<string, HeaderEntry> | undefined;
  return {
    entries,
    metadata,
    tensor(name) {
      byName ??= new Map(entries.map((entry) => [entry.name, entry]));
      const tied = Object.hasOwn(metadata, name) ? metadata[name] : undefined;
      const entry = byName.get(name) ?? byName.get(tied ?? name);
      if (entry === undefined)
        throw new ValueError("safetensors", "a tensor of the file", quote(name));
      return fromArray(wrap(decode(entry, source, dataStart), entry.shape.slice()), reference);
    },
  };
}

function decode(
  { name, type, shape, begin, end }: HeaderEntry,
  source: ByteSource,
  dataStart: number,
): TypedArray {
  const element = elementTypes.get(type);
  if (element === undefined)
    throw new ValueError(
      "safetensors",
      `${quote(name)} of a type among ${[...elementTypes.keys()].join(", ")}`,
      quote(type),
      "cast it with the framework that wrote the file",
    );
  assertRank(name, shape);
  const data = allocate(element.dtype, sizeOf(shape));
  const bytes = new Uint8Array(data.buffer);
  for (let at = begin; at < end; at += PIECE) {
    const piece = source.read(dataStart + at, dataStart + Math.min(at + PIECE, end));
    if (element.asStored) {
      bytes.set(piece, at - begin);
      continue;
    }
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    const first = (at - begin) / element.bytes;
    for (let i = 0; i * element.bytes < piece.length; i++)
      data[first + i] = narrow(name, element.dtype, element.read(view, i * element.bytes));
  }
  return data;
}
