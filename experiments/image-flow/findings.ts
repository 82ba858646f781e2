/** @file The findings on image flows: bits, digits, seconds, and what the flows draw. */
import { seriesChart } from "@spm/report";
import type { Findings, Section, Table } from "../parts/experiment.ts";
import { median, showSpread, spreadOf } from "../parts/statistics.ts";
import { tablesFile } from "../parts/tables-file.ts";
import type { FlowRecord } from "./measure.ts";
import { type MixingName, mixingNames } from "./mixings.ts";
import { sheet } from "./sheet.ts";
import { type MapSeconds, ROWS } from "./time-maps.ts";

/** What a run leaves. */
export interface Records {
  readonly flows: readonly FlowRecord[];
  readonly times: readonly MapSeconds[];
}

/** All seeds of a mixing on a set of images. */
interface Row {
  readonly mixing: MixingName;
  readonly runs: readonly [FlowRecord, ...FlowRecord[]];
  readonly mean: number;
}

const small = (v: number): string => v.toExponential(1);
const bits = (v: number): string => v.toFixed(3);

function rowsOf(flows: readonly FlowRecord[]): Row[] {
  return mixingNames
    .flatMap((mixing): Row[] => {
      const [first, ...others] = flows.filter((flow) => flow.mixing === mixing);
      if (first === undefined) return [];
      const runs = [first, ...others] as const;
      return [{ mixing, runs, mean: runs.reduce((sum, run) => sum + run.bits, 0) / runs.length }];
    })
    .sort((a, b) => a.mean - b.mean);
}

/** The worst of a number over all seeds of a row, at one width. */
const worst = (row: Row, n: number, of: "error" | "condition"): number =>
  Math.max(...row.runs.flatMap(({ maps }) => maps.filter((m) => m.n === n).map((m) => m[of])));

/** The least factor of a coupling over all seeds, where all records have it. */
function leastOf(runs: readonly FlowRecord[]): string {
  const least = Math.min(...runs.map(({ leastFactor = Number.NaN }) => leastFactor));
  return Number.isNaN(least) ? "–" : small(least);
}

function scoreTable(rows: readonly Row[]): Table {
  return {
    head: [
      "mixing",
      "seeds",
      "bits a number",
      "rates",
      "parameters",
      "of these, mixing",
      "step, s",
      "there and back",
      "least factor",
    ],
    rows: rows.map(({ mixing, runs }) => [
      mixing,
      runs.map(({ seed }) => seed).join(", "),
      showSpread(spreadOf(runs.map((run) => run.bits)), bits),
      [...new Set(runs.map(({ rate }) => rate))].sort().join(", "),
      `${runs[0].parameters}`,
      `${runs[0].mixed}`,
      median(runs.map(({ seconds }) => seconds)).toFixed(3),
      small(Math.max(...runs.map((run) => run.roundTrip))),
      leastOf(runs),
    ]),
  };
}

function qualityTable(rows: readonly Row[]): Table {
  const widths = [...new Set(rows.flatMap(({ runs }) => runs[0].maps.map(({ n }) => n)))];
  return {
    head: ["mixing", ...widths.flatMap((n) => [`n = ${n}`, "condition"])],
    rows: rows.map((row) => [
      row.mixing,
      ...widths.flatMap((n) => [
        small(worst(row, n, "error")),
        worst(row, n, "condition").toPrecision(3),
      ]),
    ]),
  };
}

function sectionsOf(name: string, flows: readonly FlowRecord[]): Section[] {
  const rows = rowsOf(flows);
  const [first] = flows;
  if (first === undefined) return [];
  const [channels = 1, height = 1, width = 1] = first.shape;
  const pictures = rows.map(({ mixing, runs }) => ({
    name: mixing,
    pixels: new Uint8Array(Buffer.from(runs[0].samples, "base64")),
  }));
  return [
    {
      heading: `${name}: bits, numbers, seconds`,
      text:
        `Test images, ${channels} × ${height} × ${width}, after ${first.steps} steps: the mean ` +
        "over seeds (lowest to highest), from the best to the worst. The rate of each run is the " +
        "best of several on held-out images. There and back: max |x − decode(encode(x))|, of " +
        "pixels in [0, 1), float32. Least factor: that by which a coupling multiplies a number.",
      table: scoreTable(rows),
      figure: {
        name: `samples-${name}`,
        svg: sheet(`samples of flows: ${name}`, [channels, height, width], pictures),
      },
    },
    {
      heading: `${name}: the trained maps`,
      text:
        "max |W⁻¹ W x − x| / max |x| of 256 normal rows in float32, and the condition of W: the " +
        "worst map of all seeds at each number of channels.",
      table: qualityTable(rows),
    },
  ];
}

function timeSection(times: readonly MapSeconds[]): Section[] {
  if (times.length === 0) return [];
  const widths = [...new Set(times.map(({ n }) => n))].sort((a, b) => a - b);
  const names = mixingNames.filter((name) => times.some(({ mixing }) => mixing === name));
  const at = (mixing: MixingName, n: number) =>
    times.find((time) => time.mixing === mixing && time.n === n)?.seconds;
  const parts = ["product", "inverse", "logAbsDet"] as const;
  const micro = (v: number | undefined): string => (v === undefined ? "–" : (1e6 * v).toFixed(0));
  return [
    {
      heading: "Seconds of a map",
      text:
        `Microseconds of the product and of the inverse of ${ROWS} rows, and of ln |det W|, at ` +
        `n = ${widths.join(", ")}; all kinds by turns, the medians of the rounds.`,
      table: {
        head: ["mixing", ...parts.flatMap((part) => widths.map((n) => `${part}, ${n}`))],
        rows: names.map((name) => [
          name,
          ...parts.flatMap((part) => widths.map((n) => micro(at(name, n)?.[part]))),
        ]),
      },
      figure: {
        name: "inverse-seconds",
        svg: seriesChart({
          title: `inverse of ${ROWS} rows`,
          x: { label: "channels n", scale: "log", ticks: widths },
          y: { label: "microseconds", scale: "log" },
          series: names.map((name) => ({
            name,
            points: widths.flatMap((n) => {
              const seconds = at(name, n)?.inverse;
              return seconds === undefined ? [] : [{ x: n, y: 1e6 * seconds }];
            }),
          })),
        }),
      },
    },
  ];
}

/** The report on all that was measured. */
export function imageFlowFindings({ flows, times }: Records): Findings {
  const names = [...new Set(flows.map(({ images }) => images))];
  const of = (name: string): FlowRecord[] => flows.filter(({ images }) => images === name);
  const summary = names.map(
    (name) =>
      `${name}, bits a number from the best to the worst: ` +
      rowsOf(of(name))
        .map(({ mixing, mean }) => `${mixing} ${bits(mean)}`)
        .join(", "),
  );
  const sections = [...names.flatMap((name) => sectionsOf(name, of(name))), ...timeSection(times)];
  return {
    summary: summary.length === 0 ? "No flow was trained." : `${summary.join("; ")}.`,
    sections,
    files: [tablesFile(sections)],
    results: {
      flows: flows.map((flow) => ({
        ...flow,
        shape: [...flow.shape],
        tried: flow.tried.map((one) => ({ ...one })),
        maps: flow.maps.map((map) => ({ ...map })),
      })),
      times: times.map((time) => ({ ...time, seconds: { ...time.seconds } })),
    },
  };
}
