/**
 * @file Tensors in few bits: codes and scales in the file, and what they stand for in its metadata.
 * (docs/file-format.md, "Packed tensors".)
 */
import { reference, type Tensor } from "@spm/core";
import { allocate, elements, fromArray, sizeOf, wrap } from "@spm/core/extend";
import { SafetensorsError } from "./header.ts";
import type { Safetensors } from "./read.ts";
import { quote, show } from "./show.ts";

/** The name of the metadata. */
export const PACKED = "spm.packed";

/** A tensor whose element k is `scales[⌊k / group⌋] · levels[codes[k]]`. */
export interface PackedTensor {
  readonly shape: readonly number[];
  /** Bits of a code, 1 to 8. */
  readonly bits: number;
  /** Elements, row by row, that share a scale. */
  readonly group: number;
  /** 2^bits numbers. */
  readonly levels: readonly number[];
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
}

/** A packed tensor in the metadata. */
interface PackedEntry extends Pick<PackedTensor, "shape" | "bits" | "group"> {
  readonly dtype: string;
  readonly levels?: readonly number[];
}

/** The metadata of packed tensors. */
export function packedMetadata(packed: Readonly<Record<string, PackedTensor>>): string {
  const tensors = Object.entries(packed).map(([name, { shape, bits, group, levels }]) => {
    const usual = usualLevels(bits).every((level, code) => level === levels[code]);
    const entry = { dtype: "float32", shape, bits, group, ...(!usual && { levels }) };
    return [name, entry] as const;
  });
  return JSON.stringify({ schema: 1, tensors: Object.fromEntries(tensors) });
}

/** The levels of an entry that lists none: those of whole numbers in so many bits. */
const usualLevels = (bits: number): number[] =>
  Array.from({ length: 2 ** bits }, (_, code) => code - 2 ** (bits - 1));

/** Codes one after another, the first in the lowest bits of the first byte. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const bytes = new Uint8Array(bytesOf(codes.length, bits));
  for (const [k, code] of codes.entries()) {
    const [byte, bit] = [Math.floor((k * bits) / 8), (k * bits) % 8];
    bytes[byte] = (bytes[byte] ?? 0) | (code << bit);
    if (bit + bits > 8) bytes[byte + 1] = code >> (8 - bit);
  }
  return bytes;
}

const bytesOf = (codes: number, bits: number): number => Math.ceil((codes * bits) / 8);

/** The tensors of a file by name, each read when it is asked for. */
export interface StoredValues {
  readonly entries: readonly { readonly name: string }[];
  tensor(name: string): Tensor;
}

/**
 * A file's tensors with packed ones under their own names, as float32; others are as `tensor` of
 * the file gives them. For `loadStateDict`.
 *
 * Cost: the memory of what is unpacked; four bytes an element, whatever its bits.
 *
 * @throws SafetensorsError where the metadata and the tensors of packed ones do not fit
 * @example
 * ```ts
 * import { encodeSafetensors, parseSafetensors, unpackTensors } from "@spm/trainer";
 * const rows = { shape: [2, 4], bits: 2, group: 4, levels: [-1.5, -0.5, 0.5, 1.5] };
 * const codes = Uint8Array.of(0, 1, 2, 3, 3, 3, 0, 0);
 * const w = { ...rows, codes, scales: Float32Array.of(1, 2) };
 * const file = parseSafetensors(encodeSafetensors({}, {}, { packed: { w } }));
 * console.log(unpackTensors(file).tensor("w").toArray());
 * // [[-1.5, -0.5, 0.5, 1.5], [3, 3, -3, -3]]
 * ```
 */
export function unpackTensors(file: Safetensors): StoredValues {
  const text = file.metadata[PACKED];
  if (text === undefined) return file;
  const packed = parsed(text);
  const shapes = new Map(file.entries.map(({ name, shape, type }) => [name, { shape, type }]));
  const parts = new Set<string>();
  for (const [name, { shape, bits, group }] of packed) {
    const size = sizeOf(shape);
    const expected = { codes: bytesOf(size, bits), scales: Math.ceil(size / group) };
    for (const [part, length] of Object.entries(expected)) {
      const found = shapes.get(`${name}.${part}`);
      const types = part === "codes" ? ["U8"] : ["F32", "F16"];
      if (!types.includes(found?.type ?? "") || found?.shape.join() !== String(length))
        throw new SafetensorsError(
          `${length} ${part} of ${quote(name)}, ${types.join(" or ")}`,
          found === undefined ? "none" : `${found.type}[${found.shape}]`,
        );
      parts.add(`${name}.${part}`);
    }
    if (shapes.has(name)) throw new SafetensorsError(`${quote(name)} packed or not`, "both");
  }
  const others = file.entries.filter(({ name }) => !parts.has(name));
  return {
    entries: [...others, ...[...packed.keys()].map((name) => ({ name }))],
    tensor(name) {
      const entry = packed.get(name);
      return entry === undefined ? file.tensor(name) : unpack(file, name, entry);
    },
  };
}

function unpack(
  file: Safetensors,
  name: string,
  { shape, bits, group, levels = usualLevels(bits) }: PackedEntry,
): Tensor {
  const bytes = elements(file.tensor(`${name}.codes`).ndarray());
  const scales = elements(file.tensor(`${name}.scales`).ndarray());
  const values = allocate("float32", sizeOf(shape));
  const mask = 2 ** bits - 1;
  for (let k = 0; k < values.length; k++) {
    const [byte, bit] = [Math.floor((k * bits) / 8), (k * bits) % 8];
    const code = (((bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8)) >> bit) & mask;
    values[k] = (scales[Math.floor(k / group)] ?? 0) * (levels[code] ?? 0);
  }
  return fromArray(wrap(values, [...shape]), reference);
}

/** The metadata, checked. @throws SafetensorsError with the rule that it breaks */
function parsed(text: string): Map<string, PackedEntry> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SafetensorsError(`JSON as ${PACKED}`, show(text));
  }
  const { schema, tensors, ...more } = Object(json) as Record<string, unknown>;
  if (schema !== 1 || Object.keys(more).length > 0)
    throw new SafetensorsError(`${PACKED} of schema 1`, show(json));
  return new Map(
    Object.entries(Object(tensors) as Record<string, unknown>).map(([name, value]) => {
      const bad = Object.entries(fields).find(([key, fits]) => !fits(Object(value)[key], value));
      const unknown = Object.keys(Object(value)).find((key) => !(key in fields));
      if (bad !== undefined || unknown !== undefined)
        throw new SafetensorsError(
          `${Object.keys(fields).join(", ")} of packed ${quote(name)} in range`,
          `${bad?.[0] ?? unknown} ${show(Object(value)[bad?.[0] ?? unknown ?? ""])}`,
        );
      return [name, value as PackedEntry];
    }),
  );
}

const isCount = (value: unknown, least: number): boolean =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= least;

/** The fields of an entry, and whether a value is one. */
const fields: Readonly<Record<string, (value: unknown, entry: unknown) => boolean>> = {
  dtype: (value) => value === "float32",
  shape: (value) => Array.isArray(value) && value.every((size) => isCount(size, 0)),
  bits: (value) => isCount(value, 1) && Number(value) <= 8,
  group: (value) => isCount(value, 1),
  levels: (value, entry) =>
    value === undefined ||
    (Array.isArray(value) &&
      value.length === 2 ** Number(Object(entry).bits) &&
      value.every((level) => Number.isFinite(level))),
};
