/** @file The findings on language models: nats, bits, seconds, and samples of text. */
import { seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import { bytesOf, frontSection } from "../parts/bytes-front.ts";
import type { Findings, Section } from "../parts/experiment.ts";
import { type Spread, showSpread, spreadOf } from "../parts/statistics.ts";
import { atBestRates, type BestRate, ratesSections } from "../parts/sweep.ts";
import { attemptsJson, secondsToDense, type TurnAttempt } from "../parts/sweep-in-turn.ts";
import { tablesFile } from "../parts/tables-file.ts";
import { languageRow } from "./language-model.ts";

/** A training, and the text that its model writes after the prompt, "" where it wrote none. */
export interface CharlmAttempt extends TurnAttempt {
  readonly written: string;
}

type Row = BestRate<CharlmAttempt>;

const bits = (nats: number): number => nats / Math.LN2;
const digits = (value: number): string => value.toFixed(3);
const natsOf = ({ runs }: Row): Spread | undefined => spreadOf(runs.map(({ test }) => test));

/** The findings of trainings, each row at its best rate. */
export function charlmFindings(attempts: readonly CharlmAttempt[]): Findings {
  const rows = atBestRates(attempts);
  const sections = rows.length === 0 ? [] : sectionsOf(rows);
  const reached = rows.map((row) => {
    const nats = natsOf(row)?.mean ?? Number.NaN;
    return `${row.row} ${digits(nats)} nats = ${digits(bits(nats))} bits`;
  });
  return {
    summary:
      reached.length === 0
        ? "Interrupted before anything was measured."
        : `Per character, each at its best rate: ${reached.join(", ")}.`,
    sections,
    results: attemptsJson(attempts),
    files: [tablesFile(sections)],
  };
}

function sectionsOf(rows: readonly Row[]): Section[] {
  return [
    {
      heading: "Bits per character",
      text:
        "On the last tenth of the book, cut into windows without overlap; mean (least to most) " +
        "of the seeds. Bits are nats / ln 2. Seconds of training steps are a ratio to the dense " +
        "row's where it took turns with it.",
      table: {
        head: ["row", "parameters", "rate", "nats", "by seed", "bits", "seconds to dense"],
        rows: rows.map((row) => [
          row.row,
          formatCount(row.runs[0].parameters),
          String(row.rate),
          showSpread(natsOf(row), digits),
          row.runs.map(({ test }) => digits(test)).join(", "),
          digits(bits(natsOf(row)?.mean ?? Number.NaN)),
          secondsToDense(row.runs),
        ]),
      },
    },
    ...ratesSections(rows, "Nats on the validation text", digits),
    courseTable(rows),
    frontSection(
      rows.flatMap((row) => {
        const score = natsOf(row);
        const bytes = bytesOf(row.runs[0].parameters);
        const { kind, recurrent } = languageRow(row.row);
        return score ? [{ row: row.row, kind: recurrent ? row.row : kind, bytes, score }] : [];
      }),
      {
        title: "Moby Dick: nats by bytes",
        label: "nats per character",
        name: "nats-by-bytes",
        better: (a, b) => a < b,
      },
    ),
    curve(
      rows,
      "by-steps",
      "Moby Dick: bits by steps",
      "steps",
      ({ course }, k) => course[k]?.step ?? 0,
    ),
    curve(
      rows,
      "by-seconds",
      "Moby Dick: bits by seconds",
      "seconds",
      ({ seconds }, k) => seconds.course[k] ?? 0,
    ),
    ...rows.flatMap(({ row, runs: [{ written }] }) =>
      written ? [{ heading: `What ${row} writes`, text: written }] : [],
    ),
  ];
}

/** Nats on the way, of the first seed. */
function courseTable(rows: readonly Row[]): Section {
  const steps = rows[0]?.runs[0].course.map(({ step }) => step) ?? [];
  return {
    heading: "Nats on the validation text, by steps",
    text: "The first seed at the best rate.",
    table: {
      head: ["row", ...steps.map(String)],
      rows: rows.map(({ row, runs: [{ course }] }) => [
        row,
        ...steps.map((step) => {
          const point = course.find((one) => one.step === step);
          return point ? digits(point.score) : "–";
        }),
      ]),
    },
  };
}

function curve(
  rows: readonly Row[],
  name: string,
  title: string,
  label: string,
  x: (run: CharlmAttempt, k: number) => number,
): Section {
  return {
    heading: label === "steps" ? "By steps" : "By seconds",
    figure: {
      name,
      svg: seriesChart({
        title,
        x: { label },
        y: { label: "bits per character, validation" },
        series: rows.map(({ row, runs: [run] }) => ({
          name: row,
          points: run.course.map(({ score }, k) => ({ x: x(run, k), y: bits(score) })),
        })),
      }),
    },
  };
}
