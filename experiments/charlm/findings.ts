/** @file The findings on language models: nats, bits, seconds, and samples of text. */

import { seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import type { Reading } from "../parts/train-in-turn.ts";

/** A trained model. */
export interface Outcome {
  readonly name: string;
  readonly parameters: number;
  readonly readings: readonly Reading[];
  /** The text that it writes after the prompt. */
  readonly written: string;
}

const bits = (nats: number): number => nats / Math.LN2;

/** The findings of models that trained in turn. */
export function charlmFindings(outcomes: readonly Outcome[], steps: number): Findings {
  const dense = outcomes.find(({ name }) => name === "dense")?.readings.at(-1)?.seconds ?? 0;
  const rows = outcomes.map(({ name, parameters, readings }) => {
    const last = readings.at(-1);
    return [
      name,
      formatCount(parameters),
      String(last?.step ?? 0),
      last ? last.metrics.loss.toFixed(3) : "–",
      last ? bits(last.metrics.loss).toFixed(3) : "–",
      dense > 0 && last ? `${(last.seconds / dense).toFixed(2)}×` : "–",
    ];
  });
  const curve = (title: string, label: string, x: (reading: Reading) => number): string =>
    seriesChart({
      title,
      x: { label },
      y: { label: "bits per character, held-out" },
      series: outcomes.map(({ name, readings }) => ({
        name,
        points: readings.map((reading) => ({ x: x(reading), y: bits(reading.metrics.loss) })),
      })),
    });
  const sections: Section[] = [
    {
      heading: "Bits per character",
      text:
        "On the last tenth of the book, cut into windows without overlap. " +
        "Bits are nats / ln 2. Seconds of training steps, the models taking turns.",
      table: { head: ["model", "parameters", "steps", "nats", "bits", "seconds to dense"], rows },
    },
    {
      heading: "By steps",
      figure: {
        name: "by-steps",
        svg: curve("Moby Dick: bits by steps", "steps", ({ step }) => step),
      },
    },
    {
      heading: "By seconds",
      figure: {
        name: "by-seconds",
        svg: curve("Moby Dick: bits by seconds", "seconds", ({ seconds }) => seconds),
      },
    },
    ...outcomes.flatMap(({ name, written }) =>
      written ? [{ heading: `What ${name} writes`, text: written }] : [],
    ),
  ];
  const reached = outcomes.flatMap(({ name, readings }) => {
    const last = readings.at(-1);
    return last
      ? [
          `${name} ${last.metrics.loss.toFixed(3)} nats = ` +
            `${bits(last.metrics.loss).toFixed(3)} bits`,
        ]
      : [];
  });
  return {
    summary:
      reached.length === 0
        ? "Interrupted before anything was measured."
        : `Per character after ${steps} steps: ${reached.join(", ")}.`,
    sections,
    results: {
      models: outcomes.map(({ readings, ...facts }) => ({
        ...facts,
        readings: readings.map(({ step, seconds, metrics }) => ({
          step,
          seconds,
          nats: metrics.loss,
        })),
      })),
    },
  };
}
