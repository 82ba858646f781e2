/** @file A grey image. */
import { checkOptions, type OptionNames, ShapeError } from "@spm/core/extend";
import { svgPicture } from "../svg.ts";
import { grey } from "./colours.ts";
import { heatMap } from "./heat-map.ts";

/** Options of {@link imagePicture}. */
export interface ImagePicture {
  /** Its accessible name. */
  readonly title: string;
  /** Pixels a row. */
  readonly width: number;
  /** The intensities of black and of white. */
  readonly range: readonly [black: number, white: number];
}
const names: OptionNames<ImagePicture> = { title: true, width: true, range: true };

/**
 * An image as an SVG of cells in 16 shades of grey, one user unit each.
 *
 * @param pixels - intensities, row by row, [height · width]
 * @returns an SVG that fills its box
 * @throws ShapeError unless the rows are whole; OptionError for an unknown option
 * @example
 * ```ts
 * import { imagePicture } from "@spm/report/draw";
 * const svg = imagePicture([0, 1, 1, 0], { title: "a diagonal", width: 2, range: [0, 1] });
 * ```
 */
export function imagePicture(pixels: ArrayLike<number>, options: ImagePicture): string {
  checkOptions("imagePicture", options, names);
  const { title, width, range } = options;
  const height = pixels.length / width;
  if (!(Number.isSafeInteger(width) && width >= 1 && Number.isSafeInteger(height) && height >= 1))
    throw new ShapeError("imagePicture", `whole rows of ${width} pixels`, pixels.length);
  const all = Array.from(pixels);
  const rows = Array.from({ length: height }, (_, r) => all.slice(r * width, (r + 1) * width));
  const scale = { colours: grey, low: range[0], high: range[1] };
  const cells = heatMap(rows, scale, { x: 0, y: 0, width: 1, height: 1 });
  return svgPicture(title, { width, height }, {}, [cells]);
}
