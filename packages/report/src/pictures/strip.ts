/** @file Pictures side by side, such as those of a layer over training. */
import { ValueError } from "@spm/core/extend";
import { shifted, svgText } from "../svg.ts";
import { framed, TOP } from "./frame.ts";

/** The greatest width of a row: a page then shows the pictures at their size. */
const WIDEST = 1100;
const GAP = 16;

/**
 * Pictures in a row, each under its caption, or in several rows of equal length.
 *
 * @returns an SVG
 * @throws ValueError for no pictures
 * @example
 * ```ts
 * import { eye, zeros } from "@spm/core";
 * import { matrixPicture } from "@spm/report";
 * import { strip } from "@spm/report/draw";
 * const svg = strip("a layer over training", [
 *   ["step 0", matrixPicture(zeros([4, 4]))],
 *   ["step 100", matrixPicture(eye(4))],
 * ]);
 * ```
 */
export function strip(
  title: string,
  pictures: readonly (readonly [caption: string, svg: string])[],
): string {
  if (pictures.length === 0) throw new ValueError("strip", "at least 1 picture", 0);
  const sizes = pictures.map(([, svg]) =>
    (/ width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? []).slice(1).map(Number),
  );
  const [width, height] = [0, 1].map((k) => Math.max(...sizes.map((size) => size[k] ?? 0))) as [
    number,
    number,
  ];
  const most = Math.max(1, Math.floor((WIDEST + GAP) / (width + GAP)));
  const rows = Math.ceil(pictures.length / most);
  const perRow = Math.ceil(pictures.length / rows);
  const parts = pictures.map(([caption, svg], k) => {
    const [left, top] = [
      (k % perRow) * (width + GAP),
      Math.floor(k / perRow) * (height + TOP + GAP),
    ];
    return svgText(left, top + 12, caption) + shifted(left, top + TOP - 4, svg);
  });
  return framed(perRow * (width + GAP) - GAP, rows * (height + TOP + GAP) - GAP, title, parts);
}
