/** @file Pictures side by side, e.g. of one layer over training. */
import { framed, label, TOP } from "./svg.ts";

/** A row that would be wider goes on below, so that a page need not shrink the pictures. */
const WIDEST = 1100;
const GAP = 16;

/**
 * Pictures of this folder in a row, or in as many as they need, each under its caption.
 * @returns an SVG
 * @example strip("layer 0 over training", [["step 0", matrixPicture(w0)], ["step 100", matrixPicture(w1)]]);
 */
export function strip(title: string, pictures: readonly (readonly [caption: string, svg: string])[]): string {
  let [left, top, widest, tallest] = [0, 0, 0, 0];
  const parts = pictures.map(([caption, svg]) => {
    const [, width = 0, height = 0] = (/ width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? []).map(Number);
    if (left > 0 && left + width > WIDEST) [left, top, tallest] = [0, top + tallest + TOP + GAP, 0];
    const part = `${label(left, top + 12, caption)}${svg.replace("<svg ", `<svg x="${left}" y="${top + TOP - 4}" `)}`;
    [widest, tallest] = [Math.max(widest, left + width), Math.max(tallest, height)];
    left += width + GAP;
    return part;
  });
  return framed(widest, top + tallest + TOP, title, parts);
}
