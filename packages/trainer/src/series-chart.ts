/** @file Named series of points in one picture that stands alone: lines, marks, the spread around them, a legend. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { LIGHT } from "./curves.ts";
import { escapeXml } from "./escape-xml.ts";
import { logTicks, serialize } from "./plot-svg.ts";

/** An axis of a {@link SeriesChart}. */
export interface ChartAxis {
  /** What it measures, with its unit. */
  readonly label: string;
  /** Spacing; "log" leaves out what is not above 0. */
  readonly scale?: "linear" | "log";
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
}

const [WIDTH, HEIGHT, LEGEND_ROW, TOP] = [640, 400, 22, 34];
const PER_ROW = 4;
const MORE_COLOURS = ["#111827", "#ca9a04", "#be123c", "#22b8d8", "#84a318", "#7c2d12"] as const;
const COLOURS = [...LIGHT.models, ...MORE_COLOURS];

/**
 * A chart as the text of an SVG file, in fixed colours on white.
 *
 * @returns `<svg …>` of 640 user units in width, with `role="img"` and a title; at most 11 series keep colours of their own.
 * @example
 * ```ts
 * import { seriesChart } from "@spm/trainer/node";
 * const svg = seriesChart({
 *   title: "time by width",
 *   x: { label: "width n", scale: "log" },
 *   y: { label: "ms", scale: "log" },
 *   series: [{ name: "rotation", points: [{ x: 64, y: 0.1 }, { x: 128, y: 0.2 }] }],
 * });
 * ```
 */
export function seriesChart({ title, x, y, series, joined = true }: SeriesChart): string {
  const names = series.map(({ name }) => name);
  const colour = (name: string): string => COLOURS[names.indexOf(name) % COLOURS.length] as string;
  const drawable = (p: ChartPoint): boolean =>
    Number.isFinite(p.x) && Number.isFinite(p.y) && (x.scale !== "log" || p.x > 0) && (y.scale !== "log" || p.y > 0);
  const points = series.flatMap(({ name, points: own }) => own.filter(drawable).map((p) => ({ name, ...p })));
  const bounds = points.filter((p) => p.low !== undefined && p.high !== undefined && (y.scale !== "log" || p.low > 0));
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const axis = ({ label, scale, ticks }: ChartAxis, values: readonly number[]): Plot.ScaleOptions => ({
    type: scale ?? "linear",
    label,
    labelArrow: false,
    ...(scale === "log"
      ? { tickFormat: "~g", ticks: [...(ticks ?? logTicks(values))] }
      : ticks && { ticks: [...ticks] }),
  });
  const yAxis = axis(
    y,
    points.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]),
  );
  const element = Plot.plot({
    document: document as unknown as Document,
    className: "series",
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 64,
    marginBottom: 42,
    marginTop: 24,
    insetRight: 8,
    style: { background: "none", color: LIGHT.ink, fontSize: "12px", fontFamily: "system-ui, sans-serif" },
    x: axis(
      x,
      points.map((p) => p.x),
    ),
    y: yAxis,
    color: { domain: names, range: names.map(colour) },
    marks: [
      Plot.gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ...(yAxis.ticks !== undefined && { ticks: yAxis.ticks }) }),
      ...(joined
        ? [
            Plot.areaY(bounds, { x: "x", y1: "low", y2: "high", z: "name", fill: "name", fillOpacity: 0.14 }),
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
    ],
  });
  const rows = Math.ceil(names.length / PER_ROW);
  const top = TOP + rows * LEGEND_ROW;
  element.setAttribute("y", String(top));
  const legend = names.map((name, i) => {
    const at = `${20 + (i % PER_ROW) * (WIDTH / PER_ROW)} ${TOP + 8 + Math.floor(i / PER_ROW) * LEGEND_ROW}`;
    return `<g transform="translate(${at})"><circle r="5" fill="${colour(name)}"/><text x="11" y="4.5">${escapeXml(name)}</text></g>`;
  });
  const [width, height] = [WIDTH, HEIGHT + top];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="${LIGHT.ink}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${LIGHT.ground}"/>`,
    `<text x="14" y="22" font-size="15" font-weight="600">${escapeXml(title)}</text>`,
    ...legend,
    serialize(element, title.replace(/\W+/g, "-")),
    "</svg>\n",
  ].join("\n");
}
