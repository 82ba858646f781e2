/**
 * @file Named series of points in one picture that stands alone: lines, marks, the spread around
 * them, a legend.
 */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { LIGHT } from "./curves.ts";
import { logLabels, logTicks } from "./log-axis.ts";
import { escapeXml, serialize } from "./svg.ts";

/** An axis of a {@link SeriesChart}. */
export interface ChartAxis {
  /** What it measures, with its unit; a logarithmic axis says so by itself. */
  readonly label: string;
  /** Spacing; "log" leaves out what is not above 0. */
  readonly scale?: "linear" | "log";
  /** From where to where; from the data if left out. */
  readonly range?: readonly [low: number, high: number];
  /** Values that get a tick; chosen by the range if left out. */
  readonly ticks?: readonly number[];
}

/** A measured point; `low` and `high` bound its spread, e.g. over seeds. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** One line of the picture. */
export interface ChartSeries {
  readonly name: string;
  readonly points: readonly ChartPoint[];
}

/** What is drawn. */
export interface SeriesChart {
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
  /** Whether neighbouring points are joined by a line; true if left out. */
  readonly joined?: boolean;
  /** A value of y to compare with, drawn as a dashed line across. */
  readonly level?: { readonly y: number; readonly name: string };
}

const [WIDTH, HEIGHT, LEGEND_ROW, TOP] = [640, 400, 22, 34];
const [TITLE_SIZE, TITLE_LETTERS, LETTER] = [15, 66, 7];
const MORE_COLOURS = ["#111827", "#ca9a04", "#be123c", "#22b8d8", "#84a318", "#7c2d12"] as const;
const COLOURS = [...LIGHT.models, ...MORE_COLOURS];

/**
 * A chart as the text of an SVG file, in fixed colours on white.
 *
 * @returns `<svg …>` of 640 user units in width, with `role="img"` and a title; at most 11 series
 * keep colours of their own.
 * @example
 * ```ts
 * import { seriesChart } from "@spm/report";
 * const svg = seriesChart({
 *   title: "time by width",
 *   x: { label: "width n", scale: "log" },
 *   y: { label: "ms", scale: "log" },
 *   series: [{ name: "rotation", points: [{ x: 64, y: 0.1 }, { x: 128, y: 0.2 }] }],
 * });
 * ```
 */
export function seriesChart({ title, x, y, series, joined = true, level }: SeriesChart): string {
  const names = series.map(({ name }) => name);
  const colour = (name: string): string => COLOURS[names.indexOf(name) % COLOURS.length] as string;
  const drawable = (p: ChartPoint): boolean =>
    Number.isFinite(p.x) &&
    Number.isFinite(p.y) &&
    (x.scale !== "log" || p.x > 0) &&
    (y.scale !== "log" || p.y > 0);
  const points = series.flatMap(({ name, points: own }) =>
    own.filter(drawable).map((p) => ({ name, ...p })),
  );
  const bounds = points.filter(
    (p) => p.low !== undefined && p.high !== undefined && (y.scale !== "log" || p.low > 0),
  );
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const across = axisOf(
    x,
    points.map((p) => p.x),
    false,
  );
  const heights = points.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]);
  const up = axisOf(y, level === undefined ? heights : [...heights, level.y], true);
  const element = Plot.plot({
    document: document as unknown as Document,
    className: "series",
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 64,
    marginBottom: 42,
    marginTop: 24,
    insetRight: 8,
    style: {
      background: "none",
      color: LIGHT.ink,
      fontSize: "12px",
      fontFamily: "system-ui, sans-serif",
    },
    x: across.scale,
    y: up.scale,
    color: { domain: names, range: names.map(colour) },
    marks: [
      Plot.gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ...up.grid }),
      Plot.axisX(across.axis),
      Plot.axisY(up.axis),
      Plot.ruleY(level === undefined ? [] : [level.y], {
        stroke: LIGHT.ink,
        strokeDasharray: "5 4",
      }),
      ...(joined
        ? [
            Plot.areaY(bounds, {
              x: "x",
              y1: "low",
              y2: "high",
              z: "name",
              fill: "name",
              fillOpacity: 0.14,
            }),
            Plot.line(points, { x: "x", y: "y", z: "name", stroke: "name", strokeWidth: 2 }),
          ]
        : [Plot.ruleX(bounds, { x: "x", y1: "low", y2: "high", stroke: "name" })]),
      Plot.dot(points, {
        x: "x",
        y: "y",
        fill: "name",
        r: 3.5,
        stroke: LIGHT.ground,
        title: (p: ChartPoint & { name: string }) => `${p.name}: ${p.x}, ${p.y}`,
      }),
      Plot.text(level === undefined ? [] : [level], {
        y: "y",
        text: "name",
        frameAnchor: "right",
        textAnchor: "end",
        dy: -8,
        fill: LIGHT.ink,
        stroke: LIGHT.ground,
        strokeWidth: 4,
      }),
    ],
  });
  const longest = Math.max(...names.map((name) => name.length), 1);
  const perRow = Math.max(1, Math.min(4, Math.floor((WIDTH - 20) / (longest * LETTER + 28))));
  const rows = Math.ceil(names.length / perRow);
  const top = TOP + rows * LEGEND_ROW;
  element.setAttribute("y", String(top));
  const legend = names.map((name, i) => {
    const at =
      `${20 + (i % perRow) * (WIDTH / perRow)} ` +
      `${TOP + 8 + Math.floor(i / perRow) * LEGEND_ROW}`;
    return (
      `<g transform="translate(${at})"><circle r="5" ` +
      `fill="${colour(name)}"/><text x="11" y="4.5">${escapeXml(name)}</text></g>`
    );
  });
  const [width, height] = [WIDTH, HEIGHT + top];
  const titleSize = Math.min(
    TITLE_SIZE,
    Math.floor((10 * TITLE_SIZE * TITLE_LETTERS) / title.length) / 10,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
      `width="${width}" height="${height}" role="img" font-family="system-ui, ` +
      `sans-serif" font-size="13" fill="${LIGHT.ink}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${LIGHT.ground}"/>`,
    `<text x="14" y="22" font-size="${titleSize}" font-weight="600">${escapeXml(title)}</text>`,
    ...legend,
    serialize(element, title.replace(/\W+/g, "-")),
    "</svg>\n",
  ].join("\n");
}

/**
 * The scale of an axis over its values, rounded outwards where `rounded`, and its ticks with their
 * labels.
 */
function axisOf(
  { label, scale = "linear", ticks: given, range }: ChartAxis,
  values: readonly number[],
  rounded: boolean,
): {
  scale: Plot.ScaleOptions;
  grid: Plot.GridOptions;
  axis: Plot.AxisXOptions & Plot.AxisYOptions;
} {
  if (scale === "linear") {
    const [low, high] =
      range ?? (values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)]);
    const ticks = given === undefined ? {} : { ticks: [...given] };
    return {
      scale: {
        type: scale,
        domain: low === high ? [low - 1, low + 1] : [low, high],
        nice: rounded && range === undefined,
      },
      grid: ticks,
      axis: { label, labelArrow: false, ...ticks },
    };
  }
  const ticks = [...(given ?? logTicks(range ?? values))];
  const shown = range ?? (given === undefined || rounded ? [...ticks, ...values] : values);
  const [low, high] = shown.length === 0 ? [1, 10] : [Math.min(...shown), Math.max(...shown)];
  return {
    scale: { type: scale, domain: low === high ? [low / 2, low * 2] : [low, high] },
    grid: { ticks },
    axis: { label: `${label} (log scale)`, labelArrow: false, ticks, text: logLabels(ticks) },
  };
}
