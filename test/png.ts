/** @file Small pictures for tests, written by the format's definition and not by a library. */
import { crc32, deflateSync } from "node:zlib";

/** A grey picture of 2 × 1 pixels, as PNG. */
export function png(...pixels: [number, number]): Buffer {
  const chunk = (type: string, ...data: number[]): Buffer => {
    const body = Buffer.from([...Buffer.from(type), ...data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = chunk("IHDR", 0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 0);
  const content = chunk("IDAT", ...deflateSync(Buffer.from([0, ...pixels])));
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), head, content, chunk("IEND")]);
}
