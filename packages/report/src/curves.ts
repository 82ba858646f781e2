/** @file The curves of a run as SVG: loss and accuracy, against steps and against seconds. */

import * as Plot from "@observablehq/plot";
import type { MetricRecord, Run, Split } from "@spm/trainer/node";
import { parseHTML } from "linkedom";
import { logLabels, logTicks } from "./log-axis.ts";
import { escapeXml, serialize } from "./svg.ts";

/** What a chart shows upwards. */
export type Quantity = "loss" | "accuracy";

/** What a chart shows to the right: optimizer steps, or seconds of training. */
export type Axis = "step" | "seconds";

/**
 * The colours of a chart, as CSS values: `var(--ink)` works where the SVG stands in a page that
 * defines it.
 */
export interface Palette {
  /** Text and axes. */
  readonly ink: string;
  /** Grid lines. */
  readonly grid: string;
  /** The ground, for the rim around marks. */
  readonly ground: string;
  /** One colour a model, in training order, used again from the start when they run out. */
  readonly models: readonly string[];
}

/** Blue, orange and green that stay apart for colour-blind eyes, on white. */
export const LIGHT: Palette = {
  ink: "#1f2328",
  grid: "#d0d7de",
  ground: "#ffffff",
  models: ["#2563eb", "#c2570c", "#0f8a5f", "#a21caf", "#64748b"],
};

/** The four charts, in reading order. */
export const CHARTS: readonly { readonly quantity: Quantity; readonly axis: Axis }[] = [
  { quantity: "accuracy", axis: "step" },
  { quantity: "accuracy", axis: "seconds" },
  { quantity: "loss", axis: "step" },
  { quantity: "loss", axis: "seconds" },
];

const SYMBOLS = ["circle", "square", "triangle", "diamond", "star"] as const;
const SHAPES = [
  "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0Z",
  "M-4.5,-4.5h9v9h-9Z",
  "M0,-5.5L5.2,4H-5.2Z",
  "M0,-6L4.5,0L0,6L-4.5,0Z",
  "M0,-6L1.5,-2H5.7L2.3,0.8L3.6,5L0,2.4L-3.6,5L-2.3,0.8L-5.7,-2H-1.5Z",
] as const;
const WIDTH = 520;
const HEIGHT = 320;

interface Point {
  readonly run: string;
  readonly step: number;
  readonly seconds: number;
  readonly loss: number | null;
  readonly accuracy: number | null;
}

/** The records of one split that have a time, in the order they were written. */
function points({ metrics, timings }: Run, split: Split): Point[] {
  const key = ({ run, step }: { run: string; step: number }): string => `${run}\0${step}`;
  const seconds = new Map(timings.filter((t) => t.split === split).map((t) => [key(t), t.seconds]));
  return metrics.flatMap((record: MetricRecord) => {
    const at = seconds.get(key(record));
    return record.split !== split || at === undefined ? [] : [{ ...record, seconds: at }];
  });
}

/**
 * The lowest accuracy worth showing: below what any evaluation gave, so that the climb out of
 * chance does not flatten the rest.
 */
function accuracyFloor(test: readonly Point[], train: readonly Point[]): number {
  const measured = (from: readonly Point[]): number[] =>
    from.flatMap((p) => (p.accuracy === null ? [] : [p.accuracy]));
  const values = measured(test).length > 0 ? measured(test) : measured(train);
  if (values.length === 0) return 0;
  return Math.max(0, Math.floor((Math.min(...values) - 0.04) * 20) / 20);
}

/**
 * One chart as an SVG element's text: training as lines, evaluations on the test samples as marks.
 *
 * @param run - what `readRun` returned.
 * @param quantity - loss (logarithmic) or accuracy (percent).
 * @param axis - steps, or seconds of training.
 * @returns `<svg …>…</svg>` of 520 × 320 user units with `role="img"`, a title and a description;
 * it scales with its container.
 * @example
 * ```ts
 * import { LIGHT, chart } from "@spm/report";
import { readRun } from "@spm/trainer/node";
 * const svg = chart(readRun("runs/example"), "loss", "step", LIGHT);
 * ```
 */
export function chart(run: Run, quantity: Quantity, axis: Axis, palette: Palette): string {
  return serialize(chartElement(run, quantity, axis, palette), `${quantity}-${axis}`);
}

function chartElement(run: Run, quantity: Quantity, axis: Axis, palette: Palette): Element {
  const models = run.config.models.map(({ run: name }) => name);
  const color = (name: string): string =>
    palette.models[models.indexOf(name) % palette.models.length] as string;
  const symbol = (name: string): (typeof SYMBOLS)[number] =>
    SYMBOLS[models.indexOf(name) % SYMBOLS.length] as "circle";
  const drawable = (p: Point): boolean =>
    p[quantity] !== null && (quantity === "accuracy" || (p.loss as number) > 0);
  const [train, test] = [
    points(run, "train").filter(drawable),
    points(run, "test").filter(drawable),
  ];
  const floor = accuracyFloor(test, train);
  const lossTicks =
    quantity === "loss" ? logTicks([...train, ...test].map((p) => p.loss as number)) : [];
  const words = {
    step: "steps",
    seconds: "seconds of training",
    loss: "loss",
    accuracy: "accuracy",
  };

  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const common = { x: axis, y: quantity, z: "run" };
  const svg = Plot.plot({
    document: document as unknown as Document,
    className: "chart",
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 46,
    marginRight: 14,
    marginTop: 26,
    marginBottom: 38,
    insetRight: 8,
    style: {
      background: "none",
      color: palette.ink,
      fontSize: "12px",
      fontFamily: "system-ui, sans-serif",
      overflow: "visible",
    },
    x: {
      label: axis === "step" ? "steps →" : "seconds of training →",
      labelAnchor: "right",
      labelArrow: false,
      nice: false,
      zero: true,
      ticks: 6,
    },
    y:
      quantity === "loss"
        ? {
            type: "log",
            label: "↑ loss (log scale)",
            labelArrow: false,
            ...(lossTicks.length > 0 && { domain: [lossTicks[0]!, lossTicks.at(-1)!] }),
          }
        : {
            label: "↑ accuracy (%)",
            labelArrow: false,
            tickSize: 0,
            domain: [100 * floor, 100],
            percent: true,
            ticks: 6,
          },
    color: { domain: models, range: models.map(color) },
    symbol: { domain: models, range: models.map(symbol) },
    marks: [
      Plot.gridY({
        stroke: palette.grid,
        strokeOpacity: 1,
        ...(quantity === "loss" ? { ticks: lossTicks } : {}),
      }),
      ...(quantity === "loss"
        ? [Plot.axisY(lossTicks, { text: logLabels(lossTicks), tickSize: 0 })]
        : []),
      Plot.line(train, {
        ...common,
        stroke: "run",
        strokeWidth: 1,
        strokeOpacity: 0.5,
        clip: true,
      }),
      Plot.line(test, { ...common, stroke: "run", strokeWidth: 2, clip: true }),
      Plot.dot(test, {
        ...common,
        fill: "run",
        symbol: "run",
        r: 4.5,
        stroke: palette.ground,
        strokeWidth: 1.2,
        title: (p: Point) =>
          `${p.run}, step ${p.step}: test ${quantity} ${(p[quantity] as number).toFixed(4)}`,
      }),
    ],
  });

  const title = `${words[quantity]} against ${words[axis]}: ${models.join(", ")}`;
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", title);
  const element = document.createElementNS("http://www.w3.org/2000/svg", "title");
  element.textContent = title;
  svg.insertBefore(element as unknown as Node, svg.firstChild);
  return svg;
}

/** The mark that stands for a model, as SVG of 14 × 14 user units. */
export function marker(index: number, palette: Palette): string {
  const model = palette.models[index % palette.models.length] as string;
  const shape = SHAPES[index % SHAPES.length] as string;
  return (
    '<svg class="marker" width="14" height="14" viewBox="-7 -7 14 14" ' +
    `aria-hidden="true"><path d="${shape}" fill="${model}"/></svg>`
  );
}

/**
 * All four charts of a run in one picture that stands alone: fixed colours on white, for a README.
 *
 * @param run - what `readRun` returned.
 * @returns the text of an SVG file.
 * @example
 * ```ts
 * import { writeFileSync } from "node:fs";
 * import { curvesSvg } from "@spm/report";
 * import { readRun } from "@spm/trainer/node";
 * writeFileSync("curves.svg", curvesSvg(readRun("runs/example")));
 * ```
 */
export function curvesSvg(run: Run): string {
  const gap = 24;
  const top = 44;
  const [width, height] = [2 * WIDTH + 3 * gap, 2 * HEIGHT + 2 * gap + top];
  const charts = CHARTS.map(({ quantity, axis }, i) => {
    const element = chartElement(run, quantity, axis, LIGHT);
    element.setAttribute("x", String(gap + (i % 2) * (WIDTH + gap)));
    element.setAttribute("y", String(top + Math.floor(i / 2) * (HEIGHT + gap)));
    return serialize(element, `${quantity}-${axis}`);
  });
  const legend = run.config.models.map(
    ({ run: name }, i) =>
      `<g transform="translate(${gap + 8 + i * 120} ` +
      `22)">${marker(i, LIGHT).replace("<svg", '<svg x="-7" y="-7"')}<text ` +
      `x="14" y="4.5">${escapeXml(name)}</text></g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ` +
      `${height}" width="${width}" height="${height}" font-family="system-ui, ` +
      `sans-serif" font-size="14" fill="${LIGHT.ink}">`,
    `<title>${escapeXml(run.config.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${LIGHT.ground}"/>`,
    ...legend,
    `<text x="${width - gap}" y="26.5" text-anchor="end" font-size="12" opacity="0.7">thin: ` +
      "training, marked: test</text>",
    ...charts,
    "</svg>\n",
  ].join("\n");
}
