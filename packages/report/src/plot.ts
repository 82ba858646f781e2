/** @file The area of a chart: axes with ticks, grid lines, and positions of values. */
import { px, svgElement, svgText } from "./svg.ts";
import { linearLabels, logLabels } from "./ticks.ts";

/** An axis: a domain, its ticks with their labels. */
export interface PlotAxis {
  /** The name of the quantity. */
  readonly label: string;
  readonly log?: boolean;
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  readonly labels: readonly string[];
}

/** A chart's area and its axes. Sizes are in user units. */
export interface PlotArea {
  readonly width: number;
  readonly height: number;
  /** Distances of the domains' ends from the edges. */
  readonly margin: Readonly<Record<"left" | "right" | "top" | "bottom", number>>;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  /** The colour of grid lines, as CSS. */
  readonly grid: string;
}

/** A linear axis. */
export const linearAxis = (
  label: string,
  low: number,
  high: number,
  ticks: readonly number[],
): PlotAxis => ({ label, low, high, ticks, labels: linearLabels(ticks) });

/** A logarithmic axis. */
export const logAxis = (
  label: string,
  low: number,
  high: number,
  ticks: readonly number[],
): PlotAxis => ({ label, log: true, low, high, ticks, labels: logLabels(ticks) });

/** Positions of values in a plot, in user units. */
export interface PlotPlaces {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** Elements clipped to the domains; the id is unique in the document. */
  readonly clip: (id: string, content: readonly string[]) => string;
}

/** A path through points. */
export const line = (points: readonly (readonly [x: number, y: number])[]): string =>
  points.map(([x, y], k) => `${k === 0 ? "M" : "L"}${px(x)},${px(y)}`).join("");

/** Elements under an accessible name. */
export const group = (
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: readonly string[],
): string =>
  content.length === 0 ? "" : svgElement("g", { "aria-label": name, ...attributes }, ...content);

/** Grid lines and axes, with the marks above the lines. */
export function plot(area: PlotArea, marks: (places: PlotPlaces) => readonly string[]): string[] {
  const { width, height, margin, x, y } = area;
  const [left, right] = [margin.left, width - margin.right];
  const [top, bottom] = [margin.top, height - margin.bottom];
  const places: PlotPlaces = {
    x: (value) => left + shareOf(x, value) * (right - left),
    y: (value) => bottom - shareOf(y, value) * (bottom - top),
    clip: (id, content) => {
      const size = { x: left, y: top, width: right - left, height: bottom - top };
      const path = svgElement("clipPath", { id }, svgElement("rect", size));
      return path + svgElement("g", { "clip-path": `url(#${id})` }, ...content);
    },
  };
  const inside = ({ low, high, ticks, labels }: PlotAxis): [number, string][] =>
    ticks.flatMap((tick, k) => (tick < low || tick > high ? [] : [[tick, labels[k] ?? ""]]));
  const [across, upwards] = [inside(x), inside(y)];
  const end = { "text-anchor": "end" };
  return [
    group(
      "y-grid",
      { stroke: area.grid },
      upwards.map(([v]) => svgElement("path", { d: `M${left},${px(places.y(v))}H${right}` })),
    ),
    group(
      "x-axis tick",
      { stroke: "currentColor" },
      across.map(([v]) => svgElement("path", { d: `M${px(places.x(v))},${bottom}v6` })),
    ),
    group(
      "x-axis tick label",
      { "text-anchor": "middle" },
      across.map(([v, label]) => svgText(places.x(v), bottom + 19, label)),
    ),
    group("x-axis label", end, [svgText(right, height - 4, x.label)]),
    group(
      "y-axis tick label",
      end,
      upwards.map(([v, label]) => svgText(left - 9, places.y(v) + 4, label)),
    ),
    group("y-axis label", {}, [svgText(4, top - 14, y.label)]),
    ...marks(places),
  ].filter((part) => part !== "");
}

/** 0 at the low end of an axis, 1 at the high one. */
function shareOf({ log, low, high }: PlotAxis, value: number): number {
  const place = (v: number): number => (log ? Math.log(v) : v);
  return (place(value) - place(low)) / (place(high) - place(low));
}
