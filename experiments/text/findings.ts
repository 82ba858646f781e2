/** @file The findings on classifiers of texts. */

import { seriesChart } from "@spm/report";
import { formatCount, formatPercent } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import type { Reading } from "../parts/train-in-turn.ts";

/** A trained classifier. */
export interface Outcome {
  readonly corpus: string;
  readonly features: number;
  /** Texts for training, and held out. */
  readonly train: number;
  readonly held: number;
  /** Share of the commonest category among those held out. */
  readonly majority: number;
  readonly layer: string;
  readonly parameters: number;
  readonly readings: readonly Reading[];
}

const accuracyOf = (reading: Reading | undefined): number | null =>
  reading?.metrics.accuracy ?? null;

/** A table and a chart for each corpus. */
export function textFindings(outcomes: readonly Outcome[]): Findings {
  const corpora = [...new Set(outcomes.map(({ corpus }) => corpus))];
  const sections = corpora.flatMap((corpus) =>
    sectionsOf(outcomes.filter((one) => one.corpus === corpus)),
  );
  const best = corpora.map((corpus) => {
    const ranked = outcomes
      .filter((one) => one.corpus === corpus && one.readings.length > 0)
      .sort((a, b) => (accuracyOf(b.readings.at(-1)) ?? 0) - (accuracyOf(a.readings.at(-1)) ?? 0));
    const say = ({ layer, features, readings }: Outcome): string =>
      `${layer} of ${features} ${formatPercent(accuracyOf(readings.at(-1)))}`;
    return ranked.length === 0
      ? `${corpus}: interrupted`
      : `${corpus}: ${ranked.slice(0, 4).map(say).join(", ")}`;
  });
  return {
    summary: `The most accurate: ${best.length === 0 ? "none, interrupted" : best.join("; ")}.`,
    sections,
    results: {
      runs: outcomes.map(({ readings, ...facts }) => ({
        ...facts,
        readings: readings.map(({ step, seconds, metrics }) => ({
          step,
          seconds,
          metrics: { ...metrics },
        })),
      })),
    },
  };
}

function sectionsOf(outcomes: readonly Outcome[]): Section[] {
  const { corpus, train, held, majority } = outcomes[0]!;
  const layers = [...new Set(outcomes.map(({ layer }) => layer))];
  const dense = (features: number): number =>
    outcomes.find((one) => one.layer === "dense" && one.features === features)?.readings.at(-1)
      ?.seconds ?? 0;
  return [
    {
      heading: `${corpus}: accuracy, parameters, seconds`,
      text:
        `${formatCount(train)} texts to learn from, ${formatCount(held)} held out; ` +
        `the commonest category alone gives ${formatPercent(majority)}. ` +
        "Seconds of training steps as a ratio to the dense layer's, the models taking turns.",
      table: {
        head: ["layer", "features", "parameters", "accuracy", "loss", "seconds to dense"],
        rows: outcomes.map(({ layer, features, parameters, readings }) => {
          const last = readings.at(-1);
          return [
            layer,
            String(features),
            formatCount(parameters),
            formatPercent(accuracyOf(last)),
            last ? last.metrics.loss.toFixed(3) : "–",
            last && dense(features) > 0 ? `${(last.seconds / dense(features)).toFixed(2)}×` : "–",
          ];
        }),
      },
    },
    {
      heading: `${corpus}: accuracy against parameters`,
      figure: {
        name: `${corpus}-by-parameters`,
        svg: seriesChart({
          title: `${corpus}: accuracy by parameters`,
          x: { label: "parameters", scale: "log" },
          y: { label: "held-out accuracy, %" },
          series: layers.map((name) => ({
            name,
            points: outcomes.flatMap(({ layer, parameters, readings }) => {
              const accuracy = accuracyOf(readings.at(-1));
              return layer === name && accuracy !== null
                ? [{ x: parameters, y: 100 * accuracy }]
                : [];
            }),
          })),
        }),
      },
    },
  ];
}
