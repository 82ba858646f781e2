/** @file The findings on memory: losses and errors by network, and copying as it is learned. */
import { type ChartPoint, seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import { showSpread, spreadOf } from "../parts/statistics.ts";
import { type Attempt, atBestRates, type BestRate, ratesSections } from "../parts/sweep.ts";
import { tablesFile } from "../parts/tables-file.ts";
import type { RowName } from "./recurrence.ts";

/** A trained network; scores are nats a step of copying, or the share of wrong images. */
export interface MemoryAttempt extends Attempt {
  readonly task: string;
  readonly method: RowName;
  readonly width: number;
  readonly parameters: number;
  /** Nats a step without memory, of copying. */
  readonly memoryless: number | null;
  /** Iterations until a batch's loss was a tenth of that. */
  readonly solvedAt: number | null;
  /** The loss of some batches: iteration and nats. */
  readonly curve: readonly (readonly [iteration: number, loss: number])[];
  readonly seconds: number;
}

type Row = BestRate<MemoryAttempt>;

const scores = (row: Row, digits = 4): string =>
  showSpread(spreadOf(row.runs.map(({ test }) => test)), (v) => v.toFixed(digits));

/** The losses of batches: mean, least and most of the seeds. */
const curveOf = ({ runs }: Row): ChartPoint[] =>
  runs[0].curve.flatMap(([x], k) => {
    const spread = spreadOf(runs.flatMap(({ curve }) => curve[k]?.[1] ?? []));
    return spread === undefined ? [] : [{ x, y: spread.mean, low: spread.low, high: spread.high }];
  });

/** The findings of all rows, each at its best rate. */
export function memoryFindings(attempts: readonly MemoryAttempt[]): Findings {
  const rows = atBestRates(attempts);
  const tasks = [...new Set(rows.map(({ runs }) => runs[0].task))];
  const sections = tasks.flatMap((task) =>
    sectionsOf(
      task,
      rows.filter(({ runs }) => runs[0].task === task),
    ),
  );
  const said = rows.map((row) => `${row.row} ${scores(row)}`);
  return {
    summary:
      said.length === 0
        ? "Interrupted before anything was measured."
        : `Nats a step of copying, and the share of wrong images: ${said.join("; ")}.`,
    sections,
    results: {
      attempts: attempts.map(({ curve, ...facts }) => ({
        ...facts,
        curve: curve.map((point) => [...point]),
      })),
    },
    files: [tablesFile(sections)],
  };
}

function sectionsOf(task: string, rows: readonly Row[]): Section[] {
  const without = rows[0]?.runs[0].memoryless ?? null;
  const copying = without !== null;
  return [
    {
      heading: task,
      text: copying
        ? `Nats a step on new sequences, ${without.toFixed(4)} without memory; mean (least to ` +
          "most) of the seeds. Solved is the first batch with a tenth of that."
        : "The share of test images that are wrong; mean (least to most) of the seeds.",
      table: {
        head: [
          "row",
          "width",
          "numbers",
          "rate",
          "test",
          "by seed",
          ...(copying ? ["solved"] : []),
        ],
        rows: rows.map((row) => [
          row.row,
          String(row.runs[0].width),
          formatCount(row.runs[0].parameters),
          String(row.rate),
          scores(row),
          row.runs.map(({ test }) => test.toFixed(4)).join(", "),
          ...(copying ? [row.runs.map(({ solvedAt }) => solvedAt ?? "never").join(", ")] : []),
        ]),
      },
      figure: {
        name: `curve-${task}`,
        svg: seriesChart({
          title: copying
            ? `Copying: nats a step, ${task} (dashed: without memory)`
            : "Images by pixels: loss of a batch",
          x: { label: "iteration" },
          y: { label: "nats", scale: "log" },
          ...(copying ? { level: { y: without, name: "" } } : {}),
          series: rows.map((row) => ({ name: row.runs[0].method, points: curveOf(row) })),
        }),
      },
    },
    ...ratesSections(rows, `${task}: scores that chose the rates`, (v) => v.toFixed(4)),
  ];
}
