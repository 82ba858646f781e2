/** @file The colours of charts, and the marks of models. */
import { svgElement } from "./svg.ts";

/** The colours of a chart, as CSS values; `var(--ink)` needs a page that defines it. */
export interface Palette {
  /** Text and axes. */
  readonly ink: string;
  /** Grid lines. */
  readonly grid: string;
  /** The background, for the rim of marks. */
  readonly ground: string;
  /** The colours of models in training order, repeated for more models. */
  readonly models: readonly string[];
}

/**
 * Blue, orange and green that colour-blind readers tell apart, on white.
 * @example
 * ```ts
 * import { LIGHT } from "@spm/report/draw";
 * const dark = { ...LIGHT, ink: "white", ground: "black" };
 * ```
 */
export const LIGHT: Palette = {
  ink: "#1f2328",
  grid: "#d0d7de",
  ground: "#ffffff",
  models: ["#2563eb", "#c2570c", "#0f8a5f", "#a21caf", "#64748b"],
};

/** Path data around the origin, about 10 user units wide. */
const SHAPES = [
  "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0Z",
  "M-4.5,-4.5h9v9h-9Z",
  "M0,-5.5L5.2,4H-5.2Z",
  "M0,-6L4.5,0L0,6L-4.5,0Z",
  "M0,-6L1.5,-2H5.7L2.3,0.8L3.6,5L0,2.4L-3.6,5L-2.3,0.8L-5.7,-2H-1.5Z",
] as const;

/** The colour of a model by its index in training order. */
export const modelColour = ({ models }: Palette, index: number): string =>
  models[index % models.length] ?? "currentColor";

/**
 * The shape of a model by its index in training order: path data around the origin. Models of one
 * colour have different ones.
 */
export function modelShape(index: number): string {
  const round = Math.floor(index / SHAPES.length);
  return SHAPES[(index + round) % SHAPES.length] ?? SHAPES[0];
}

/** The mark of a model, an SVG of 14 × 14 user units. */
export const marker = (index: number, palette: Palette): string =>
  svgElement(
    "svg",
    { class: "marker", width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true" },
    svgElement("path", { d: modelShape(index), fill: modelColour(palette, index) }),
  );
