/** @file A matrix as a picture. */
import type { Tensor } from "@spm/core";
import { elements, ShapeError, showShape } from "@spm/core/extend";
import { px, svgText } from "../svg.ts";
import { diverging } from "./colours.ts";
import { framed, type PictureOptions, titleOf } from "./frame.ts";
import { type ColourScale, colourBar, heatMap } from "./heat-map.ts";

/** The most cells on a side; with more entries, a cell is the largest of its neighbourhood. */
const MOST = 128;

/** The rows of a matrix on a CPU backend. @throws ShapeError unless it has two axes */
export function matrixRows(w: Tensor): number[][] {
  if (w.shape.length !== 2)
    throw new ShapeError("matrixRows", "a matrix [rows, columns]", showShape(w.shape));
  const [rows, columns] = w.shape as [number, number];
  const data = elements(w.ndarray());
  return Array.from({ length: rows }, (_, r) => [...data.subarray(r * columns, (r + 1) * columns)]);
}

/**
 * A picture of the entries of W [out, in], outputs downwards, inputs to the right: red is positive,
 * blue negative, white 0. With more than 128 entries on a side, a cell is the largest of several.
 *
 * @param options - `title` (default `"W"`)
 * @returns an SVG
 * @throws ShapeError unless W has two axes; OptionError for an unknown option
 * @example
 * ```ts
 * import { eye } from "@spm/core";
 * import { matrixPicture } from "@spm/report";
 * const svg = matrixPicture(eye(8), { title: "the identity" });
 * ```
 */
export function matrixPicture(w: Tensor, options: PictureOptions = {}): string {
  const title = titleOf("matrixPicture", options, "W");
  const rows = pooled(matrixRows(w));
  const largest = Math.max(...rows.map((row) => Math.max(...row.map(Math.abs), 0)), 1e-30);
  const columns = rows[0]?.length ?? 0;
  const size = Math.min(Math.max(240 / Math.max(rows.length, columns), 2), 24);
  const scale: ColourScale = { colours: diverging, low: -largest, high: largest };
  const [left, below] = [20, rows.length * size];
  const right = left + columns * size;
  const named = largest.toPrecision(2);
  return framed(right + 66, Math.max(below, 60) + 20, title, [
    heatMap(rows, scale, { x: left, y: 0, width: size, height: size }),
    svgText(left, below + 15, `${w.shape[1]} inputs`),
    svgText(0, 0, `${w.shape[0]} outputs`, { transform: `translate(14 ${px(below)}) rotate(-90)` }),
    colourBar(scale, right + 12, Math.max(below, 60), [`−${named}`, named]),
  ]);
}

function pooled(rows: readonly number[][]): number[][] {
  const [tall, wide] = [Math.ceil(rows.length / MOST), Math.ceil((rows[0]?.length ?? 0) / MOST)];
  const larger = (a: number, b: number): number => (Math.abs(b) > Math.abs(a) ? b : a);
  const chunks = <T>(list: readonly T[], size: number): T[][] =>
    Array.from({ length: Math.ceil(list.length / size) }, (_, k) =>
      list.slice(k * size, (k + 1) * size),
    );
  return chunks(rows, tall).map((group) => {
    const merged = group.reduce((a, b) => a.map((v, k) => larger(v, b[k]!)));
    return chunks(merged, wide).map((part) => part.reduce(larger));
  });
}
