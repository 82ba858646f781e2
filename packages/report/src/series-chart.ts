/** @file A chart of named series of points: lines, marks, spreads, a legend. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { LIGHT } from "./palette.ts";
import { group, line, linearAxis, logAxis, type PlotAxis, type PlotPlaces, plot } from "./plot.ts";
import { escapeXml, px, shifted, svgElement, svgPicture, svgText } from "./svg.ts";
import { linearTicks, logTicks } from "./ticks.ts";

/** An axis of a {@link SeriesChart}. */
export interface ChartAxis {
  /** The quantity with its unit; "(log scale)" is added to that of a logarithmic axis. */
  readonly label: string;
  /**
   * The spacing; `"log"` leaves out values that aren't above 0.
   * @defaultValue `"linear"`
   */
  readonly scale?: "linear" | "log";
  /**
   * The ends of the axis.
   * @defaultValue those of the data
   */
  readonly range?: readonly [low: number, high: number];
  /**
   * The values that have a tick.
   * @defaultValue round values of the range
   */
  readonly ticks?: readonly number[];
}

/** A point; `low` and `high` are the bounds of its spread, such as that over seeds. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** A named series of points. */
export interface ChartSeries {
  readonly name: string;
  readonly points: readonly ChartPoint[];
}

/** A value of y to compare with. */
export interface ChartLevel {
  readonly y: number;
  readonly name: string;
}

/** The content of a {@link seriesChart}. */
export interface SeriesChart {
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
  /**
   * Whether lines join neighbouring points.
   * @defaultValue true
   */
  readonly joined?: boolean;
  /** A dashed horizontal line. */
  readonly level?: ChartLevel;
}

const names: OptionNames<SeriesChart> = {
  title: true,
  x: true,
  y: true,
  series: true,
  joined: "boolean",
  level: true,
};
const axisNames: OptionNames<ChartAxis> = { label: true, scale: true, range: true, ticks: true };

const SIZE = { width: 640, height: 400 };
/** Space for labels, and at the right for half a mark. */
const MARGIN = { left: 64, right: 28, top: 24, bottom: 42 };
/** Height of the title, and of a row of the legend. */
const [TOP, LEGEND_ROW] = [34, 22];
/** The title's font size, the letters that fit at it, the width of a letter in the legend. */
const [TITLE_SIZE, TITLE_LETTERS, LETTER] = [15, 66, 7];
/** The most steps between the ticks of a linear axis. */
const STEPS = 10;
const MORE_COLOURS = ["#111827", "#ca9a04", "#be123c", "#22b8d8", "#84a318", "#7c2d12"] as const;
const COLOURS = [...LIGHT.models, ...MORE_COLOURS];

const colourOf = (series: number): string => COLOURS[series % COLOURS.length] ?? LIGHT.ink;

/**
 * A chart as the text of an SVG file, in fixed colours on white.
 *
 * @returns `<svg …>`, 640 user units wide, with `role="img"` and a title; up to 11 series have
 * different colours
 * @throws OptionError for an unknown option, of an axis, too
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
export function seriesChart(options: SeriesChart): string {
  checkOptions("seriesChart", options, names);
  const { title, x, y, series, joined = true, level } = options;
  checkOptions("seriesChart.x", x, axisNames);
  checkOptions("seriesChart.y", y, axisNames);
  const drawable = (axis: ChartAxis, v: number): boolean =>
    Number.isFinite(v) && (axis.scale !== "log" || v > 0);
  const drawn = series.map(({ name, points }) => ({
    name,
    points: points.filter((p) => drawable(x, p.x) && drawable(y, p.y)),
  }));
  const all = drawn.flatMap(({ points }) => points);
  const heights = [
    ...all.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]),
    ...(level === undefined ? [] : [level.y]),
  ].filter((v) => drawable(y, v));
  const legend = legendOf(series.map(({ name }) => name));
  const top = TOP + legend.rows * LEGEND_ROW;
  const area = {
    ...SIZE,
    margin: MARGIN,
    x: axisOf(
      x,
      all.map((p) => p.x),
      false,
    ),
    y: axisOf(y, heights, true),
    grid: LIGHT.grid,
  };
  const content = plot(area, (places) => [
    ...(level === undefined ? [] : levelMarks(level, places)),
    ...seriesMarks(drawn, places, joined, { x, y }, (v) => drawable(y, v)),
  ]);
  const size = { width: SIZE.width, height: SIZE.height + top };
  const letters = (TITLE_SIZE * TITLE_LETTERS) / title.length;
  const titleSize = Math.min(TITLE_SIZE, Math.floor(10 * letters) / 10);
  const attributes = { "font-size": 13, color: LIGHT.ink, fill: LIGHT.ink };
  return `${svgPicture(title, size, attributes, [
    svgElement("rect", { ...size, fill: LIGHT.ground }),
    svgText(14, 22, title, { "font-size": titleSize, "font-weight": 600 }),
    ...legend.entries,
    svgElement("g", { transform: `translate(0 ${top})`, "font-size": 12 }, ...content),
  ])}\n`;
}

/** A coloured dot with each name, in as many columns as fit. */
function legendOf(names: readonly string[]): { rows: number; entries: string[] } {
  const longest = Math.max(...names.map((name) => name.length), 1);
  const room = Math.floor((SIZE.width - 20) / (longest * LETTER + 28));
  const perRow = Math.max(1, Math.min(4, room));
  const entries = names.map((name, k) =>
    shifted(
      20 + (k % perRow) * (SIZE.width / perRow),
      TOP + 8 + Math.floor(k / perRow) * LEGEND_ROW,
      svgElement("circle", { r: 5, fill: colourOf(k) }),
      svgText(11, 4.5, name),
    ),
  );
  return { rows: Math.ceil(names.length / perRow), entries };
}

/** A dashed horizontal line, its name above its right end. */
function levelMarks({ y, name }: ChartLevel, places: PlotPlaces): string[] {
  const [right, at] = [SIZE.width - MARGIN.right, places.y(y)];
  const ends = { x1: MARGIN.left, x2: right, y1: at, y2: at };
  const rim = { stroke: LIGHT.ground, "stroke-width": 4, "paint-order": "stroke" };
  return [
    group("rule", { stroke: "currentColor", "stroke-dasharray": "5 4" }, [
      svgElement("line", ends),
    ]),
    group("text", { "text-anchor": "end", ...rim }, [svgText(right, at - 5, name)]),
  ];
}

/** The series' spreads as bands under lines, or as bars where points aren't joined, and dots. */
function seriesMarks(
  series: readonly ChartSeries[],
  { x, y }: PlotPlaces,
  joined: boolean,
  axes: Pick<SeriesChart, "x" | "y">,
  drawable: (y: number) => boolean,
): string[] {
  const bounded = (points: readonly ChartPoint[]): Required<ChartPoint>[] =>
    points.flatMap(({ low, high, ...p }) =>
      low === undefined || high === undefined || !drawable(low) || !drawable(high)
        ? []
        : [{ ...p, low, high }],
    );
  const each = (draw: (points: readonly ChartPoint[], colour: string, name: string) => string[]) =>
    series.flatMap(({ name, points }, k) => draw(points, colourOf(k), name));
  const bands = each((points, fill) => {
    const own = bounded(points);
    const outline = [
      ...own.map((p) => [x(p.x), y(p.high)] as const),
      ...own.toReversed().map((p) => [x(p.x), y(p.low)] as const),
    ];
    return own.length === 0 ? [] : [svgElement("path", { d: `${line(outline)}Z`, fill })];
  });
  const lines = each((points, stroke) => {
    const d = line(points.map((p) => [x(p.x), y(p.y)] as const));
    return points.length === 0 ? [] : [svgElement("path", { d, stroke })];
  });
  const bars = each((points, stroke) =>
    bounded(points).map((p) =>
      svgElement("path", { d: `M${px(x(p.x))},${px(y(p.low))}V${px(y(p.high))}`, stroke }),
    ),
  );
  const dots = each((points, fill, name) =>
    points.map((p) => {
      const said = svgElement("title", {}, escapeXml(`${name}: ${told(p, axes)}`));
      return svgElement("circle", { cx: x(p.x), cy: y(p.y), r: 3.5, fill }, said);
    }),
  );
  return [
    ...(joined
      ? [
          group("area", { "fill-opacity": 0.14 }, bands),
          group("line", { fill: "none", "stroke-width": 2 }, lines),
        ]
      : [group("bar", {}, bars)]),
    group("dot", { stroke: LIGHT.ground }, dots),
  ];
}

/** The values of a point, rounded, with the names and units of the axes. */
function told({ x, y, low, high }: ChartPoint, axes: Pick<SeriesChart, "x" | "y">): string {
  const short = (v: number): string =>
    v.toLocaleString("en-US", { maximumSignificantDigits: 4 }).replace("-", "−");
  const spread =
    low === undefined || high === undefined ? "" : ` (${short(low)} to ${short(high)})`;
  return `${axes.x.label} ${short(x)}, ${axes.y.label} ${short(y)}${spread}`;
}

/** An axis over values, with its domain rounded outwards where `rounded`. */
function axisOf(
  { label, scale = "linear", ticks: given, range }: ChartAxis,
  values: readonly number[],
  rounded: boolean,
): PlotAxis {
  const ends = (of: readonly number[], none: [number, number]): [number, number] =>
    of.length === 0
      ? none
      : [of.reduce((a, b) => Math.min(a, b)), of.reduce((a, b) => Math.max(a, b))];
  if (scale === "log") {
    const ticks = given ?? logTicks(range ?? values);
    const shown = range ?? (given === undefined || rounded ? [...ticks, ...values] : values);
    const [low, high] = ends(shown, [1, 10]);
    const [from, to] = low === high ? [low / 2, low * 2] : [low, high];
    const inside = ticks.filter((tick) => tick >= from && tick <= to);
    return logAxis(`${label} (log scale)`, from, to, inside);
  }
  const [low, high] = range ?? ends(values, [0, 1]);
  const [from, to] = low === high ? [low - 1, low + 1] : [low, high];
  const ticks = given ?? linearTicks(from, to, STEPS);
  return rounded && range === undefined
    ? linearAxis(label, Math.min(from, ...ticks), Math.max(to, ...ticks), ticks)
    : linearAxis(label, from, to, ticks);
}
