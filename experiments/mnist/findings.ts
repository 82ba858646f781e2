/** @file The findings on MNIST: a table, two charts and the pictures of the mixers. */
import type { LinearKind } from "@spm/nn";
import { seriesChart } from "@spm/report";
import { formatCount, formatPercent } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import type { MixerAlbum } from "../parts/mixer-album.ts";
import { showSpread, spreadOf } from "../parts/statistics.ts";
import type { Reading } from "../parts/train-in-turn.ts";

/** A run: one kind of layer, one width, one seed. */
export interface Outcome {
  readonly kind: LinearKind;
  readonly width: number;
  readonly seed: number;
  readonly parameters: number;
  /** Of the forward of one image. */
  readonly flops: number;
  readonly readings: readonly Reading[];
}

/** All seeds of one kind and width. */
interface Row {
  readonly kind: LinearKind;
  readonly width: number;
  readonly parameters: number;
  readonly flops: number;
  readonly accuracies: readonly number[];
  readonly seconds: number;
}

const accuracyOf = ({ metrics }: Reading): number => metrics.accuracy ?? 0;

/** @param albums - of the mixers between the hidden layers */
export function mnistFindings(
  outcomes: readonly Outcome[],
  albums: readonly MixerAlbum[],
): Findings {
  const rows = rowsOf(outcomes);
  const denseSeconds = (width: number): number =>
    rows.find((row) => row.kind === "dense" && row.width === width)?.seconds ?? 0;
  const table = rows.map(({ kind, width, parameters, flops, accuracies, seconds }) => [
    kind,
    String(width),
    formatCount(parameters),
    formatCount(flops),
    showSpread(spreadOf(accuracies), formatPercent),
    denseSeconds(width) > 0 ? `${(seconds / denseSeconds(width)).toFixed(2)}×` : "–",
  ]);
  const names = [...new Set(outcomes.map(({ kind }) => kind))];
  const sections: Section[] = [
    {
      heading: "Accuracy, parameters, seconds",
      text:
        "Seconds of training steps as a ratio to the dense model of the same width, " +
        "which trained in the same minutes, a few steps in turn.",
      table: {
        head: [
          "layer",
          "width",
          "parameters",
          "FLOP an image",
          "test accuracy",
          "seconds to dense",
        ],
        rows: table,
      },
    },
    {
      heading: "Accuracy against parameters",
      figure: {
        name: "accuracy-by-parameters",
        svg: seriesChart({
          title: "MNIST: accuracy by parameters",
          x: { label: "parameters", scale: "log" },
          y: { label: "test accuracy, %" },
          series: names.map((name) => ({
            name,
            points: rows.flatMap(({ kind, parameters, accuracies }) => {
              const spread = spreadOf(accuracies);
              return kind === name && spread
                ? [
                    {
                      x: parameters,
                      y: 100 * spread.mean,
                      low: 100 * spread.low,
                      high: 100 * spread.high,
                    },
                  ]
                : [];
            }),
          })),
        }),
      },
    },
    {
      heading: "Accuracy against seconds",
      text: "The first seed at the first width, at each evaluation.",
      figure: {
        name: "accuracy-by-seconds",
        svg: seriesChart({
          title: "MNIST: accuracy by seconds of training",
          x: { label: "seconds in training steps", scale: "log" },
          y: { label: "test accuracy, %" },
          series: names.map((name) => ({
            name,
            points: (outcomes.find(({ kind }) => kind === name)?.readings ?? []).flatMap(
              (reading) =>
                reading.step === 0 ? [] : [{ x: reading.seconds, y: 100 * accuracyOf(reading) }],
            ),
          })),
        }),
      },
    },
    ...albums.flatMap((album, k) => album.sections(`mixer-${k + 1}`)),
  ];
  return {
    summary: summaryOf(rows),
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

function rowsOf(outcomes: readonly Outcome[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { kind, width, parameters, flops, readings } of outcomes) {
    const before = rows.get(`${kind} ${width}`);
    const last = readings.at(-1);
    rows.set(`${kind} ${width}`, {
      kind,
      width,
      parameters,
      flops,
      accuracies: [...(before?.accuracies ?? []), ...(last ? [accuracyOf(last)] : [])],
      seconds: (before?.seconds ?? 0) + (last?.seconds ?? 0),
    });
  }
  return [...rows.values()];
}

function summaryOf(rows: readonly Row[]): string {
  const ranked = rows
    .flatMap(({ accuracies, ...row }) => {
      const spread = spreadOf(accuracies);
      return spread ? [{ ...row, accuracy: spread.mean }] : [];
    })
    .sort((a, b) => b.accuracy - a.accuracy);
  if (ranked.length === 0) return "Interrupted before anything was measured.";
  return ranked
    .map(({ kind, width, accuracy, parameters }, k) => {
      const name = `${kind}${rows.some((row) => row.width !== width) ? ` ${width}` : ""}`;
      return (
        `${k === 0 ? "From the most to the least accurate: " : ""}${name} ` +
        `${formatPercent(accuracy)} with ${formatCount(parameters)} parameters`
      );
    })
    .join(", ")
    .concat(".");
}
