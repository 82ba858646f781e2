/** @file Scores against bytes: the chart, and which rows no smaller one equals. */
import { type ChartSeries, seriesChart } from "@spm/report";
import type { Section } from "./experiment.ts";
import type { Spread } from "./statistics.ts";

/** A row with its size and score. */
export interface SizedRow {
  readonly row: string;
  /** The rows of one series. */
  readonly kind: string;
  readonly bytes: number;
  readonly score: Spread;
}

/** float32. */
const BYTES = 4;

/** The bytes of so many parameters. */
export const bytesOf = (parameters: number): number => BYTES * parameters;

/** The rows, smallest first, that are better than every smaller or equal one. */
export function frontOf<R extends Pick<SizedRow, "bytes" | "score">>(
  rows: readonly R[],
  better: (a: number, b: number) => boolean,
): R[] {
  return rows
    .filter(({ bytes, score }) =>
      rows.every(
        (other) =>
          other.bytes > bytes ||
          (other.bytes === bytes && other.score.mean === score.mean) ||
          better(score.mean, other.score.mean),
      ),
    )
    .sort((a, b) => a.bytes - b.bytes);
}

/** The chart of all rows, the front joined and the others apart. */
export function frontSection(
  rows: readonly SizedRow[],
  {
    title,
    label,
    name,
    better,
  }: {
    readonly title: string;
    readonly label: string;
    readonly name: string;
    readonly better: (a: number, b: number) => boolean;
  },
): Section {
  const front = frontOf(rows, better);
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  const series: ChartSeries[] = kinds.map((kind) => ({
    name: kind,
    points: rows
      .filter((row) => row.kind === kind)
      .map(({ bytes, score }) => ({ x: bytes, y: score.mean, low: score.low, high: score.high })),
  }));
  return {
    heading: `${label} against bytes`,
    text: `No row of as many bytes or fewer is better than ${front
      .map(({ row }) => row)
      .join(", ")}.`,
    figure: {
      name,
      svg: seriesChart({
        title,
        x: { label: "bytes of the parameters, float32", scale: "log" },
        y: { label },
        series,
      }),
    },
  };
}
