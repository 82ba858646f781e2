/** @file The findings on classifiers of texts. */
import { seriesChart } from "@spm/report";
import { formatCount, formatPercent } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import { type Spread, showSpread, spreadOf } from "../parts/statistics.ts";
import { atBestRates, type BestRate, ratesSections } from "../parts/sweep.ts";
import { attemptsJson, secondsToDense, type TurnAttempt } from "../parts/sweep-in-turn.ts";
import { tablesFile } from "../parts/tables-file.ts";

/** A training of a classifier. */
export interface TextAttempt extends TurnAttempt {
  readonly corpus: string;
  readonly features: number;
  /** The hidden layer. */
  readonly layer: string;
  /** Texts for training, and for the test. */
  readonly train: number;
  readonly held: number;
  /** Share of the commonest category among those of the test. */
  readonly majority: number;
}

type Row = BestRate<TextAttempt>;

const accuracyOf = ({ runs }: Row): Spread | undefined =>
  spreadOf(runs.map(({ test }) => 1 - test));

/** Tables and a chart for each corpus. */
export function textFindings(attempts: readonly TextAttempt[]): Findings {
  const corpora = [...new Set(attempts.map(({ corpus }) => corpus))];
  const byCorpus = corpora.map((corpus) => ({
    corpus,
    rows: atBestRates(attempts.filter((one) => one.corpus === corpus)),
  }));
  const best = byCorpus.map(({ corpus, rows }) => {
    const ranked = [...rows].sort(
      (a, b) => (accuracyOf(b)?.mean ?? 0) - (accuracyOf(a)?.mean ?? 0),
    );
    const say = (row: Row): string =>
      `${row.runs[0].layer} of ${row.runs[0].features} ` +
      formatPercent(accuracyOf(row)?.mean ?? null);
    return `${corpus}: ${ranked.slice(0, 4).map(say).join(", ")}`;
  });
  const sections = byCorpus.flatMap(({ corpus, rows }) => sectionsOf(corpus, rows));
  return {
    summary: `The most accurate: ${best.length === 0 ? "none, interrupted" : best.join("; ")}.`,
    sections,
    results: attemptsJson(attempts),
    files: [tablesFile(sections)],
  };
}

function sectionsOf(corpus: string, rows: readonly Row[]): Section[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { train, held, majority } = first.runs[0];
  return [
    {
      heading: `${corpus}: accuracy, parameters, seconds`,
      text:
        `${formatCount(train)} texts to learn from, ${formatCount(held)} for the test; ` +
        `the commonest category alone gives ${formatPercent(majority)}. Mean (lowest to highest) ` +
        "of the seeds. Seconds of training steps are a ratio to the dense row's where it trained " +
        "in turn with it.",
      table: {
        head: [
          "layer",
          "features",
          "parameters",
          "rate",
          "accuracy",
          "by seed",
          "seconds to dense",
        ],
        rows: rows.map((row) => {
          const [{ layer, features, parameters }] = row.runs;
          return [
            layer,
            String(features),
            formatCount(parameters),
            String(row.rate),
            showSpread(accuracyOf(row), formatPercent),
            row.runs.map(({ test }) => formatPercent(1 - test)).join(", "),
            secondsToDense(row.runs),
          ];
        }),
      },
    },
    ...ratesSections(rows, `${corpus}: accuracy on the validation texts`, (v) =>
      formatPercent(1 - v),
    ),
    {
      heading: `${corpus}: accuracy against parameters`,
      figure: {
        name: `${corpus}-by-parameters`,
        svg: seriesChart({
          title: `${corpus}: accuracy by parameters`,
          x: { label: "parameters", scale: "log" },
          y: { label: "test accuracy, %" },
          series: rows.map((row) => {
            const { mean = 0, low = 0, high = 0 } = accuracyOf(row) ?? {};
            const [{ layer, features, parameters: x }] = row.runs;
            const point = { x, y: 100 * mean, low: 100 * low, high: 100 * high };
            return { name: `${layer}, ${features}`, points: [point] };
          }),
        }),
      },
    },
  ];
}
