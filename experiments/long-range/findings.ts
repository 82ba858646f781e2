/** @file Tables and pictures of records, with no training. */
import { type ChartLevel, type ChartSeries, seriesChart } from "@spm/report";
import type { Json } from "@spm/trainer";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import { median, medianBar, spreadOf } from "../parts/statistics.ts";
import { atBestRates } from "../parts/sweep.ts";
import { type Contender, contenderNames, contenderNotes } from "./contenders.ts";
import { exponent, overtakes, type Point } from "./growth.ts";
import type { CostRecord, ErrorRecord, Records } from "./records.ts";
import { floors, type TaskName, taskNames } from "./tasks.ts";

/** The least n of the fitted growth. */
const FROM = 2048;

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
const lengthsOf = (records: readonly { readonly n: number }[]): number[] =>
  distinct(records.map(({ n }) => n)).sort((a, b) => a - b);
const namesOf = (records: readonly { readonly contender: Contender }[]): Contender[] =>
  contenderNames.filter((name) => records.some(({ contender }) => contender === name));

/** 0.00412, 5.1 % */
const showError = (task: TaskName, value: number): string =>
  task === "digits" ? `${(100 * value).toFixed(2)} %` : value.toPrecision(3);

/** 0.512 MB, 87.0 MB, 1,073 MB */
export const showBytes = (bytes: number): string => {
  const millions = bytes / 1e6;
  return `${millions < 1000 ? millions.toPrecision(3) : formatCount(Math.round(millions))} MB`;
};

/** Trainings that differ in their seeds alone. */
interface Row {
  readonly contender: Contender;
  readonly n: number;
  readonly rate: number;
  readonly records: readonly ErrorRecord[];
}

/** The rows of a task, and of each contender and length the one whose rate validates best. */
export function rowsOf(records: readonly ErrorRecord[]): { all: Row[]; best: Row[] } {
  const all = namesOf(records).flatMap((contender) =>
    lengthsOf(records).flatMap((n) => {
      const own = records.filter((record) => record.contender === contender && record.n === n);
      return distinct(own.map(({ rate }) => rate))
        .sort((a, b) => a - b)
        .map((rate): Row => ({ contender, n, rate, records: own.filter((r) => r.rate === rate) }));
    }),
  );
  const chosen = atBestRates(
    records.map((record) => ({ ...record, row: `${record.contender}, ${record.n}` })),
  );
  const best = all.filter(({ contender, n, rate }) =>
    chosen.some((one) => one.row === `${contender}, ${n}` && one.rate === rate),
  );
  return { all, best };
}

const errorLevel = (task: TaskName): { level?: ChartLevel } =>
  task === "maximum"
    ? { level: { y: floors.maximum.additive, name: "least of sums over positions, 2/45" } }
    : {};

/** Errors of a task at the best rate, all rates, and the picture against n. */
function errorSections(task: TaskName, records: readonly ErrorRecord[]): Section[] {
  const { all, best } = rowsOf(records);
  const row = ({ contender, n, rate, records: own }: Row): string[] => {
    const [first] = own;
    return [
      contender,
      `${n}`,
      formatCount(first?.parameters ?? 0),
      `${first?.steps} × ${first?.batch}`,
      `${rate}`,
      own.map(({ test }) => showError(task, test)).join(", "),
      showError(task, median(own.map(({ test }) => test))),
    ];
  };
  const head = [
    "contender",
    "n",
    "parameters",
    "steps × batch",
    "rate",
    "test error by seed",
    "median",
  ];
  const lengths = lengthsOf(records);
  const what = task === "digits" ? "share of wrong classes" : "mean squared error";
  const series = namesOf(records).map(
    (name): ChartSeries => ({
      name,
      points: best
        .filter(({ contender }) => contender === name)
        .map(({ n, records: own }) => ({ x: n, ...medianBar(own.map(({ test }) => test)) })),
    }),
  );
  return [
    {
      heading: `${task}: error`,
      text:
        `The ${what} on sequences that no training saw, at the rate of the least mean error on ` +
        "other held-out sequences.",
      table: { head, rows: best.map(row) },
      ...(lengths.length > 1 && {
        figure: {
          name: `error-${task}`,
          svg: seriesChart({
            title: `${task}: test error by length, medians over seeds`,
            x: { label: "length n", scale: "log", ticks: lengths },
            y: { label: what, scale: "log" },
            series,
            ...errorLevel(task),
          }),
        },
      }),
    },
    ...(all.length > best.length
      ? [
          {
            heading: `${task}: all rates`,
            text: "Errors on the sequences that choose the rate, by seed.",
            table: {
              head: ["contender", "n", "rate", "validation error by seed"],
              rows: all.map(({ contender, n, rate, records: own }) => [
                contender,
                `${n}`,
                `${rate}`,
                own.map(({ validation }) => showError(task, validation)).join(", "),
              ]),
            },
          },
        ]
      : []),
    curveSection(task, best),
  ];
}

/** The errors of training at the shortest length, of the first seed. */
function curveSection(task: TaskName, best: readonly Row[]): Section {
  const shortest = Math.min(...best.map(({ n }) => n));
  const series = best
    .filter(({ n }) => n === shortest)
    .map(
      ({ contender, records: [first] }): ChartSeries => ({
        name: contender,
        points: (first?.curve ?? []).map((y, k, { length }) => ({
          x: ((k + 1) / length) * (first?.steps ?? 0),
          y,
        })),
      }),
    );
  return {
    heading: `${task}: on the way, n = ${shortest}`,
    figure: {
      name: `curve-${task}`,
      svg: seriesChart({
        title: `${task}, n = ${shortest}: loss of training, means over tenths`,
        x: { label: "steps" },
        y: { label: "loss", scale: "log" },
        series,
        ...errorLevel(task),
      }),
    },
  };
}

/** Rivals of every contender that mixes otherwise. */
const ATTENTION: readonly Contender[] = ["attention", "attention in pieces"];

/** Seconds and bytes of a step on a backend, their growth, and where attention is overtaken. */
function costSections(backend: string, records: readonly CostRecord[]): Section[] {
  const lengths = lengthsOf(records);
  const names = namesOf(records);
  const [first] = records;
  const points = (value: (record: CostRecord) => number, name: Contender): Point[] =>
    records
      .filter(({ contender }) => contender === name)
      .map((record) => ({ n: record.n, value: value(record) }))
      .sort((a, b) => a.n - b.n);
  const seconds = (name: Contender): Point[] => points((r) => median(r.seconds), name);
  const bytes = (name: Contender): Point[] => points((r) => r.bytes, name);
  const table = (of: (name: Contender) => Point[], show: (value: number) => string) => ({
    head: ["n", ...names],
    rows: lengths.map((n) => [
      `${n}`,
      ...names.map((name) => {
        const point = of(name).find((one) => one.n === n);
        return point === undefined ? "–" : show(point.value);
      }),
    ]),
  });
  const figure = (name: string, label: string, of: (name: Contender) => Point[]) => ({
    name: `${name}-${backend.split(" ")[0]}`,
    svg: seriesChart({
      title: `${label} of a step by length, ${backend.split(" ")[0]}`,
      x: { label: "length n", scale: "log", ticks: lengths },
      y: { label, scale: "log" },
      series: names.map((one) => ({
        name: one,
        points: of(one).map(({ n, value }) => ({ x: n, y: value })),
      })),
    }),
  });
  const power = (p: number | undefined): string => (p === undefined ? "–" : `n^${p.toFixed(2)}`);
  const rivals = ATTENTION.flatMap(seconds);
  const logarithmic = lengths.map((n) => ({ n, value: n * Math.log2(n) }));
  return [
    {
      heading: `Seconds of a step on ${backend}`,
      text:
        `Forward, backward and update in milliseconds, batch ${first?.batch}, width ` +
        `${first?.width}; medians over alternating rounds. A dash is a length that the memory ` +
        "was too small for, or that was not measured.",
      table: table(seconds, (value) => (1000 * value).toPrecision(3)),
      figure: figure("seconds", "seconds", seconds),
    },
    {
      heading: `Peak memory of a step on ${backend}`,
      text: "The most bytes of tensors at once, without parameters and Adam's means.",
      table: table(bytes, showBytes),
      figure: figure("bytes", "bytes", bytes),
    },
    ...(lengths.filter((n) => n >= FROM).length < 2
      ? []
      : [
          {
            heading: `Growth on ${backend}`,
            text:
              `The power of n that fits the lengths from ${FROM} on best; n log n is ` +
              `${power(exponent(logarithmic, FROM))} there. The last column is the length from ` +
              "which on a step takes less time than attention of either form, at all lengths " +
              "that attention has the memory for.",
            table: {
              head: ["contender", "seconds", "bytes", "faster than attention from"],
              rows: names.map((name) => [
                name,
                ...[seconds, bytes].map((of) => power(exponent(of(name), FROM))),
                rivals.length === 0 || ATTENTION.includes(name)
                  ? "–"
                  : `${overtakes(seconds(name), rivals) ?? `not up to ${lengths.at(-1)}`}`,
              ]),
            },
          },
        ]),
  ];
}

/** The least test errors of a task by contender, "cdil 0.004, attention 0.001". */
function ranking(task: TaskName, records: readonly ErrorRecord[]): string {
  const n = Math.min(...lengthsOf(records));
  const ranked = rowsOf(records)
    .best.filter((row) => row.n === n)
    .map(({ contender, records: own }) => ({
      contender,
      error: spreadOf(own.map(({ test }) => test))?.mean ?? Number.NaN,
    }))
    .sort((a, b) => a.error - b.error);
  const list = ranked.map(({ contender, error }) => `${contender} ${showError(task, error)}`);
  return `${task}, n = ${n}, mean test error: ${list.join(", ")}.`;
}

/** All sections, in the order of the question. */
export function longRangeFindings({ errors, costs }: Records): Findings {
  const tasks = taskNames.filter((name) => errors.some(({ task }) => task === name));
  const of = (name: TaskName): ErrorRecord[] => errors.filter(({ task }) => task === name);
  const backends = distinct(costs.map(({ backend }) => backend));
  const used = namesOf([...errors, ...costs]);
  const summary = [
    ...tasks.map((name) => ranking(name, of(name))),
    ...(costs.length > 0 ? [`Costs by length of ${namesOf(costs).join(", ")}.`] : []),
  ];
  return {
    summary: summary.join(" ") || "Interrupted before anything was measured.",
    sections: [
      {
        heading: "Contenders",
        table: {
          head: ["contender", "what it is"],
          rows: used.map((name) => [name, contenderNotes[name]]),
        },
      },
      ...tasks.flatMap((name) => errorSections(name, of(name))),
      ...backends.flatMap((backend) =>
        costSections(
          backend,
          costs.filter((record) => record.backend === backend),
        ),
      ),
    ],
    results: { errors: errors as unknown as Json, costs: costs as unknown as Json },
  };
}
