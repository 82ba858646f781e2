/** @file Images side by side, a row for each flow, as an SVG that holds PNGs. */
import { crc32, deflateSync } from "node:zlib";
import { svgElement, svgPicture, svgText } from "@spm/report/draw";

/** A row of images. */
export interface ImageRow {
  readonly name: string;
  /** [count, channels, height, width], one or three channels, row-major. */
  readonly pixels: Uint8Array;
}

const [LEFT, TOP, GAP, SCALE] = [150, 8, 6, 2];

/** One picture of `count` images next to each other, a pixel between them. */
function strip(pixels: Uint8Array, [channels, height, width]: Shape): Strip {
  const count = pixels.length / (channels * height * width);
  const wide = count * (width + 1) - 1;
  const rows = new Uint8Array(height * (1 + 3 * wide)).fill(255);
  for (let y = 0; y < height; y++) {
    const row = y * (1 + 3 * wide);
    rows[row] = 0; // the filter of a row: none
    for (let image = 0; image < count; image++)
      for (let x = 0; x < width; x++)
        for (let colour = 0; colour < 3; colour++) {
          const channel = image * channels + Math.min(colour, channels - 1);
          const to = row + 1 + 3 * (image * (width + 1) + x) + colour;
          rows[to] = pixels[(channel * height + y) * width + x] ?? 0;
        }
  }
  return { png: png(wide, height, rows), width: wide, height };
}

type Shape = readonly [channels: number, height: number, width: number];

interface Strip {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
}

/** A PNG of 8-bit colours, from rows with a filter byte before each. */
export function png(width: number, height: number, rows: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // bits, colours, and the only ways to pack, filter, interlace
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Length, name, data, checksum. */
function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** The rows under each other, each with its name. */
export function sheet(title: string, shape: Shape, rows: readonly ImageRow[]): string {
  const strips = rows.map(({ pixels }) => strip(pixels, shape));
  const tall = SCALE * shape[1];
  const size = {
    width: LEFT + SCALE * Math.max(...strips.map(({ width }) => width)) + GAP,
    height: TOP + rows.length * (tall + GAP),
  };
  const parts = strips.flatMap(({ png: bytes, width }, k) => {
    const y = TOP + k * (tall + GAP);
    return [
      svgText(LEFT - 8, y + tall / 2 + 4, rows[k]?.name ?? "", { "text-anchor": "end" }),
      svgElement("image", {
        x: LEFT,
        y,
        width: SCALE * width,
        height: tall,
        style: "image-rendering: pixelated",
        href: `data:image/png;base64,${bytes.toString("base64")}`,
      }),
    ];
  });
  return svgPicture(title, size, { "font-size": 12, fill: "#0f172a" }, [
    svgElement("rect", { ...size, fill: "#ffffff" }),
    ...parts,
  ]);
}
