/** @file The text of a file in pieces of whole records. */
import { DataError } from "../errors.ts";
import type { ReadProgress } from "./rows.ts";

/** The bytes of a file, a stream of them such as a browser's `file.stream()`, or a text. */
export type ByteStream = AsyncIterable<Uint8Array> | Uint8Array | string;

/** Options of all readers of text. */
export interface ReadTextOptions {
  /**
   * The name of the source in messages.
   * @defaultValue "text"
   */
  readonly name?: string;
  /**
   * The encoding of the bytes, as TextDecoder names it; a byte order mark goes before it.
   * @defaultValue "utf-8"
   */
  readonly encoding?: string;
  /** The bytes of the source, where they are known, for progress. */
  readonly size?: number;
}

/** Pieces of text, and how far they are read. */
export interface TextPieces {
  readonly pieces: AsyncGenerator<string, void>;
  readonly progress: () => ReadProgress;
}

/**
 * The text in pieces that end with a line, of which none ends within quotes; lines end with "\n".
 *
 * @param quotes - whether a newline between double quotes belongs to a cell
 * @throws DataError for bytes that are not a text of the encoding
 */
export function textPieces(
  op: string,
  source: ByteStream,
  { name = "text", encoding = "utf-8", size }: ReadTextOptions,
  quotes: boolean,
): TextPieces {
  let bytes = 0;
  const texts = async function* (): AsyncGenerator<string, void> {
    if (typeof source === "string") return yield source.replace(/^\ufeff/, "");
    let decoder: Decoder | undefined;
    const decode = (chunk?: Uint8Array): string => {
      try {
        return decoder?.decode(chunk, { stream: chunk !== undefined }) ?? "";
      } catch {
        const help = "name its encoding, such as latin1, or save it as UTF-8";
        throw new DataError(op, `a text in ${encoding}`, `other bytes in ${name}`, help);
      }
    };
    for await (const chunk of source instanceof Uint8Array ? [source] : source) {
      decoder ??= decoderOf(op, chunk, name, encoding);
      bytes += chunk.length;
      yield decode(chunk);
    }
    yield decode();
  };
  return { pieces: wholeRecords(texts(), quotes), progress: () => ({ bytes, total: size }) };
}

type Decoder = InstanceType<typeof TextDecoder>;

/** The decoder that the byte order mark asks for, or the encoding. */
function decoderOf(op: string, start: Uint8Array, name: string, encoding: string): Decoder {
  const [a, b] = start;
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le", { fatal: true });
  if (a === 0xfe && b === 0xff) return new TextDecoder("utf-16be", { fatal: true });
  if (start.subarray(0, 1024).includes(0)) {
    const help = "a spreadsheet is saved as CSV by its program";
    throw new DataError(op, "a text", `${name} with bytes that no text has`, help);
  }
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new DataError(op, "an encoding that there is, such as utf-8 or latin1", encoding);
  }
}

async function* wholeRecords(
  texts: AsyncIterable<string>,
  quotes: boolean,
): AsyncGenerator<string, void> {
  let rest = "";
  let held = ""; // a return whose newline may be to come
  let [scanned, quoted, end] = [0, false, 0];
  for await (const text of texts) {
    const whole = held + text;
    held = whole.endsWith("\r") ? "\r" : "";
    rest += whole.slice(0, whole.length - held.length).replaceAll("\r\n", "\n");
    for (; scanned < rest.length; scanned++) {
      const code = rest.charCodeAt(scanned);
      if (code === 34 && quotes) quoted = !quoted;
      if (code === 10 && !quoted) end = scanned + 1;
    }
    if (end === 0) continue;
    yield rest.slice(0, end);
    rest = rest.slice(end);
    [scanned, end] = [rest.length, 0];
  }
  // a text of lines that end with returns alone, as old ones of the Mac
  const last = rest.includes("\n") ? rest : rest.replaceAll("\r", "\n");
  if (last !== "") yield last;
}
