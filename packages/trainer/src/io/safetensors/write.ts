/** @file Writes safetensors files. Format: https://github.com/huggingface/safetensors */
import type { DType, Tensor, TypedArray } from "@spm/core";
import { checkOptions, elements, type OptionNames, ValueError } from "@spm/core/extend";
import { assertRank, halfBits } from "./dtypes.ts";
import { LONGEST, PREFIX } from "./header.ts";
import { PACKED, type PackedTensor, packBits, packedMetadata } from "./packed.ts";

const TYPES: Readonly<Record<DType, string>> = {
  float32: "F32",
  float64: "F64",
  int32: "I32",
  bool: "BOOL",
};
/** The data begins at a multiple of this, so that readers can map it. */
const ALIGNMENT = 8;

interface TensorPart {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: TypedArray | Uint16Array;
}

/** Smaller files. */
export interface CompactOptions {
  /** Tensors in few bits, by name. */
  readonly packed?: Readonly<Record<string, PackedTensor>>;
  /**
   * Whether float32 is stored as float16, the nearest number that it has, infinite beyond 65,504.
   * @defaultValue false
   */
  readonly half?: boolean;
}

export const compactOptions: OptionNames<CompactOptions> = { packed: true, half: "boolean" };

/**
 * The bytes of a safetensors file, the same for the same tensors and metadata.
 *
 * Tensors are in the order of their element sizes, largest first, and of their names, so that each
 * is aligned. Cost: one copy of all tensors; `writeSafetensors` of `@spm/trainer/node` needs none.
 *
 * @param tensors - by name, in CPU memory
 * @param metadata - text by name (default none)
 * @param options - what makes the file smaller; `unpackTensors` reads what is packed
 * @throws ValueError for a tensor named `__metadata__`, one of more than 32 axes, or names and
 * metadata of more than 100 MB, which nobody reads; BackendError for a tensor on a device
 * @example
 * ```ts
 * import { ones } from "@spm/core";
 * import { encodeSafetensors } from "@spm/trainer";
 * const bytes = encodeSafetensors({ weight: ones([2, 3]) }, { format: "pt" });
 * console.log(bytes.length % 8); // 0
 * ```
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
  options: CompactOptions = {},
): Uint8Array {
  checkOptions("encodeSafetensors", options, compactOptions);
  return joined(safetensorsPieces(tensors, metadata, options));
}

/** The bytes of {@link encodeSafetensors} in pieces: the header, then views of the tensors. */
export function safetensorsPieces(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
  { packed = {}, half = false }: CompactOptions = {},
): [header: Uint8Array, ...data: Uint8Array[]] {
  if (Object.hasOwn(tensors, "__metadata__"))
    throw new ValueError("safetensors", "tensors of any other name", '"__metadata__"');
  const parts = Object.entries(tensors).map(([name, tensor]) => partOf(name, tensor, half));
  for (const [name, { codes, scales, bits }] of Object.entries(packed)) {
    const bytes = packBits(codes, bits);
    const all = { name: `${name}.scales`, shape: [scales.length] };
    parts.push(
      { name: `${name}.codes`, type: "U8", shape: [bytes.length], data: bytes },
      half ? { ...all, ...halves(scales) } : { ...all, type: "F32", data: scales },
    );
  }
  parts.sort(
    (a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (a.name < b.name ? -1 : 1),
  );

  let end = 0;
  const entries = parts.map(({ name, type, shape, data }) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: type, shape, data_offsets: [begin, end] }] as const;
  });
  const isPacked = Object.keys(packed).length > 0;
  const all = isPacked ? { ...metadata, [PACKED]: packedMetadata(packed) } : metadata;
  const described = Object.keys(all).length > 0 ? [["__metadata__", all] as const] : [];
  const json = new TextEncoder().encode(
    JSON.stringify(Object.fromEntries<unknown>([...described, ...entries])),
  );
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  if (length > LONGEST)
    throw new ValueError(
      "safetensors",
      `at most ${LONGEST} bytes of names and metadata, which readers allow`,
      length,
      "write long texts into a file of their own",
    );

  const header = new Uint8Array(PREFIX + length).fill(0x20); // the format pads with spaces
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, PREFIX);
  return [
    header,
    ...parts.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ];
}

function partOf(name: string, tensor: Tensor, half: boolean): TensorPart {
  const { dtype, shape } = tensor;
  assertRank(name, shape);
  const data = elements(tensor.ndarray());
  const isHalf = half && dtype === "float32";
  return { name, shape, ...(isHalf ? halves(data) : { type: TYPES[dtype], data }) };
}

const halves = (data: ArrayLike<number>): Pick<TensorPart, "type" | "data"> => ({
  type: "F16",
  data: Uint16Array.from(data, halfBits),
});

/** One array of all pieces. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
