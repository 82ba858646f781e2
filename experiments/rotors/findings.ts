/** @file The findings on replaced projections: tables and a picture. */
import { seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import { median, showSpread, spreadOf } from "../parts/statistics.ts";
import type { Outcome } from "./outcomes.ts";
import { type ReplacementName, replacementNames } from "./replacements.ts";

/** All seeds of one row. */
interface Row {
  readonly name: ReplacementName;
  readonly parameters: number;
  readonly outcomes: readonly Outcome[];
}

const nats = (value: number): string => value.toFixed(4);
/** "+0.0123", "−0.0004" */
const signed = (value: number): string => `${value < 0 ? "−" : "+"}${nats(Math.abs(value))}`;
const share = (value: number): string => value.toFixed(3);
const places = ["key", "query", "value"];

/** What all three replacements cost, in nats. */
const increase = ({ nats: dense, losses }: Outcome): number => (losses.at(-1) ?? dense) - dense;
const increases = ({ outcomes }: Row): number[] => outcomes.map(increase);
const meanIncrease = (row: Row): number => spreadOf(increases(row))?.mean ?? Number.NaN;

/** The findings of all rows and seeds, of one run or of several. */
export function rotorsFindings(outcomes: readonly Outcome[]): Findings {
  const rows = replacementNames.flatMap((name): Row[] => {
    const own = outcomes.filter((one) => one.name === name).sort((a, b) => a.seed - b.seed);
    const [first] = own;
    return first === undefined ? [] : [{ name, parameters: first.parameters, outcomes: own }];
  });
  return {
    summary: summaryOf(rows),
    sections: rows.length === 0 ? [] : [lossTable(rows), errorTable(rows), picture(rows)],
    results: {
      outcomes: outcomes.map(({ fits, ...outcome }) => ({
        ...outcome,
        fits: fits.map((fit) => ({ ...fit })),
      })),
    },
  };
}

function summaryOf(rows: readonly Row[]): string {
  const ranked = rows
    .filter(({ name }) => name !== "nothing")
    .sort((a, b) => meanIncrease(a) - meanIncrease(b));
  if (ranked.length === 0) return "Interrupted before anything was measured.";
  const list = ranked.map(
    (row) => `${row.name} ${signed(meanIncrease(row))} (${formatCount(row.parameters)})`,
  );
  return (
    "Nats a character above the dense model with key, query and value replaced, mean of the " +
    `seeds, and parameters of each map, best first: ${list.join(", ")}.`
  );
}

function lossTable(rows: readonly Row[]): Section {
  const dense = new Map(rows.flatMap((row) => row.outcomes).map((one) => [one.seed, one.nats]));
  const losses = [...dense].map(([seed, loss]) => `${nats(loss)} (seed ${seed})`).join(", ");
  return {
    heading: "Loss after key, then query, then value are replaced",
    text:
      `Nats a character above the dense model's ${losses}; mean (least to most) of the seeds. ` +
      "Milliseconds are those of a step of the fit, the median of its projections and seeds.",
    table: {
      head: ["replacement", "parameters", "K", "K, Q", "K, Q, V", "fit, ms a step"],
      rows: rows.map(({ name, parameters, outcomes }) => [
        name,
        formatCount(parameters),
        ...places.map((_, k) =>
          showSpread(
            spreadOf(outcomes.map((one) => (one.losses[k] ?? Number.NaN) - one.nats)),
            signed,
          ),
        ),
        milliseconds(outcomes),
      ]),
    },
  };
}

function milliseconds(outcomes: readonly Outcome[]): string {
  const seconds = median(outcomes.flatMap(({ fits }) => fits.map((fit) => fit.seconds)));
  return seconds > 0 ? (1000 * seconds).toPrecision(3) : "–";
}

function errorTable(rows: readonly Row[]): Section {
  return {
    heading: "How near the outputs come",
    text:
      "‖ŷ − y‖² / ‖y‖² on held-out tokens, mean (least to most) of the seeds; " +
      "the rates are those that were best, of each projection and seed.",
    table: {
      head: ["replacement", "parameters", ...places, "best rates"],
      rows: rows.map(({ name, parameters, outcomes }) => [
        name,
        formatCount(parameters),
        ...places.map((_, k) =>
          showSpread(spreadOf(outcomes.map(({ fits }) => fits[k]?.error ?? Number.NaN)), share),
        ),
        ratesOf(outcomes),
      ]),
    },
  };
}

/** "0.03 (6), 0.1 (3)" */
function ratesOf(outcomes: readonly Outcome[]): string {
  const counts = new Map<number, number>();
  for (const { rate } of outcomes.flatMap(({ fits }) => fits))
    counts.set(rate, (counts.get(rate) ?? 0) + 1);
  counts.delete(0);
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return sorted.map(([rate, count]) => `${rate} (${count})`).join(", ") || "–";
}

function picture(rows: readonly Row[]): Section {
  return {
    heading: "Loss by parameters",
    figure: {
      name: "loss-by-parameters",
      svg: seriesChart({
        title: "Key, query and value replaced: loss above the dense model",
        x: { label: "parameters of each map", scale: "log" },
        y: { label: "nats a character above dense" },
        joined: false,
        series: rows
          .filter(({ parameters }) => parameters > 0)
          .map((row) => {
            const { mean, low, high } = spreadOf(increases(row)) ?? { mean: 0, low: 0, high: 0 };
            return { name: row.name, points: [{ x: row.parameters, y: mean, low, high }] };
          }),
      }),
    },
  };
}
