/** @file Numbers over steps, as a chart. */
import { Tensor } from "@spm/core";
import { seriesChart } from "@spm/report";
import type { Entry } from "../messages.ts";
import { numbersOf, showNumber } from "./describe.ts";

/** Options of `plot`. */
export interface PlotOptions {
  /** A plot takes the place of an earlier one with its title. */
  readonly title?: string;
  /** The quantity to the right. */
  readonly x?: string;
  /** The quantity upwards. */
  readonly y?: string;
  /** The places of the numbers to the right; 0, 1, 2, … without them. */
  readonly at?: Numbers;
  /** Whether the scale upwards is logarithmic. */
  readonly log?: boolean;
  /** Whether lines join the numbers; they do without it. */
  readonly joined?: boolean;
}

/** A list of numbers, or a tensor [n]. */
type Numbers = ArrayLike<number> | Tensor;

/** Numbers in their order, or several such series by name. */
export type Series = Numbers | Readonly<Record<string, Numbers>>;

/** The most points that a line is drawn through. */
const POINTS = 100;

const isList = (series: Series): series is Numbers =>
  series instanceof Tensor || Array.isArray(series) || ArrayBuffer.isView(series);

/** The numbers of a list or a tensor. */
const read = (numbers: Numbers): ArrayLike<number> | Promise<ArrayLike<number>> =>
  numbers instanceof Tensor ? numbersOf(numbers) : Array.from(numbers);

/** The chart of series: at once unless one is on a device. */
export function plotted(series: Series, options: PlotOptions = {}): Entry | Promise<Entry> {
  const { y = "", at = [] } = options;
  const named = isList(series) ? { [y || "value"]: series } : series;
  const names = Object.keys(named);
  const all = [at, ...Object.values(named)].map(read);
  const draw = ([places = [], ...lists]: readonly ArrayLike<number>[]): Entry =>
    chartOf(
      lists.map((values, k) => ({ name: names[k] ?? "", values })),
      places,
      options,
    );
  return all.some((list) => list instanceof Promise)
    ? Promise.all(all).then(draw)
    : draw(all as readonly ArrayLike<number>[]);
}

/** A chart and what it says in words. */
function chartOf(
  lists: readonly { readonly name: string; readonly values: ArrayLike<number> }[],
  places: ArrayLike<number>,
  { y = "", x = "step", title = y || "plot", log = false, joined = true }: PlotOptions,
): Entry {
  const series = lists.map(({ name, values }) => {
    const every = Math.max(1, Math.ceil(values.length / POINTS));
    const points = Array.from(values, (value, k) => ({ x: places[k] ?? k, y: value }));
    return { name, points: points.filter((_, k) => k % every === 0 || k === points.length - 1) };
  });
  const scale = log ? "log" : "linear";
  const svg = seriesChart({ title, x: { label: x }, y: { label: y, scale }, series, joined });
  const said = lists.map(({ name, values }) => {
    const ends = [values[0], values[values.length - 1]].map((v) => showNumber(v ?? Number.NaN));
    return `${name} goes from ${ends.join(" to ")}`;
  });
  return { kind: "picture", title, svg, description: `${title}: ${said.join(", ")}` };
}
