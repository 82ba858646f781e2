/** @file The header of a safetensors file, checked against every rule of the format. */

import { SpmError } from "@spm/core";
import { countKeys, duplicateKey } from "../json-scan.ts";
import { elementTypes } from "./dtypes.ts";
import { quote, show } from "./show.ts";

/** Bytes before the header: its length, a 64-bit little-endian integer. */
export const PREFIX = 8;
/** The longest header, as in the format's own reader. */
export const LONGEST = 100_000_000;

/** Bytes that are read in pieces: those of a file, or of memory. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `begin` to before `end`, not to be written. */
  read(begin: number, end: number): Uint8Array;
}

/** The name, type, shape and position of a tensor. */
export interface HeaderEntry {
  readonly name: string;
  /** The name of its element type, such as F32; maybe one that can't be read here. */
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
export function parseHeader(file: ByteSource): Header {
  assertKind(file);
  const prefix = file.read(0, PREFIX);
  const announced = new DataView(prefix.buffer, prefix.byteOffset, PREFIX).getBigUint64(0, true);
  const most = Math.min(LONGEST, file.size - PREFIX);
  if (announced > BigInt(most))
    throw new SafetensorsError(`a whole file, whose header has at most ${most} bytes`, announced);
  const dataStart = PREFIX + Number(announced);
  const text = textOf(file.read(PREFIX, dataStart));
  const json = record(parseJson(text), () => "an object as header");

  const entries: HeaderEntry[] = [];
  for (const name of Object.keys(json))
    if (name !== "__metadata__") entries.push(parseEntry(name, json[name]));
  const metadata = parseMetadata(json.__metadata__);
  // A header whose keys are all there once has its names, three keys a tensor, and metadata.
  const keys = Object.keys(json).length + 3 * entries.length + Object.keys(metadata).length;
  if (countKeys(text) !== keys)
    throw new SafetensorsError("every key once", `${quote(duplicateKey(text) ?? "a key")} twice`);
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
  const available = file.size - dataStart;
  if (filled !== available)
    throw new SafetensorsError(`${filled} bytes of data, as the header says`, available);
  return { entries, metadata, dataStart };
}

/** The first bytes of a file that an error shows. */
const SHOWN = 16;

/** @throws SafetensorsError for bytes that don't begin as a file of this format does */
function assertKind(file: ByteSource): void {
  const start = file.read(0, Math.min(file.size, SHOWN));
  if (start[PREFIX] === 0x7b) return;
  const text = new TextDecoder("latin1").decode(start);
  throw new SafetensorsError(
    `a safetensors file, with a header that begins with { after ${PREFIX} bytes`,
    file.size === 0 ? "no byte" : `a file that begins with ${quote(text)}`,
  );
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).trimEnd();
  } catch (error) {
    throw new SafetensorsError("a header of JSON", (error as Error).message);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SafetensorsError("a header of JSON", (error as Error).message);
  }
}

function parseEntry(name: string, value: unknown): HeaderEntry {
  const entry = record(value, () => `an object for ${quote(name)}`);
  const { dtype, shape, data_offsets: offsets } = entry;
  for (const key of Object.keys(entry))
    if (key !== "dtype" && key !== "shape" && key !== "data_offsets")
      throw new SafetensorsError(`dtype, shape, data_offsets for ${quote(name)}`, quote(key));
  if (typeof dtype !== "string")
    throw new SafetensorsError(`a name as dtype of ${quote(name)}`, show(dtype));
  if (!isCounts(shape))
    throw new SafetensorsError(`whole sizes ≥ 0 as shape of ${quote(name)}`, show(shape));
  if (!isCounts(offsets) || offsets.length !== 2)
    throw new SafetensorsError(`two whole data_offsets for ${quote(name)}`, show(offsets));
  const [begin, end] = offsets as [number, number];
  const type = elementTypes.get(dtype);
  // The size of another framework's type isn't known here; its neighbours tell where it ends.
  let bytes = type?.bytes ?? Number.NaN;
  for (const size of shape) bytes *= size;
  if (type === undefined ? end < begin : end - begin !== bytes)
    throw new SafetensorsError(
      `${type === undefined ? "0 or more" : bytes} bytes for ${quote(name)}`,
      `${end - begin} (${begin} to ${end})`,
    );
  return { name, type: dtype, shape, begin, end };
}

/** The format's own reader takes null for none. */
function parseMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined || metadata === null) return {};
  const entries = record(metadata, () => "an object as __metadata__");
  for (const [key, value] of Object.entries(entries))
    if (typeof value !== "string")
      throw new SafetensorsError(`a string as metadata ${quote(key)}`, show(value));
  return entries as Record<string, string>;
}

function record(value: unknown, what: () => string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new SafetensorsError(what(), show(value));
}

function isCounts(value: unknown): value is number[] {
  if (!Array.isArray(value)) return false;
  for (const size of value) if (!Number.isSafeInteger(size) || size < 0) return false;
  return true;
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

  readonly #expected: string;
  readonly #got: unknown;

  /** @param expected - the rule of the format; `got` - the content of the file */
  constructor(expected: string, got: unknown) {
    super("safetensors", expected, got);
    this.#expected = expected;
    this.#got = got;
  }

  /** The same error, which names the file. */
  of(path: string): SafetensorsError {
    if (this.message.includes(path)) return this;
    return new SafetensorsError(this.#expected, `${this.#got} in ${path}`);
  }
}
