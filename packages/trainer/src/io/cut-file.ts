/** @file Cuts a file that is being written, and keeps what is cut off. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from "node:fs";

/** Whether an open file is the one that a path leads to. */
export function isAt(path: string, file: number): boolean {
  return existsSync(path) && statSync(path).ino === fstatSync(file).ino;
}

/** The bytes of a file from `begin` to before `end`. */
function tailOf(path: string, begin: number, end: number): Buffer {
  const tail = Buffer.alloc(end - begin);
  const file = openSync(path, "r");
  try {
    for (let at = 0, read = 1; at < tail.length && read > 0; at += read)
      read = readSync(file, tail, at, tail.length - at, begin + at);
  } finally {
    closeSync(file);
  }
  return tail;
}

/** Cuts an open file; returns what there is to say about it. */
export function cut(path: string, file: number, offset: number): string[] {
  const { size } = fstatSync(file);
  if (size < offset) {
    ftruncateSync(file, readFileSync(path).lastIndexOf("\n") + 1);
    return [
      `${path} lacks ${offset - size} of the ${offset} bytes that it had: it goes on from here`,
    ];
  }
  const rest = tailOf(path, offset, size);
  if (rest.length > 0) appendFileSync(`${path}.cut`, rest, { flush: true });
  ftruncateSync(file, offset);
  const lines = rest.toString("latin1").split("\n").length - 1;
  return lines === 0
    ? []
    : [
        `${lines} line${lines === 1 ? "" : "s"} after the checkpoint ` +
          `went from ${path} to ${path}.cut`,
      ];
}
