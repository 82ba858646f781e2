/** @file A PNG or JPEG file as pixels. */
import { convertIndexedToRgb, type DecodedPng, decode as decodePng } from "fast-png";
import jpeg from "jpeg-js";
import { DataError } from "../errors.ts";

/** An image of red, green and blue. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** Intensities in [0, 255], [height, width, 3]. */
  readonly pixels: Uint8Array;
}

const WHITE = 255;
const HELP =
  "save it anew as PNG or JPEG in an image program; or leave such out: badRows skip, " +
  "--bad-rows skip";

/**
 * Decodes a PNG (any depth, palettes and grey too) or a JPEG (baseline or progressive). What is
 * transparent stands on white.
 *
 * @param bytes - the whole file
 * @param name - in messages (default: "bytes")
 * @throws DataError for another format, and for a damaged file
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeImage } from "@spm/data/table";
 * const { width, height } = decodeImage(await readFile("cat.png"), "cat.png");
 * ```
 */
export function decodeImage(bytes: Uint8Array, name = "bytes"): RgbImage {
  try {
    if (bytes[0] === 0x89 && bytes[1] === 0x50) return ofPng(decodePng(bytes));
    if (bytes[0] === 0xff && bytes[1] === 0xd8) {
      const { width, height, data } = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false });
      return { width, height, pixels: data };
    }
  } catch (error) {
    const got = (error as Error).message;
    throw new DataError("decodeImage", `a whole image in ${name}`, got, HELP);
  }
  throw new DataError("decodeImage", "a PNG or JPEG", `other bytes in ${name}`, HELP);
}

function ofPng(png: DecodedPng): RgbImage {
  const { width, height, palette } = png;
  const data = palette === undefined ? bytesOf(png) : convertIndexedToRgb(png);
  const channels = data.length / (width * height);
  const grey = channels < 3;
  const pixels = new Uint8Array(width * height * 3);
  for (let k = 0; k < width * height; k++) {
    const from = k * channels;
    const alpha = channels % 2 === 0 ? (data[from + channels - 1] ?? 255) / 255 : 1;
    for (let c = 0; c < 3; c++) {
      const value = data[from + (grey ? 0 : c)] ?? 0;
      pixels[k * 3 + c] = Math.round(alpha * value + (1 - alpha) * WHITE);
    }
  }
  return { width, height, pixels };
}

/** Intensities as bytes: of 16 bits the upper ones, of fewer than 8 scaled to 255. */
function bytesOf({ width, height, data, depth, channels }: DecodedPng): Uint8Array {
  if (depth === 16) return Uint8Array.from(data, (value) => value >> 8);
  if (depth === 8) return Uint8Array.from(data);
  const rowBytes = Math.ceil((width * channels * depth) / 8);
  const largest = 2 ** depth - 1;
  return Uint8Array.from({ length: width * height * channels }, (_, k) => {
    const [row, place] = [Math.floor(k / (width * channels)), (k % (width * channels)) * depth];
    const byte = data[row * rowBytes + (place >> 3)] ?? 0;
    return (((byte >> (8 - depth - (place & 7))) & largest) * 255) / largest;
  });
}

/**
 * An image scaled to another size: each pixel is the mean of the area that it covers.
 *
 * @returns [height, width, 3]. Cost O(pixels of both)
 * @example
 * ```ts
 * import { resizeImage } from "@spm/data/table";
 * const two = { width: 2, height: 1, pixels: Uint8Array.of(0, 0, 0, 100, 100, 100) };
 * console.log(resizeImage(two, 1, 1).pixels); // [50, 50, 50]
 * ```
 */
export function resizeImage(image: RgbImage, width: number, height: number): RgbImage {
  if (image.width === width && image.height === height) return image;
  const across = shares(image.width, width);
  const down = shares(image.height, height);
  const pixels = new Uint8Array(width * height * 3);
  for (const [y, rows] of down.entries())
    for (const [x, columns] of across.entries())
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (const [row, part] of rows)
          for (const [column, share] of columns)
            sum += part * share * image.pixels[(row * image.width + column) * 3 + c]!;
        pixels[(y * width + x) * 3 + c] = Math.round(sum);
      }
  return { width, height, pixels };
}

/** For each place of the new size, the old ones that it covers and their shares, which sum to 1. */
function shares(from: number, to: number): (readonly [place: number, share: number])[][] {
  const step = from / to;
  return Array.from({ length: to }, (_, k) => {
    const [low, high] = [k * step, (k + 1) * step];
    const first = Math.floor(low);
    const count = Math.min(Math.ceil(high - 1e-9), from) - first;
    return Array.from({ length: count }, (_, i) => {
      const at = first + i;
      return [at, (Math.min(high, at + 1) - Math.max(low, at)) / step] as const;
    });
  });
}
