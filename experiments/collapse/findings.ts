/** @file The findings on neural collapse: slopes, a table by depth, charts, the simplex. */
import { seriesChart } from "@spm/report";
import type { CollapseMetrics } from "@spm/trainer";
import { formatPercent } from "@spm/trainer/format";
import type { Findings, Section, Table } from "../parts/experiment.ts";
import { median, medianBar } from "../parts/statistics.ts";
import { tablesFile } from "../parts/tables-file.ts";
import { planesPicture } from "./plane.ts";
import { rows } from "./rows.ts";
import { lineThrough } from "./slope.ts";
import type { Outcome } from "./train-net.ts";

/** Claims about the slope of log NC1 against log L. */
const CLAIMS = {
  "claim: the source's nets, second hand": -0.335,
  "claim: the theory's rate": -0.5,
} as const;
/** The row whose features are drawn, and what is drawn beside it. */
const DRAWN = ["resnet-1", "no-residual"];

/**
 * Tables, charts and pictures of trained nets.
 * @param failures - the nets whose loss or gradients were not finite
 */
export function collapseFindings(
  outcomes: readonly Outcome[],
  failures: readonly string[],
): Findings {
  const names = Object.keys(rows).filter((name) => outcomes.some(({ row }) => row === name));
  const of = (name: string): Outcome[] => outcomes.filter(({ row }) => row === name);
  const slopes = names.map((name) => ({ name, ...slopeOf(of(name)) }));
  const sections: Section[] = [
    {
      heading: "Slopes",
      text:
        "The slope of log NC1 (trace form) against log L through all depths and seeds, with its " +
        "95 % interval; NC1 is the median over seeds. Accuracy is that on the training set, the " +
        "lowest of all nets.",
      table: {
        head: ["net", "seeds", "loss, λ", "slope", "NC1, shallowest", "NC1, deepest", "accuracy"],
        rows: [
          ...slopes.map(({ name, shown }) => [
            name,
            seedsOf(of(name)),
            ruleOf(name),
            shown,
            ...ends(of(name)),
          ]),
          ...Object.entries(CLAIMS).map(([name, v]) => [name, "", "", String(v), "", "", ""]),
        ],
      },
    },
    ...names.map((name) => ({ heading: `${name}, by depth`, table: byDepth(of(name)) })),
    {
      heading: "NC1 by depth",
      figure: {
        name: "nc1-by-depth",
        svg: chart(
          "NC1 by depth",
          "blocks L",
          names.map((name) => ({ name, points: pointsOf(of(name)) })),
        ),
      },
    },
    ...names.filter((name) => DRAWN.includes(name)).flatMap((name) => overTraining(name, of(name))),
    ...(failures.length > 0 ? [{ heading: "Not finished", text: failures.join("; ") }] : []),
  ];
  return {
    summary:
      names.length === 0
        ? "Interrupted before anything was measured."
        : `Slopes of log NC1 by log L: ${slopes.map((s) => `${s.name} ${s.shown}`).join(", ")}.`,
    sections,
    results: {
      nets: outcomes.map((outcome) => JSON.parse(JSON.stringify(outcome))),
      failures: [...failures],
    },
    files: [tablesFile(sections)],
  };
}

function ruleOf(name: string): string {
  const row = rows[name];
  return row === undefined ? "–" : `${row.loss}, ${row.rule}`;
}

const seedsOf = (outcomes: readonly Outcome[]): string =>
  [...new Set(outcomes.map(({ seed }) => seed))].sort((a, b) => a - b).join(", ");

function slopeOf(outcomes: readonly Outcome[]): { readonly shown: string } {
  const points = outcomes.flatMap(({ depth, metrics: { nc1Trace } }) =>
    nc1Trace > 0 ? [[Math.log(depth), Math.log(nc1Trace)] as const] : [],
  );
  const line = lineThrough(points);
  if (line === undefined) return { shown: "–" };
  const half = Number.isNaN(line.half) ? "" : ` ± ${line.half.toFixed(2)}`;
  return { shown: line.slope.toFixed(2) + half };
}

const depthsOf = (outcomes: readonly Outcome[]): number[] =>
  [...new Set(outcomes.map(({ depth }) => depth))].sort((a, b) => a - b);

/** "0.0106", "3.1e-4", "0" */
const digits = (value: number): string =>
  value === 0 || value >= 0.001 ? String(Number(value.toPrecision(3))) : value.toExponential(1);

/** "–" for what is undefined, which a file has as null. */
const number = (values: readonly (number | null)[]): string => {
  const middle = median(values.map((v) => v ?? Number.NaN));
  return Number.isNaN(middle) ? "–" : digits(middle);
};

/** NC1 of the shallowest and the deepest, and the lowest accuracy. */
function ends(outcomes: readonly Outcome[]): string[] {
  const depths = depthsOf(outcomes);
  const nc1 = (depth: number | undefined): string =>
    number(outcomes.flatMap((o) => (o.depth === depth ? [o.metrics.nc1Trace] : [])));
  const accuracy = Math.min(...outcomes.map((o) => o.accuracy));
  return [nc1(depths[0]), nc1(depths.at(-1)), formatPercent(accuracy)];
}

const COLUMNS: readonly (readonly [head: string, key: keyof CollapseMetrics])[] = [
  ["NC1, trace", "nc1Trace"],
  ["NC1, whitened", "nc1Whitened"],
  ["NC2, means", "nc2Means"],
  ["NC2, weights", "nc2Weights"],
  ["NC3, duality", "nc3Duality"],
  ["NC3, cosines", "nc3Cosines"],
  ["NC4", "nc4"],
];

function byDepth(outcomes: readonly Outcome[]): Table {
  const line = (name: string, of: readonly Outcome[], floor: boolean): string[] => [
    name,
    digits(median(of.map((o) => (floor ? o.floor.loss : o.loss + o.penalty)))),
    floor ? "0" : digits(median(of.map((o) => o.loss + o.penalty - o.floor.loss))),
    ...COLUMNS.map(([, key]) => number(of.map((o) => (floor ? o.floor : o).metrics[key]))),
  ];
  const depths = depthsOf(outcomes);
  const at = (depth: number): Outcome[] => outcomes.filter((o) => o.depth === depth);
  const deepest = at(depths.at(-1) ?? 0);
  return {
    head: ["L", "loss with L2", "above the floor", ...COLUMNS.map(([head]) => head)],
    rows: [
      ...depths.map((depth) => line(String(depth), at(depth), false)),
      line(`floor at the λ of ${depths.at(-1)}`, deepest, true),
    ],
  };
}

type Points = readonly { readonly x: number; readonly y: number }[];

const pointsOf = (outcomes: readonly Outcome[]) =>
  depthsOf(outcomes).map((depth) => ({
    x: depth,
    ...medianBar(outcomes.flatMap((o) => (o.depth === depth ? [o.metrics.nc1Trace] : []))),
  }));

const chart = (
  title: string,
  x: string,
  series: readonly { readonly name: string; readonly points: Points }[],
): string =>
  seriesChart({
    title,
    x: { label: x, scale: "log" },
    y: { label: "NC1, trace form", scale: "log" },
    series,
  });

/** The first seed at the greatest depth: the simplex, and the metrics by step. */
function overTraining(name: string, outcomes: readonly Outcome[]): Section[] {
  const depth = depthsOf(outcomes).at(-1);
  const [first] = outcomes.filter((o) => o.depth === depth);
  if (first === undefined) return [];
  const points = (key: "nc1" | "nc2" | "nc3") =>
    first.readings.flatMap(({ step, [key]: y }) => (step > 0 ? [{ x: step, y }] : []));
  const title = `${name}, ${depth} blocks, seed ${first.seed}`;
  return [
    {
      heading: `${title}: three classes over training`,
      text:
        "Samples of the first three classes and, larger, their means, on the plane through the " +
        "means at the end: a face of the simplex.",
      figure: { name: `simplex-${name}`, svg: planesPicture(title, first.planes) },
    },
    {
      heading: `${title}: metrics over training`,
      figure: {
        name: `training-${name}`,
        svg: seriesChart({
          title,
          x: { label: "step", scale: "log" },
          y: { label: "distance from collapse", scale: "log" },
          series: [
            { name: "NC1, trace", points: points("nc1") },
            { name: "NC2, means", points: points("nc2") },
            { name: "NC3, cosines", points: points("nc3") },
          ],
        }),
      },
    },
  ];
}
