/** @file The findings on the deep stack, as sections, tables and pictures. */

import { seriesChart } from "@spm/report";
import { formatPercent, formatRatio, formatSeconds } from "@spm/trainer/format";
import type { Findings } from "../parts/experiment.ts";
import type { Drift } from "./drift.ts";
import type { Held } from "./memory.ts";
import { type Mode, modes } from "./model.ts";

/** Training in one of the modes. */
interface Trained {
  readonly mode: Mode;
  readonly losses: readonly number[];
  /** null after an interruption */
  readonly accuracy: number | null;
  readonly seconds: number;
}

/** Bytes held in a step of a stack of some depth, in both modes. */
export type Memory = Readonly<Record<Mode, Held>> & { readonly depth: number };

/** All that was measured. */
export interface Measured {
  readonly layers: number;
  readonly width: number;
  readonly batch: number;
  readonly parameters: number;
  readonly memory: readonly Memory[];
  /** Before training. */
  readonly drift: readonly Drift[];
  /** Of the whole stack, after training; null after an interruption. */
  readonly after: Drift | null;
  readonly trained: readonly [walked: Trained, taped: Trained];
  /** The largest difference of the two losses of a step. */
  readonly apart: number;
}

const bytes = (value: number): string => value.toLocaleString("en-US");
const small = (value: number): string => value.toExponential(1);

export function report(measured: Measured): Findings {
  const { layers, width, batch, parameters, memory, drift, after, trained, apart } = measured;
  const [walked, taped] = trained;
  const last = memory.at(-1);
  const over = (bytes: "between" | "peak"): number | null =>
    last === undefined ? null : last.tape[bytes] / last.reversible[bytes];
  const gradientRow = (name: string, d: Drift): string[] => [
    name,
    ...[d.single, d.double, d.rounding].map(small),
  ];
  return {
    summary:
      `${layers} layers, batch ${batch}: between forward and backward the ` +
      `tape holds ${formatRatio(over("between"))} the bytes of the walk back, ` +
      `at the peak, gradients included, ${formatRatio(over("peak"))}. ` +
      (after === null
        ? "Interrupted before the gradients after training. "
        : `Gradients differ by ${small(after.single)} after training, where float32 ` +
          `itself is off by ${small(after.rounding)}. `) +
      (taped.seconds > 0
        ? `A step takes ${formatRatio(walked.seconds / taped.seconds)} the time.`
        : "Interrupted before any training."),
    sections: [
      {
        heading: "Memory",
        text:
          "Bytes of storages alive in one step, float32, " +
          "without the parameters and the batch: those that wait between forward and " +
          "backward, and the most at once, in which the gradients by the parameters are counted.",
        table: {
          head: [
            "layers",
            "reversible: between",
            "peak",
            "tape: between",
            "peak",
            "of the peaks, gradients",
            "between",
            "peak",
          ],
          rows: memory.map(({ depth, reversible: r, tape: t }) => [
            `${depth}`,
            ...[r.between, r.peak, t.between, t.peak, t.gradients].map(bytes),
            formatRatio(t.between / r.between),
            formatRatio(t.peak / r.peak),
          ]),
        },
        figure: { name: "deep", svg: memoryChart(measured) },
      },
      {
        heading: "Gradients",
        text:
          "‖a − b‖ / ‖b‖ over the gradients by all parameters of a batch of 64: " +
          "the walk back against the tape in float32 and in float64, and " +
          "the tape in float32 against float64.",
        table: {
          head: ["layers", "walk back, float32", "walk back, float64", "float32 itself"],
          rows: [
            ...drift.map((d) => gradientRow(`${d.depth}`, d)),
            ...(after === null ? [] : [gradientRow(`${layers}, trained`, after)]),
          ],
        },
      },
      {
        heading: "Training",
        text:
          `Two spirals, ${width} coordinates, ${parameters.toLocaleString("en-US")} parameters, ` +
          "Adam, both from the same start on the same " +
          `batches, in alternating steps. The losses of a step differ by ${small(apart)} at most.`,
        table: {
          head: ["", "steps", "first loss", "last loss", "test accuracy", "median step, s"],
          rows: trained.map(({ mode, losses, accuracy, seconds }) => [
            mode,
            `${losses.length}`,
            losses[0]?.toFixed(4) ?? "–",
            losses.at(-1)?.toFixed(4) ?? "–",
            formatPercent(accuracy),
            formatSeconds(seconds),
          ]),
        },
        figure: { name: "deep-training", svg: lossChart(measured) },
      },
    ],
    results: {
      memory: memory.map((row) => ({
        ...row,
        reversible: { ...row.reversible },
        tape: { ...row.tape },
      })),
      drift: drift.map((d) => ({ ...d })),
      after: after && { ...after },
      trained: trained.map((t) => ({ ...t })),
      apart,
    },
  };
}

const memoryChart = ({ memory, batch }: Measured): string =>
  seriesChart({
    title: `bytes held in a step against depth, batch ${batch}`,
    x: { label: "layers", scale: "log", ticks: memory.map(({ depth }) => depth) },
    y: { label: "bytes", scale: "log" },
    series: modes.flatMap((mode) =>
      (["between", "peak"] as const).map((when) => ({
        name: `${mode}, ${when}`,
        points: memory.map((row) => ({ x: row.depth, y: row[mode][when] })),
      })),
    ),
  });

const lossChart = ({ trained, layers }: Measured): string =>
  seriesChart({
    title: `training ${layers} layers`,
    x: { label: "step" },
    y: { label: "cross-entropy" },
    series: trained.map(({ mode, losses }) => ({
      name: mode,
      points: losses.map((y, i) => ({ x: i + 1, y })),
    })),
  });
