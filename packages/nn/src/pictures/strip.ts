/** @file Pictures side by side, e.g. of one layer over training. */
import { framed, label, TOP } from "./svg.ts";

/**
 * Pictures of this folder in a row, each under its caption.
 * @returns an SVG
 * @example strip("layer 0 over training", [["step 0", matrixPicture(w0)], ["step 100", matrixPicture(w1)]]);
 */
export function strip(title: string, pictures: readonly (readonly [caption: string, svg: string])[]): string {
  let at = 0;
  let tallest = 0;
  const parts = pictures.map(([caption, svg]) => {
    const [, width, height] = (/ width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? ["", "0", "0"]).map(Number);
    const part = `${label(at, 12, caption)}${svg.replace("<svg ", `<svg x="${at}" y="${TOP - 4}" `)}`;
    at += width! + 16;
    tallest = Math.max(tallest, height!);
    return part;
  });
  return framed(at, tallest + TOP, title, parts);
}
