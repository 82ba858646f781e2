/** @file The header of a safetensors file, checked against every rule of the format. */

import { SpmError } from "@spm/core";
import { elementTypes } from "./dtypes.ts";

/** Bytes before the header: its length, a 64-bit little-endian integer. */
export const PREFIX = 8;
/** The longest header, as in the format's own reader. */
const LONGEST = 100_000_000;
/** The highest rank that is read; more axes are an accident or an attack. */
const HIGHEST_RANK = 32;

/** The name, type, shape and position of a tensor. */
export interface HeaderEntry {
  readonly name: string;
  /** The name of its element type, a key of `elementTypes`. */
  readonly type: string;
  readonly shape: readonly number[];
  /** First byte, and the one after the last, from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** A header. */
export interface Header {
  /** The tensors, in the order of their bytes. */
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** The position of the data in the file. */
  readonly dataStart: number;
}

/**
 * Reads and checks a header. The tensors must fill the data without a gap and without an overlap.
 *
 * @throws SafetensorsError with the rule that the file breaks
 */
export function parseHeader(file: Uint8Array): Header {
  if (file.length < PREFIX) throw new SafetensorsError(`at least ${PREFIX} bytes`, file.length);
  const announced = new DataView(file.buffer, file.byteOffset, PREFIX).getBigUint64(0, true);
  const most = Math.min(LONGEST, file.length - PREFIX);
  if (announced > BigInt(most))
    throw new SafetensorsError(`a header of at most ${most} bytes`, announced);
  const dataStart = PREFIX + Number(announced);
  const json = parseJson(file.subarray(PREFIX, dataStart));

  const { __metadata__: metadata, ...tensors } = record(json, "an object as header");
  const entries = Object.entries(tensors).map(([name, value]) => parseEntry(name, value));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let filled = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== filled)
      throw new SafetensorsError(
        `${quote(name)} to begin at ${filled}, where the last ends`,
        begin,
      );
    filled = end;
  }
  const available = file.length - dataStart;
  if (filled !== available)
    throw new SafetensorsError(`${filled} bytes of data, as the header says`, available);
  return { entries, metadata: parseMetadata(metadata), dataStart };
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes[0] !== 0x7b)
    throw new SafetensorsError("a header that begins with {", bytes[0] ?? "none");
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const json: unknown = JSON.parse(text);
    const twice = duplicateKey(text);
    if (twice === undefined) return json;
    throw new SafetensorsError("every key once", `${quote(twice)} twice`);
  } catch (error) {
    if (error instanceof SafetensorsError) throw error;
    throw new SafetensorsError("a header of JSON", (error as Error).message);
  }
}

function parseEntry(name: string, value: unknown): HeaderEntry {
  const {
    dtype,
    shape,
    data_offsets: offsets,
    ...rest
  } = record(value, `an object for ${quote(name)}`);
  const [extra] = Object.keys(rest);
  if (extra !== undefined)
    throw new SafetensorsError(`dtype, shape, data_offsets for ${quote(name)}`, quote(extra));
  const type = typeof dtype === "string" ? elementTypes.get(dtype) : undefined;
  if (type === undefined)
    throw new SafetensorsError(
      `a dtype among ${[...elementTypes.keys()].join(", ")} for ${quote(name)}`,
      show(dtype),
    );
  if (!isCounts(shape))
    throw new SafetensorsError(`whole sizes ≥ 0 as shape of ${quote(name)}`, show(shape));
  if (shape.length > HIGHEST_RANK)
    throw new SafetensorsError(`at most ${HIGHEST_RANK} axes`, show(shape));
  if (!isCounts(offsets) || offsets.length !== 2)
    throw new SafetensorsError(`two whole data_offsets for ${quote(name)}`, show(offsets));
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product, size) => product * size, type.bytes);
  if (end - begin !== bytes)
    throw new SafetensorsError(
      `${bytes} bytes for ${quote(name)}`,
      `${end - begin} (${begin} to ${end})`,
    );
  return { name, type: dtype as string, shape, begin, end };
}

function parseMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  const entries = record(metadata, "an object as __metadata__");
  for (const [key, value] of Object.entries(entries))
    if (typeof value !== "string")
      throw new SafetensorsError(`a string as metadata ${quote(key)}`, show(value));
  return entries as Record<string, string>;
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new SafetensorsError(what, show(value));
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

const quote = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** A short text for a message, whatever the value is. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "string"
    ? quote(value)
    : typeof value === "object"
      ? "an object"
      : String(value);
}

/**
 * The first key that an object of a JSON text has twice, at any depth.
 *
 * @param text - valid JSON. Cost O(length), no recursion.
 */
function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | null)[] = []; // the keys of each open object, null for an array
  for (const [token, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

/**
 * Bytes that break the safetensors format: a cut or damaged file, or a file of another format.
 *
 * @example
 * ```ts
 * import { parseSafetensors, SafetensorsError } from "@spm/trainer";
 * try {
 *   parseSafetensors(new Uint8Array(3));
 * } catch (error) {
 *   console.log(error instanceof SafetensorsError); // true
 * }
 * ```
 */
export class SafetensorsError extends SpmError {
  override readonly name = "SafetensorsError";

  /** @param expected - the rule of the format; `got` - the content of the file */
  constructor(expected: string, got: unknown) {
    super("safetensors", expected, got);
  }
}
