/** @file A folder of images of one's own by name: a folder in it for each class. */
import { checkOptions } from "@spm/core/extend";
import { imageDataset } from "../dataset.ts";
import { DataError } from "../errors.ts";
import { imageFolder } from "../images/image-folder.ts";
import { pixelStatistics } from "../labelled-images.ts";
import { select, splitIndices } from "../split.ts";
import type { DatasetEntry, ImageEncoding } from "./entry.ts";
import { ownData } from "./table.ts";

/** Options of {@link images}. */
interface ImageFolderOptions {
  readonly folder: string;
  readonly imageSize?: number;
  readonly badRows?: "error" | "skip";
  readonly testShare?: number;
  readonly splitSeed?: number;
}

/** Images of one's own: a part of them, which a seed chooses, is test data. */
export const images: DatasetEntry<ImageFolderOptions> = {
  description: "a folder of yours with a folder of PNG or JPEG for each class",
  options: {
    folder: { description: "the folder", type: "string" },
    imageSize: {
      description: "pixels a side to which images are scaled (default: all are of one size)",
      type: "integer",
      minimum: 1,
      maximum: 4096,
    },
    ...ownData,
  },
  required: ["folder"],
  load: async (options, context = {}) => {
    checkOptions("images", options, images.options);
    const { folder, imageSize, badRows, testShare = 0.2, splitSeed = 1 } = options;
    const saved = context.encoding?.kind === "images" ? context.encoding : undefined;
    const { onProgress, tell } = context;
    const read = await imageFolder(folder, {
      ...(imageSize !== undefined && { size: imageSize }),
      ...(badRows !== undefined && { badRows }),
      ...(saved && { channels: saved.channels }),
      ...(onProgress && { onProgress: (rows, total) => onProgress({ rows, bytes: rows, total }) }),
    });
    const { width, height, channels, classes, skipped } = read;
    if (saved !== undefined && classes.join("\n") !== saved.classes.join("\n"))
      throw new DataError("images", `the folders ${saved.classes.join(", ")}`, classes.join(", "));
    const parts = splitIndices(read.images.count, { seed: splitSeed, testShare });
    const statistics = saved ?? pixelStatistics(pixelsOf(read.images, parts.train));
    const { mean, std } = statistics;
    const encoding: ImageEncoding = { kind: "images", classes, width, height, channels, mean, std };
    if (saved === undefined) {
      const form = `${width} × ${height} × ${channels}`;
      tell?.(`${folder}: ${read.images.count} images of ${form}, ${classes.length} classes`);
      for (const { problem } of skipped.first) tell?.(`bad image: ${problem}`);
      if (skipped.count > 0) tell?.(`bad images: ${skipped.count} left out`);
    }
    const all = imageDataset(read.images, statistics);
    const rowIn = (part: Int32Array) => (i: number) => ({ file: read.files[part[i] ?? -1] ?? "" });
    return {
      train: select(all, parts.train),
      test: select(all, parts.test),
      features: read.images.features,
      classes: classes.length,
      imageWidth: width,
      encoding,
      rows: { train: rowIn(parts.train), test: rowIn(parts.test) },
    };
  },
};

/** The pixels of some images, one after the other. */
function pixelsOf(
  { pixels, features }: { readonly pixels: Uint8Array; readonly features: number },
  indices: Int32Array,
): Uint8Array {
  const out = new Uint8Array(indices.length * features);
  for (const [k, i] of indices.entries())
    out.set(pixels.subarray(i * features, (i + 1) * features), k * features);
  return out;
}
