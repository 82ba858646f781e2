/** @file Folders of images, one for each class. Needs Node. */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import { DataError } from "../errors.ts";
import type { LabelledImages } from "../labelled-images.ts";
import type { BadRow } from "../table/table.ts";
import { decodeImage, type RgbImage, resizeImage } from "./decode-image.ts";

/** Options of {@link readImages} and {@link imageFolder}. */
export interface ImageOptions {
  /**
   * Pixels a side to which all images are scaled.
   * @defaultValue none: all have to be of one size
   */
  readonly size?: number;
  /**
   * Numbers a pixel: 1 (grey) or 3 (red, green, blue).
   * @defaultValue 1 where all images are grey, else 3
   */
  readonly channels?: number;
  /**
   * The reaction to an image that can't be read: end with an error that names the file, or leave it
   * out and count it.
   * @defaultValue `"error"`
   */
  readonly badRows?: "error" | "skip";
  /** Called after each image. */
  readonly onProgress?: (images: number, total: number) => void;
}

/** Images of one size, in memory. */
export interface Images {
  /** Intensities in [0, 255], [images, channels, height, width]. */
  readonly pixels: Uint8Array;
  /** The path of each. */
  readonly files: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Of the images, how many had another size. */
  readonly scaled: number;
  /** The files that were left out: how many, and the first of them, counted from 1. */
  readonly skipped: { readonly count: number; readonly first: readonly BadRow[] };
}

const names: OptionNames<ImageOptions> = {
  size: true,
  channels: true,
  badRows: true,
  onProgress: true,
};
const NAMED = 5;
const MOST_CLASSES = 256;
const LUMINANCE = [0.299, 0.587, 0.114];

/**
 * Reads images of one size, or scaled to one.
 *
 * @throws DataError naming the file for an image that can't be read or has another size; for no
 * image; ValueError, OptionError for options
 * @example
 * ```ts
 * import { readImages } from "@spm/data/files";
 * const { pixels, width, height } = await readImages(["cat.png", "dog.png"], { size: 32 });
 * ```
 */
export async function readImages(
  files: readonly string[],
  options: ImageOptions = {},
): Promise<Images> {
  checkOptions("readImages", options, names);
  const { size, badRows = "error", onProgress } = options;
  if (size !== undefined && !(Number.isInteger(size) && size >= 1))
    throw new ValueError("readImages", "a whole size ≥ 1", size);
  if (badRows !== "error" && badRows !== "skip")
    throw new ValueError("readImages", "badRows among error, skip", badRows);
  const images: { readonly file: string; readonly image: RgbImage }[] = [];
  let scaled = 0;
  const skipped = { count: 0, first: [] as BadRow[] };
  for (const [k, file] of files.entries()) {
    try {
      const image = decodeImage(await readFile(file), file);
      assertSize(size === undefined ? image : undefined, file, images[0]);
      const fitted = size === undefined ? image : resizeImage(image, size, size);
      if (fitted !== image) scaled++;
      images.push({ file, image: fitted });
    } catch (error) {
      if (!(error instanceof DataError) || badRows === "error") throw error;
      skipped.count++;
      if (skipped.first.length < NAMED)
        skipped.first.push({ line: k + 1, problem: error.message.split("\n", 1)[0] ?? "" });
    }
    onProgress?.(k + 1, files.length);
  }
  const [first] = images;
  if (first === undefined)
    throw new DataError("readImages", "at least one PNG or JPEG", `${skipped.count} bad files`);
  const { width, height } = first.image;
  const { channels = images.every(({ image }) => isGrey(image)) ? 1 : 3 } = options;
  const pixels = new Uint8Array(images.length * channels * width * height);
  for (const [k, { image }] of images.entries())
    pixels.set(planes(image, channels), k * channels * width * height);
  const read = images.map(({ file }) => file);
  return { pixels, files: read, width, height, channels, scaled, skipped };
}

function assertSize(
  image: RgbImage | undefined,
  file: string,
  first: { readonly file: string; readonly image: RgbImage } | undefined,
): void {
  if (image === undefined || first === undefined) return;
  const { width, height } = first.image;
  if (image.width === width && image.height === height) return;
  throw new DataError(
    "readImages",
    `${width} × ${height} pixels, as in ${first.file}`,
    `${image.width} × ${image.height} in ${file}`,
    "scale them all: size 32, --image-size 32",
  );
}

function isGrey({ pixels }: RgbImage): boolean {
  for (let k = 0; k < pixels.length; k += 3)
    if (pixels[k] !== pixels[k + 1] || pixels[k] !== pixels[k + 2]) return false;
  return true;
}

/** The intensities channel by channel. */
function planes({ pixels }: RgbImage, channels: number): Uint8Array {
  const area = pixels.length / 3;
  const out = new Uint8Array(channels * area);
  for (let k = 0; k < area; k++) {
    if (channels === 3) for (let c = 0; c < 3; c++) out[c * area + k] = pixels[3 * k + c]!;
    else
      out[k] = Math.round(LUMINANCE.reduce((sum, share, c) => sum + share * pixels[3 * k + c]!, 0));
  }
  return out;
}

/**
 * The PNG and JPEG files in a folder and in those below it, in the order of their paths.
 *
 * @example
 * ```ts
 * import { imageFiles } from "@spm/data/files";
 * console.log(await imageFiles("pets")); // [ "pets/cat/1.png", "pets/dog/1.png" ]
 * ```
 */
export async function imageFiles(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && /^[^.].*\.(png|jpe?g)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Reads a folder whose folders are classes: the images below each are of the class that has its
 * name.
 *
 * @returns the images, their classes in the order of their names, and the class of each
 * @throws DataError for fewer than two folders with images, more than 256; as {@link readImages}
 * @example
 * ```ts
 * import { imageFolder } from "@spm/data/files";
 * const { images, classes } = await imageFolder("pets", { size: 32 }); // pets/cat, pets/dog
 * ```
 */
export async function imageFolder(
  folder: string,
  options: ImageOptions = {},
): Promise<Images & { readonly images: LabelledImages; readonly classes: readonly string[] }> {
  if (!(await stat(folder)).isDirectory())
    throw new DataError("imageFolder", "a folder", `the file ${folder}`);
  const classOf = (file: string): string => {
    const parts = relative(folder, file).split(sep);
    return parts.length > 1 ? (parts[0] ?? "") : "";
  };
  const listed = await imageFiles(folder);
  const classes = [...new Set(listed.map(classOf))].filter((name) => name !== "").sort();
  if (classes.length < 2 || classes.length > MOST_CLASSES)
    throw new DataError(
      "imageFolder",
      `2 to ${MOST_CLASSES} folders with PNG or JPEG in ${folder}, one a class`,
      classes.length === 0 ? "none" : `${classes.length}: ${classes.slice(0, 3).join(", ")}`,
    );
  const read = await readImages(
    listed.filter((file) => classOf(file) !== ""),
    options,
  );
  const { pixels, files, width, height, channels } = read;
  const labels = Uint8Array.from(files, (file) => classes.indexOf(classOf(file)));
  const there = new Set(labels);
  const without = classes.find((_, k) => !there.has(k));
  if (without !== undefined)
    throw new DataError("imageFolder", `images in ${basename(folder)}/${without}`, "bad ones only");
  const features = channels * width * height;
  const images = { pixels, labels, count: files.length, features, classes: classes.length };
  return { ...read, images, classes };
}
