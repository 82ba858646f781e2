/** @file The findings on compression, as a table and pictures. */
import { seriesChart } from "@spm/report";
import { formatCount, formatPercent } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import { showSpread, spreadOf } from "../parts/statistics.ts";
import { type Attempt, atBestRates, type BestRate, ratesSections } from "../parts/sweep.ts";
import { tablesFile } from "../parts/tables-file.ts";

/** The family of the network that is compressed. */
export const DENSE = "dense";

/** Where a training begins: at the projection of the dense network, or at random. */
export type Start = "projected" | "random";

/** The dense network in a family. */
export interface Projection {
  /** ‖W′ − W‖ / ‖W‖ of each layer that was replaced. */
  readonly errors: readonly number[];
  /** The share of wrong classes after the projection, before any training. */
  readonly projected: number;
  readonly parameters: number;
}

/** A training of a family; scores are shares of wrong classes. */
export interface CompressAttempt extends Attempt, Projection {
  readonly family: string;
  readonly start: Start;
}

type Row = BestRate<CompressAttempt>;

const accuracies = (row: Row | undefined, which: "test" | "projected" = "test"): number[] =>
  row?.runs.map((run) => 1 - run[which]) ?? [];
const shown = (values: readonly number[]): string => showSpread(spreadOf(values), formatPercent);

/** A family with its rows by start. */
interface Family {
  readonly name: string;
  readonly parameters: number;
  readonly projected: Row | undefined;
  readonly random: Row | undefined;
}

/** The findings of trainings, each row at its best rate. */
export function findings(attempts: readonly CompressAttempt[]): Findings {
  const rows = atBestRates(attempts);
  const dense = rows.find(({ row }) => row === DENSE);
  const of = (name: string, start: Start): Row | undefined =>
    rows.find(({ runs: [run] }) => run.family === name && run.start === start);
  const names = [...new Set(attempts.map(({ family }) => family))].filter((n) => n !== DENSE);
  const families = names.flatMap((name): Family[] => {
    const [projected, random] = [of(name, "projected"), of(name, "random")];
    const parameters = (projected ?? random)?.runs[0].parameters;
    return parameters === undefined ? [] : [{ name, parameters, projected, random }];
  });
  const sections = dense === undefined ? [] : sectionsOf(dense, families);
  const rates = ratesSections(rows, "Accuracy on the validation images", (v) =>
    formatPercent(1 - v),
  );
  const said = families.map(
    ({ name, parameters, projected }) =>
      `${name} ${shown(accuracies(projected))} with ${formatCount(parameters)}`,
  );
  return {
    summary:
      dense === undefined
        ? "Interrupted before anything was measured."
        : `The dense network reaches ${shown(accuracies(dense))} with ` +
          `${formatCount(dense.runs[0].parameters)} parameters. Projected and trained on: ` +
          `${said.join("; ")}.`,
    sections: [...sections, ...rates],
    results: { attempts: attempts.map((one) => ({ ...one, errors: [...one.errors] })) },
    files: [tablesFile([...sections, ...rates])],
  };
}

function sectionsOf(dense: Row, families: readonly Family[]): Section[] {
  const all = dense.runs[0].parameters;
  const point = (x: number, values: readonly number[]) => {
    const spread = spreadOf(values.map((v) => 100 * v));
    return spread ? [{ x, y: spread.mean, low: spread.low, high: spread.high }] : [];
  };
  const series = (name: string, values: (family: Family) => number[]) => ({
    name,
    points: families.flatMap((family) => point(family.parameters, values(family))),
  });
  return [
    {
      heading: "Error and accuracy",
      text:
        "Every layer but the last is replaced. Error is ‖W′ − W‖ / ‖W‖, layer by layer, of the " +
        "first seed. The random start is the same family, not projected, after the same further " +
        "training, each at its best rate: what is above it, the dense network contributed. Mean " +
        "(lowest to highest) of the seeds.",
      table: {
        head: ["", "parameters", "of dense", "error", "as projected", "trained on", "random start"],
        rows: [
          [DENSE, formatCount(all), "100.00 %", "0", shown(accuracies(dense)), "", ""],
          ...families.map(({ name, parameters, projected, random }) => [
            name,
            formatCount(parameters),
            formatPercent(parameters / all),
            (projected ?? random)?.runs[0].errors.map((e) => e.toFixed(3)).join(", ") ?? "",
            shown(accuracies(projected, "projected")),
            shown(accuracies(projected)),
            shown(accuracies(random)),
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
            series("as projected", ({ projected }) => accuracies(projected, "projected")),
            series("trained on", ({ projected }) => accuracies(projected)),
            series("random start", ({ random }) => accuracies(random)),
            { name: DENSE, points: point(all, accuracies(dense)) },
          ],
        }),
      },
    },
  ];
}
