/** @file The curves of a run as SVG: each of its metrics, against steps and against seconds. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { formatCount, formatPercent, formatSeconds } from "@spm/trainer/format";
import type { MetricRecord, Run, Split } from "@spm/trainer/node";
import { LIGHT, modelColour, modelShape, type Palette } from "./palette.ts";
import { group, line, linearAxis, logAxis, type PlotAxis, plot } from "./plot.ts";
import { escapeXml, shifted, svgElement, svgPicture, svgText } from "./svg.ts";
import { linearTicks, logTicks } from "./ticks.ts";

/** The quantity of a chart's vertical axis: `"loss"`, `"accuracy"` or a metric of the run's own. */
export type Quantity = string;

/** The quantity of a chart's horizontal axis: optimizer steps, or seconds of training. */
export type Axis = "step" | "seconds";

/** The fields of a record that are no metrics. */
const POSITION = ["run", "split", "step", "epoch", "learningRate"];

/**
 * The charts of a run, in reading order: accuracy where it is measured, loss, then the metrics of
 * the run's own, each against both axes.
 */
export function chartsOf({
  metrics,
}: Run): readonly { readonly quantity: Quantity; readonly axis: Axis }[] {
  const fields = new Set(metrics.flatMap((record) => Object.keys(record)));
  const own = [...fields].filter((name) => ![...POSITION, "loss", "accuracy"].includes(name));
  const measured = own.length === 0 || metrics.some(({ accuracy }) => accuracy !== null);
  return [...(measured ? ["accuracy"] : []), "loss", ...own].flatMap((quantity) => [
    { quantity, axis: "step" },
    { quantity, axis: "seconds" },
  ]);
}

const AXES = { step: "steps", seconds: "seconds of training" };
const SIZE = { width: 520, height: 334 };
/** Space for labels, also in the larger type of a narrow page, and at the right for half a mark. */
const MARGIN = { left: 46, right: 22, top: 32, bottom: 46 };
/** The most steps between the ticks of a linear axis. */
const STEPS = 6;

interface Point {
  readonly run: string;
  readonly step: number;
  readonly seconds: number;
  /** Of the quantity; null where it isn't measured, or isn't finite. */
  readonly value: number | null;
}

/** A quantity in the records of one split that have a time, in their order in the file. */
function points({ metrics, timings }: Run, split: Split, quantity: Quantity): Point[] {
  const key = ({ run, step }: { run: string; step: number }): string => `${run}\0${step}`;
  const seconds = new Map(timings.filter((t) => t.split === split).map((t) => [key(t), t.seconds]));
  return metrics.flatMap((record: MetricRecord) => {
    const at = seconds.get(key(record));
    if (record.split !== split || at === undefined) return [];
    const { run, step, [quantity]: value } = record;
    return [{ run, step, seconds: at, value: typeof value === "number" ? value : null }];
  });
}

/**
 * The lowest accuracy of a chart, just below that of all evaluations: the rise from chance doesn't
 * flatten the rest of the curve.
 */
function accuracyFloor(test: readonly Point[], train: readonly Point[]): number {
  const measured = (from: readonly Point[]): number[] =>
    from.flatMap((p) => (p.value === null ? [] : [p.value]));
  const values = measured(test).length > 0 ? measured(test) : measured(train);
  if (values.length === 0) return 0;
  const lowest = values.reduce((a, b) => Math.min(a, b));
  return Math.max(0, Math.floor((lowest - 0.04) * 20) / 20);
}

/** The steps of an axis, from 0, ticks at whole ones; or seconds, logarithmic. */
function axisAcross(axis: Axis, points: readonly Point[]): PlotAxis {
  if (axis === "seconds") {
    const ticks = logTicks(points.length === 0 ? [1, 10] : points.map((p) => p.seconds));
    return logAxis(`${AXES[axis]} (log scale) →`, ticks[0] ?? 1, ticks.at(-1) ?? 10, ticks);
  }
  const high = points.reduce((most, p) => Math.max(most, p[axis]), 0) || 1;
  return linearAxis(`${AXES[axis]} →`, 0, high, linearTicks(0, high, Math.min(STEPS, high)));
}

/** An axis in percent, for values that are fractions. */
function accuracyAxis(floor: number): PlotAxis {
  const { ticks, ...axis } = linearAxis(
    "↑ accuracy (%)",
    floor,
    1,
    linearTicks(100 * floor, 100, STEPS),
  );
  return { ...axis, ticks: ticks.map((percent) => percent / 100) };
}

function lossAxis(points: readonly Point[]): PlotAxis {
  const ticks = logTicks(points.length === 0 ? [1, 10] : points.map((p) => p.value ?? 1));
  return logAxis("↑ loss (log scale)", ticks[0] ?? 1, ticks.at(-1) ?? 10, ticks);
}

/** An axis of a metric of the run's own. */
function metricAxis(name: string, points: readonly Point[]): PlotAxis {
  const values = points.map((p) => p.value ?? 0);
  const low = values.reduce((least, v) => Math.min(least, v), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, v) => Math.max(most, v), Number.NEGATIVE_INFINITY);
  const room = low < high ? 0 : Math.abs(low) / 2 || 1; // of a constant, or of nothing
  const [from, to] = low > high ? [0, 1] : [low - room, high + room];
  const ticks = linearTicks(from, to, STEPS);
  return linearAxis(`↑ ${name}`, ticks[0] ?? from, ticks.at(-1) ?? to, ticks);
}

function verticalAxis(
  quantity: Quantity,
  train: readonly Point[],
  test: readonly Point[],
): PlotAxis {
  if (quantity === "accuracy") return accuracyAxis(accuracyFloor(test, train));
  const all = [...train, ...test];
  return quantity === "loss" ? lossAxis(all) : metricAxis(quantity, all);
}

/** A value with its unit, rounded. */
function valueText(quantity: Quantity, value: number): string {
  if (quantity === "accuracy") return formatPercent(value);
  return quantity === "loss" ? value.toFixed(4) : String(Number(value.toPrecision(4)));
}

/** A name as a part of an id, another one for another name. */
const idOf = (name: string): string =>
  name.replace(/[^a-zA-Z0-9]/g, (character) => `_${character.codePointAt(0)?.toString(16)}_`);

/**
 * A chart of a run as SVG: training as lines, evaluations on the test samples as marks.
 *
 * @param run - a run, as `readRun` returns it
 * @param quantity - loss (logarithmic), accuracy (percent), or a metric by its name
 * @param axis - steps, or seconds of training (logarithmic)
 * @returns `<svg …>` of 520 × 334 user units, with `role="img"` and a title; it scales with its
 * container
 * @example
 * ```ts
 * import { LIGHT, chart } from "@spm/report/draw";
 * import { readRun } from "@spm/trainer/node";
 * const svg = chart(readRun("runs/example"), "loss", "step", LIGHT);
 * ```
 */
export function chart(run: Run, quantity: Quantity, axis: Axis, palette: Palette): string {
  const models = run.config.models.map(({ run: name }) => name);
  const drawn = (split: Split): Point[] =>
    points(run, split, quantity).filter(
      ({ value, seconds }) =>
        (quantity === "loss" ? (value ?? 0) > 0 : value !== null) &&
        (axis !== "seconds" || seconds > 0),
    );
  const [train, test] = [drawn("train"), drawn("test")];
  const all = [...train, ...test];
  const { ink: color, grid, ground } = palette;
  const area = {
    ...SIZE,
    margin: MARGIN,
    x: axisAcross(axis, all),
    y: verticalAxis(quantity, train, test),
    grid,
  };
  const title = `${quantity} against ${AXES[axis]}: ${models.join(", ")}`;
  const content = plot(area, ({ x, y, clip }) => {
    const at = (p: Point): [number, number] => [x(p[axis]), y(p.value ?? 0)];
    const byModel = (from: readonly Point[]): Point[][] =>
      models.map((name) => from.filter((p) => p.run === name));
    const lines = (from: readonly Point[]): string[] =>
      byModel(from).flatMap((own, k) =>
        own.length === 0
          ? []
          : [svgElement("path", { d: line(own.map(at)), stroke: modelColour(palette, k) })],
      );
    const mark = (p: Point, k: number): string => {
      const place = `${p.run}, step ${formatCount(p.step)}, ${formatSeconds(p.seconds)} s`;
      const name = escapeXml(`${place}: test ${quantity} ${valueText(quantity, p.value ?? 0)}`);
      const shape = { d: modelShape(k), fill: modelColour(palette, k) };
      return shifted(...at(p), svgElement("path", shape, svgElement("title", {}, name)));
    };
    return [
      clip(`${idOf(quantity)}-${axis}-clip`, [
        group("line", { fill: "none", "stroke-width": 1, "stroke-opacity": 0.7 }, lines(train)),
        group("line", { fill: "none", "stroke-width": 2 }, lines(test)),
      ]),
      ...(quantity === "accuracy" ? [lowTraining(train, area.y, ground)] : []),
      group(
        "dot",
        { stroke: ground, "stroke-width": 1.2 },
        byModel(test).flatMap((own, k) => own.map((p) => mark(p, k))),
      ),
    ];
  });
  return svgPicture(title, SIZE, { class: "chart", "font-size": 12, color, fill: color }, content);
}

/** The mark of a training that begins below an axis, at its right end: from where it comes. */
function lowTraining(train: readonly Point[], { low }: PlotAxis, ground: string): string {
  const lowest = train.reduce((least, p) => Math.min(least, p.value ?? 1), 1);
  if (lowest >= low) return "";
  const rim = { stroke: ground, "stroke-width": 4, "paint-order": "stroke" };
  const [right, bottom] = [SIZE.width - MARGIN.right, SIZE.height - MARGIN.bottom];
  return group("text", { "text-anchor": "end", ...rim }, [
    svgText(right, bottom - 8, `↓ training, from ${formatPercent(lowest)}`),
  ]);
}

/** Options of {@link curvesSvg}. */
export interface CurvesOptions {
  /**
   * The horizontal axis of all charts.
   * @defaultValue a chart of each quantity for both
   */
  readonly axis?: Axis;
}

const names: OptionNames<CurvesOptions> = { axis: true };

/**
 * The charts of a run in one picture, in fixed colours on white.
 *
 * @param run - a run, as `readRun` returns it
 * @returns the text of an SVG file
 * @throws OptionError for an unknown option
 * @example
 * ```ts
 * import { writeFileSync } from "node:fs";
 * import { curvesSvg } from "@spm/report";
 * import { readRun } from "@spm/trainer/node";
 * writeFileSync("curves.svg", curvesSvg(readRun("runs/example")));
 * ```
 */
export function curvesSvg(run: Run, options: CurvesOptions = {}): string {
  checkOptions("curvesSvg", options, names);
  const gap = 24;
  const top = 44;
  const [across, down] = [SIZE.width + gap, SIZE.height + gap];
  const all = chartsOf(run).filter(({ axis }) => axis === (options.axis ?? axis));
  const [width, height] = [2 * across + gap, Math.ceil(all.length / 2) * down + top];
  const charts = all.map(({ quantity, axis }, i) =>
    shifted(
      gap + (i % 2) * across,
      top + Math.floor(i / 2) * down,
      chart(run, quantity, axis, LIGHT),
    ),
  );
  let end = gap + 8;
  const legend = run.config.models.map(({ run: name }, i) => {
    const at = end;
    end += Math.max(120, 40 + 8 * name.length);
    return shifted(
      at,
      22,
      svgElement("path", { d: modelShape(i), fill: modelColour(LIGHT, i) }),
      svgText(14, 4.5, name),
    );
  });
  const key = "thin: training, marked: test";
  return `${svgPicture(
    run.config.title,
    { width, height },
    { role: "group", "font-size": 14, fill: LIGHT.ink },
    [
      svgElement("rect", { width, height, fill: LIGHT.ground }),
      ...legend,
      svgText(width - gap, 26.5, key, { "text-anchor": "end", "font-size": 12, opacity: 0.7 }),
      ...charts,
    ],
  )}\n`;
}
