/** @file The findings on MNIST: a table, charts and the pictures of the mixers. */
import { seriesChart } from "@spm/report";
import { formatCount, formatPercent } from "@spm/trainer/format";
import { bytesOf, frontSection, type SizedRow } from "../parts/bytes-front.ts";
import type { Findings, Section } from "../parts/experiment.ts";
import type { MixerAlbum } from "../parts/mixer-album.ts";
import { type Spread, showSpread, spreadOf } from "../parts/statistics.ts";
import { atBestRates, type BestRate, ratesSections } from "../parts/sweep.ts";
import { attemptsJson, secondsToDense, type TurnAttempt } from "../parts/sweep-in-turn.ts";
import { tablesFile } from "../parts/tables-file.ts";
import { mnistRow } from "./rows.ts";

type Row = BestRate<TurnAttempt>;

const accuracyOf = ({ runs }: Row): Spread | undefined =>
  spreadOf(runs.map(({ test }) => 1 - test));
const byAccuracy = (a: Row, b: Row): number =>
  (accuracyOf(b)?.mean ?? 0) - (accuracyOf(a)?.mean ?? 0);

/** @param albums - of the mixers between the hidden layers */
export function mnistFindings(
  attempts: readonly TurnAttempt[],
  albums: readonly MixerAlbum[],
): Findings {
  const rows = atBestRates(attempts).sort(
    (a, b) => a.runs[0].parameters - b.runs[0].parameters || byAccuracy(a, b),
  );
  const sections: Section[] =
    rows.length === 0
      ? []
      : [
          accuracyTable(rows),
          ...ratesSections(rows, "Accuracy on the validation images", (v) => formatPercent(1 - v)),
          frontSection(rows.flatMap(sized), {
            title: "MNIST: accuracy by bytes",
            label: "test accuracy, %",
            name: "accuracy-by-bytes",
            better: (a, b) => a > b,
          }),
          secondsChart(rows),
          ...albums.flatMap((album, k) => album.sections(`mixer-${k + 1}`)),
        ];
  return {
    summary: summaryOf(rows),
    sections,
    results: attemptsJson(attempts),
    files: [tablesFile(sections)],
  };
}

function accuracyTable(rows: readonly Row[]): Section {
  return {
    heading: "Accuracy, parameters, seconds",
    text:
      "Mean (lowest to highest) of the seeds, fewest parameters first. Seconds of training steps " +
      "are a ratio to the dense row's where it trained in the same minutes, a few steps in turn.",
    table: {
      head: [
        ...["row", "parameters", "bytes", "FLOP an image", "rate", "test accuracy"],
        ...["by seed", "seconds to dense"],
      ],
      rows: rows.map((row) => {
        const [{ parameters, flops }] = row.runs;
        return [
          row.row,
          formatCount(parameters),
          formatCount(bytesOf(parameters)),
          formatCount(flops ?? 0),
          String(row.rate),
          showSpread(accuracyOf(row), formatPercent),
          row.runs.map(({ test }) => formatPercent(1 - test)).join(", "),
          secondsToDense(row.runs),
        ];
      }),
    },
  };
}

function sized(row: Row): SizedRow[] {
  const spread = accuracyOf(row);
  if (spread === undefined) return [];
  const percent = { mean: 100 * spread.mean, low: 100 * spread.low, high: 100 * spread.high };
  const bytes = bytesOf(row.runs[0].parameters);
  return [{ row: row.row, kind: mnistRow(row.row).kind, bytes, score: percent }];
}

function secondsChart(rows: readonly Row[]): Section {
  return {
    heading: "Accuracy against seconds",
    text: "On the validation images, the first seed at the best rate.",
    figure: {
      name: "accuracy-by-seconds",
      svg: seriesChart({
        title: "MNIST: accuracy by seconds of training",
        x: { label: "seconds in training steps", scale: "log" },
        y: { label: "validation accuracy, %" },
        series: rows.map(({ row, runs: [{ course, seconds }] }) => ({
          name: row,
          points: course.flatMap(({ step, score }, k) =>
            step === 0 ? [] : [{ x: seconds.course[k] ?? 0, y: 100 * (1 - score) }],
          ),
        })),
      }),
    },
  };
}

function summaryOf(rows: readonly Row[]): string {
  if (rows.length === 0) return "Interrupted before anything was measured.";
  const said = [...rows]
    .sort(byAccuracy)
    .map(
      (row) =>
        `${row.row} ${formatPercent(accuracyOf(row)?.mean ?? null)} with ` +
        `${formatCount(row.runs[0].parameters)} parameters`,
    );
  return `From the most to the least accurate: ${said.join(", ")}.`;
}
