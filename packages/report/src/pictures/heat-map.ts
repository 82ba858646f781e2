/** @file Numbers as coloured cells, and their scale. */

import { px, svgElement, svgText } from "../svg.ts";
import { colourOf } from "./colours.ts";

/** A colour scale over [low, high]. */
export interface ColourScale {
  readonly colours: readonly string[];
  readonly low: number;
  readonly high: number;
}

/** The upper left corner of the cells, and the size of one. */
export interface CellLayout {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Rows of numbers as cells, without those of NaN. All cells of one colour are one path, so that a
 * picture stays small.
 */
export function heatMap(
  rows: readonly ArrayLike<number>[],
  { colours, low, high }: ColourScale,
  at: CellLayout,
): string {
  const paths = new Map<string, string[]>();
  rows.forEach((row, r) => {
    for (let from = 0, to = 0; from < row.length; from = to) {
      const paint = (k: number): string | null =>
        Number.isNaN(row[k]!) ? null : colourOf(colours, row[k]!, low, high);
      const colour = paint(from);
      for (to = from + 1; to < row.length && paint(to) === colour; to++);
      if (colour === null) continue;
      const width = px((to - from) * at.width);
      const run =
        `M${px(at.x + from * at.width)} ` +
        `${px(at.y + r * at.height)}h${width}v${px(at.height)}h-${width}z`;
      paths.set(colour, [...(paths.get(colour) ?? []), run]);
    }
  });
  const drawn = [...paths].map(([fill, runs]) => svgElement("path", { fill, d: runs.join("") }));
  return svgElement("g", { "shape-rendering": "crispEdges" }, drawn.join(""));
}

/** A vertical bar of the scale, 10 × height, with the names of its ends. */
export function colourBar(
  { colours }: ColourScale,
  x: number,
  height: number,
  names: readonly [low: string, high: string],
): string {
  const step = height / colours.length;
  const column = colours.map((_, k) => [colours.length - 1 - k]);
  const bar = heatMap(
    column,
    { colours, low: 0, high: colours.length - 1 },
    { x, y: 0, width: 10, height: step },
  );
  return [bar, svgText(x + 14, 9, names[1]), svgText(x + 14, height, names[0])].join("");
}
