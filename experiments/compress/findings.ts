/** @file The findings on compression, as a table and pictures. */

import { seriesChart } from "@spm/report";
import { formatCount, formatPercent } from "@spm/trainer/format";
import type { Findings } from "../parts/experiment.ts";

/** The network in one family. */
export interface Outcome {
  readonly name: string;
  readonly parameters: number;
  /** ‖W′ − W‖ / ‖W‖ of each layer that was replaced. */
  readonly errors: readonly number[];
  /** Test accuracy after the projection. */
  readonly projected: number;
  /** Test accuracy after further training. */
  readonly tuned: number;
  /** Test accuracy of the same family from a random start, after the same training. */
  readonly scratch: number;
}

type Dense = { readonly parameters: number; readonly accuracy: number | null };

export function findings(dense: Dense, outcomes: readonly Outcome[], epochs: number): Findings {
  const said = outcomes.map(
    ({ name, parameters, tuned }) =>
      `${name} ${formatPercent(tuned)} with ${formatCount(parameters)}`,
  );
  const stages = ["projected", "tuned", "scratch"] as const;
  const named = { projected: "as projected", tuned: "trained on", scratch: "random start" };
  return {
    summary:
      `The dense network reaches ${formatPercent(dense.accuracy)} with ` +
      `${formatCount(dense.parameters)} parameters. After ${epochs} further ` +
      `epoch${epochs === 1 ? "" : "s"}: ${said.join("; ")}.`,
    sections: [
      {
        heading: "Error and accuracy",
        text:
          "Every layer but the last is replaced. Error is ‖W′ − W‖ / ‖W‖, " +
          "layer by layer. The random start is the same family, not projected, " +
          "after the same further training: what is above it, the dense network contributed.",
        table: {
          head: ["", "parameters", "of dense", "error", ...stages.map((stage) => named[stage])],
          rows: [
            [
              "dense",
              formatCount(dense.parameters),
              "100.00 %",
              "0",
              formatPercent(dense.accuracy),
              "",
              "",
            ],
            ...outcomes.map((o) => [
              o.name,
              formatCount(o.parameters),
              formatPercent(o.parameters / dense.parameters),
              o.errors.map((e) => e.toFixed(3)).join(", "),
              ...stages.map((stage) => formatPercent(o[stage])),
            ]),
          ],
        },
        figure: {
          name: "compress",
          svg: seriesChart({
            title: "MNIST: accuracy against parameters",
            x: { label: "parameters", scale: "log" },
            y: { label: "test accuracy, %" },
            joined: false,
            series: [
              ...stages.map((stage) => ({
                name: named[stage],
                points: outcomes.map((o) => ({ x: o.parameters, y: 100 * o[stage] })),
              })),
              {
                name: "dense",
                points:
                  dense.accuracy === null ? [] : [{ x: dense.parameters, y: 100 * dense.accuracy }],
              },
            ],
          }),
        },
      },
    ],
    results: { dense: { ...dense }, outcomes: outcomes.map((o) => ({ ...o })) },
  };
}
