/** @file Bytes in pieces, for files of any size: a call of the system takes less than 2 GiB. */
import { writeSync } from "node:fs";

/** The most bytes of one call of the system. */
const MOST = 2 ** 30;
/** Pieces up to this size are written together. */
const BLOCK = 2 ** 20;

/** An array in parts that a call takes. */
export function* parts(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += MOST) yield bytes.subarray(at, at + MOST);
}

/** The same bytes in blocks, small pieces together. A block is valid until the next one. */
export function* blocks(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  const block = new Uint8Array(BLOCK);
  let filled = 0;
  for (const piece of pieces) {
    if (filled + piece.length > BLOCK) {
      yield block.subarray(0, filled);
      filled = 0;
    }
    if (piece.length > BLOCK) yield* parts(piece);
    else {
      block.set(piece, filled);
      filled += piece.length;
    }
  }
  yield block.subarray(0, filled);
}

/** Writes all of `bytes`, however few a call takes. @throws Node's error */
export function writeWhole(file: number, bytes: Uint8Array): void {
  for (const part of parts(bytes))
    for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
}
