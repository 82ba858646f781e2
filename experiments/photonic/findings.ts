/** @file The findings on meshes: tables, accuracy by the error of the angles, the meshes drawn. */
import { seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import { showSpread, spreadOf } from "../parts/statistics.ts";
import { type Attempt, atBestRates, type BestRate, ratesSections } from "../parts/sweep.ts";
import { tablesFile } from "../parts/tables-file.ts";
import { meshPicture } from "./mesh-picture.ts";
import { type MeshName, meshes } from "./meshes.ts";
import { bitCounts, type MeshScores, sigmas } from "./training.ts";

/** A training of a network of meshes; scores are shares of wrong classes. */
export interface PhotonicAttempt extends Attempt, MeshScores {
  readonly mesh: MeshName;
  /** Standard deviation of the errors in training, in radians. */
  readonly noise: number;
  readonly epochs: number;
  /** Of both meshes: one angle each. */
  readonly interferometers: number;
  /** Of the first mesh, in radians, to three digits. */
  readonly angles: readonly number[];
  readonly seconds: number;
}

type Row = BestRate<PhotonicAttempt>;

const percent = (wrong: number): number => 100 * (1 - wrong);
const shown = (wrongs: readonly number[]): string =>
  showSpread(spreadOf(wrongs.map(percent)), (v) => v.toFixed(2));

/** The findings of trainings, each row at its best rate. */
export function photonicFindings(attempts: readonly PhotonicAttempt[]): Findings {
  const rows = atBestRates(attempts);
  const sections = rows.length === 0 ? [] : sectionsOf(rows);
  const said = rows.map(
    ({ row, runs }) =>
      `${row}: ${shown(runs.map(({ test }) => test))} % with ` +
      `${formatCount(runs[0].interferometers)} interferometers, ` +
      `${shown(runs.map(({ noisy }) => noisy[sigmas.indexOf(0.05)] ?? Number.NaN))} % at 0.05 rad`,
  );
  return {
    summary:
      said.length === 0 ? "Interrupted before anything was measured." : `${said.join("; ")}.`,
    sections,
    results: {
      attempts: attempts.map(({ noisy, coarse, angles, ...facts }) => ({
        ...facts,
        ...{ noisy: [...noisy], coarse: [...coarse], angles: [...angles] },
      })),
    },
    files: [tablesFile(sections)],
  };
}

function sectionsOf(rows: readonly Row[]): Section[] {
  const scores = (row: Row, of: (run: PhotonicAttempt) => number | undefined): string =>
    shown(row.runs.map((run) => of(run) ?? Number.NaN));
  return [
    {
      heading: "Accuracy by the error of the angles",
      text:
        "% of the test images, mean (lowest to highest) of the seeds, without and with an error " +
        "N(0, σ²) on every angle, σ in radians, five draws a seed, and no training after it.",
      table: {
        head: ["mesh", "interferometers", "rate", "clean", "by seed", ...sigmas.map(String)],
        rows: rows.map((row) => [
          row.row,
          formatCount(row.runs[0].interferometers),
          String(row.rate),
          scores(row, ({ test }) => test),
          row.runs.map(({ test }) => percent(test).toFixed(2)).join(", "),
          ...sigmas.map((_, k) => scores(row, ({ noisy }) => noisy[k])),
        ]),
      },
      figure: { name: "accuracy-by-error", svg: errorChart(rows) },
    },
    {
      heading: "Accuracy by the bits of an angle",
      text: "% with every angle at the nearest of 2^b around the circle.",
      table: {
        head: ["mesh", ...bitCounts.map((bits) => `${bits} bits`), "clean"],
        rows: rows.map((row) => [
          row.row,
          ...bitCounts.map((_, k) => scores(row, ({ coarse }) => coarse[k])),
          scores(row, ({ test }) => test),
        ]),
      },
    },
    ...ratesSections(rows, "Accuracy on the validation images, clean, %", (v) =>
      percent(v).toFixed(2),
    ),
    ...rows
      .filter(({ runs: [{ noise }] }) => noise === 0)
      .map(({ row, runs: [{ mesh, angles, seed }] }): Section => {
        const title = `first mesh of ${row}, seed ${seed}`;
        const name = `mesh-${row.replaceAll(/[^a-z0-9]+/g, "-")}`;
        return { heading: title, figure: { name, svg: meshPicture(meshes[mesh], angles, title) } };
      }),
  ];
}

/** From σ = 0, which is drawn at half of the least σ, as the axis is logarithmic. */
function errorChart(rows: readonly Row[]): string {
  const clean = Math.min(...sigmas) / 2;
  return seriesChart({
    title: "MNIST by two meshes of 128 modes: accuracy by the error of the angles",
    x: { label: "σ of every angle, radians; leftmost: none", scale: "log" },
    y: { label: "test accuracy, %" },
    series: rows.map(({ row, runs }) => ({
      name: row,
      points: [clean, ...sigmas].flatMap((sigma, k) => {
        const wrongs = runs.map(({ test, noisy }) => (k === 0 ? test : (noisy[k - 1] ?? test)));
        const spread = spreadOf(wrongs.map(percent));
        return spread ? [{ x: sigma, y: spread.mean, low: spread.low, high: spread.high }] : [];
      }),
    })),
  });
}
