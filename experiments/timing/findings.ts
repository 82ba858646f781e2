/** @file Times by width and batch as ratios, and the widths at which they cross 1. */

import { seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import { type Measured, speedup } from "../parts/harness.ts";

/** The timed parts of a training step. */
export const PHASES = ["forward", "forward and backward", "step"] as const;
export type Phase = (typeof PHASES)[number];

/** The measurements of each kind, in their order. */
export type Seconds = readonly Measured[];

/** One width and batch; a phase is missing where the memory was too small. */
export interface Cell {
  readonly n: number;
  readonly batch: number;
  readonly seconds: { readonly [phase in Phase]?: Seconds };
}

const measuredOf = ({ seconds }: Cell, phase: Phase, layer: string): Measured | undefined =>
  seconds[phase]?.find(({ name }) => name === layer);

/** The speedup over dense: the median of the rounds' ratios. */
function ratio(cell: Cell, phase: Phase, layer: string): number | undefined {
  const [dense, own] = [measuredOf(cell, phase, "dense"), measuredOf(cell, phase, layer)];
  return dense && own && speedup(dense, own);
}

/** The smallest width from which on every measured one is at least as fast as dense. */
function crossover(cells: readonly Cell[], phase: Phase, layer: string): string {
  const measured = cells.flatMap((cell) => {
    const value = ratio(cell, phase, layer);
    return value === undefined ? [] : [{ n: cell.n, faster: value >= 1 }];
  });
  const widest = measured.at(-1);
  if (widest === undefined) return "–";
  const last = measured.findLastIndex(({ faster }) => !faster);
  return measured[last + 1]?.n.toString() ?? `above ${widest.n}`;
}

/** Tables and charts of all that was measured; the layers besides the dense one. */
export function timingFindings(layers: readonly string[], unordered: readonly Cell[]): Findings {
  const cells = [...unordered].sort((a, b) => a.batch - b.batch || a.n - b.n);
  const batches = [...new Set(cells.map(({ batch }) => batch))];
  const ofBatch = (batch: number): Cell[] => cells.filter((cell) => cell.batch === batch);
  const crossings = PHASES.flatMap((phase) =>
    layers.map((layer) => [
      `${phase}, ${layer}`,
      ...batches.map((batch) => crossover(ofBatch(batch), phase, layer)),
    ]),
  );
  const step = (layer: string): string => {
    const widths = batches.map(
      (batch) => `${crossover(ofBatch(batch), "step", layer)} at batch ${batch}`,
    );
    return `${layer} ${widths.join(", ")}`;
  };
  return {
    summary:
      cells.length === 0
        ? "Interrupted before anything was measured."
        : "A whole step is at least as fast as a dense one from this width on: " +
          `${layers.map(step).join("; ")}.`,
    sections: [
      {
        heading: "Crossover",
        text:
          "The smallest width from which on a layer is at " +
          "least as fast as the dense one, n → n.",
        table: { head: ["what", ...batches.map((batch) => `batch ${batch}`)], rows: crossings },
      },
      ...PHASES.map((phase) => ratioTable(cells, phase, layers)),
      ...PHASES.flatMap((phase) =>
        layers.map((layer) => figureOf(batches.map(ofBatch), phase, layer)),
      ),
    ],
    results: {
      cells: cells.map(({ n, batch, seconds }) => ({
        n,
        batch,
        seconds: Object.fromEntries(
          Object.entries(seconds).map(([phase, kinds]) => [
            phase,
            Object.fromEntries(kinds.map(({ name, rounds }) => [name, rounds])),
          ]),
        ),
      })),
    },
  };
}

function ratioTable(cells: readonly Cell[], phase: Phase, layers: readonly string[]): Section {
  const show = (value: number | undefined): string =>
    value === undefined ? "–" : `${threeDigits(value)}×`;
  const rows = cells.map((cell) => {
    const dense = measuredOf(cell, phase, "dense");
    return [
      String(cell.n),
      String(cell.batch),
      dense ? threeDigits(1000 * dense.seconds) : "–",
      ...layers.map((layer) => show(ratio(cell, phase, layer))),
    ];
  });
  return {
    heading: `Time of dense over time of the layer: ${phase}`,
    text:
      "Above 1 the layer is faster than dense. Medians over alternating rounds; " +
      "the milliseconds are the dense layer's.",
    table: { head: ["n", "batch", "dense, ms", ...layers], rows },
  };
}

/** 0.0536, 24.5, 1,036 */
const threeDigits = (value: number): string =>
  value < 1000 ? value.toPrecision(3) : formatCount(Math.round(value));

function figureOf(byBatch: readonly (readonly Cell[])[], phase: Phase, layer: string): Section {
  const widths = [...new Set(byBatch.flat().map(({ n }) => n))];
  return {
    heading: `${phase}, ${layer}`,
    figure: {
      name: `${phase.replaceAll(" ", "-")}-${layer}`,
      svg: seriesChart({
        title: `${phase}: how many times faster than dense, ${layer}`,
        x: { label: "width n", scale: "log", ticks: widths },
        y: { label: "time of dense / time of the layer", scale: "log" },
        series: byBatch.map((cells) => ({
          name: `batch ${cells[0]?.batch}`,
          points: cells.flatMap((cell) => {
            const y = ratio(cell, phase, layer);
            return y === undefined ? [] : [{ x: cell.n, y }];
          }),
        })),
        level: { y: 1, name: "as fast as dense" },
      }),
    },
  };
}
