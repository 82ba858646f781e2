/** @file Pictures side by side, e.g. of one layer over training. */
import { shifted, svgText } from "../svg.ts";
import { framed, TOP } from "./frame.ts";

/** What would be wider goes on in further rows, so that a page need not shrink the pictures. */
const WIDEST = 1100;
const GAP = 16;

/**
 * Pictures of this folder in a row, or in as many alike as they need, each under its caption.
 * @returns an SVG
 * @example
 * strip("layer 0 over training", [
 *   ["step 0", matrixPicture(w0)],
 *   ["step 100", matrixPicture(w1)],
 * ]);
 */
export function strip(
  title: string,
  pictures: readonly (readonly [caption: string, svg: string])[],
): string {
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
