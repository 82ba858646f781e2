/**
 * @file The one sweep over learning rates: every row trains at each of them, held-out samples
 * choose, and the rows are compared at their own best.
 */
import { earlierRuns } from "./earlier-runs.ts";
import type { Section } from "./experiment.ts";
import { readRates } from "./lists.ts";
import { spreadOf } from "./statistics.ts";

/** A training of a row at one rate from one seed. The less a score is, the better. */
export interface Attempt {
  readonly row: string;
  readonly rate: number;
  readonly seed: number;
  /** On held-out samples, which choose the rate. */
  readonly validation: number;
  /** On the samples that are reported. */
  readonly test: number;
}

/** A row to be trained, and the rate that it has where none are tried. */
export interface SweptRow {
  readonly row: string;
  readonly ownRate: number;
}

/** A row at one rate. */
export type Plan<R extends SweptRow> = R & { readonly rate: number };

/** The rates of a setting like "0.003,0.01"; a row's own for "". */
const ratesOf = (setting: string, own: number): number[] =>
  setting === "" ? [own] : readRates(setting);

/**
 * Trains all rows at each rate from the first seed, and at the best of them from the others.
 * @param train - trains these from one seed; it leaves out those that an interruption cut short
 * @returns all trainings
 */
export async function sweep<R extends SweptRow, A extends Attempt>(
  rows: readonly R[],
  { rates, seeds, signal }: Sweep,
  train: (plans: readonly Plan<R>[], seed: number) => Promise<readonly A[]>,
): Promise<A[]> {
  const [first, ...others] = seeds;
  if (first === undefined || signal.aborted) return [];
  const all = rows.flatMap((row) =>
    ratesOf(rates, row.ownRate).map((rate): Plan<R> => ({ ...row, rate })),
  );
  const attempts = [...(await train(all, first))];
  const best = atBestRates(attempts);
  const chosen = all.filter((plan) =>
    best.some(({ row, rate }) => row === plan.row && rate === plan.rate),
  );
  for (const seed of others) if (!signal.aborted) attempts.push(...(await train(chosen, seed)));
  return attempts;
}

/** Options of {@link sweep}. */
export interface Sweep {
  /** A list of rates, or "" for the rows' own. */
  readonly rates: string;
  readonly seeds: readonly number[];
  readonly signal: AbortSignal;
}

/** So many seeds, one after another. */
export const seedsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => first + k);

/** The trainings of a row at its best rate. */
export interface BestRate<A extends Attempt> {
  readonly row: string;
  readonly rate: number;
  /** By seed. */
  readonly runs: readonly [A, ...A[]];
  /** Each rate, ascending, with the mean of validation over the seeds that decided. */
  readonly tried: readonly { readonly rate: number; readonly validation: number }[];
}

/**
 * Each row, in order of appearance, at the rate of the least mean score of validation. The mean is
 * over the seeds that trained at every rate; where there are none, over all of a rate's. What ran
 * twice counts once.
 */
export function atBestRates<A extends Attempt>(attempts: readonly A[]): BestRate<A>[] {
  return distinct(attempts.map(({ row }) => row)).flatMap((row) => {
    const own = attempts.filter(
      (one, k) => one.row === row && !attempts.slice(0, k).some((other) => isSame(one, other)),
    );
    const rates = distinct(own.map(({ rate }) => rate)).sort((a, b) => a - b);
    const complete = distinct(own.map(({ seed }) => seed)).filter((seed) =>
      rates.every((rate) => own.some((one) => one.seed === seed && one.rate === rate)),
    );
    const tried = rates.map((rate) => {
      const decides = ({ seed }: A): boolean => complete.length === 0 || complete.includes(seed);
      const at = own.filter((one) => one.rate === rate && decides(one));
      const mean = spreadOf(at.map((one) => one.validation))?.mean ?? Number.NaN;
      return { rate, validation: Number.isNaN(mean) ? Number.POSITIVE_INFINITY : mean };
    });
    const best = tried.reduce((a, b) => (b.validation < a.validation ? b : a));
    const [run, ...runs] = own
      .filter(({ rate }) => rate === best.rate)
      .sort((a, b) => a.seed - b.seed);
    return run === undefined ? [] : [{ row, rate: best.rate, runs: [run, ...runs], tried }];
  });
}

/**
 * The trainings of an experiment's earlier runs, in whatever folders of a folder.
 * @throws ValueError where there are none
 */
export function earlierAttempts<A extends Attempt>(folder: string, experiment: string): A[] {
  const runs = earlierRuns<{ readonly attempts: readonly A[] }>(folder, experiment);
  // JSON has no NaN: a training that failed scores null there
  const score = (value: number | null): number => value ?? Number.NaN;
  return runs.flatMap(({ attempts }) =>
    attempts.map((one) => ({
      ...one,
      validation: score(one.validation),
      test: score(one.test),
    })),
  );
}

/** Whether it is the same training, which gives the same scores. */
const isSame = (a: Attempt, b: Attempt): boolean =>
  a.row === b.row && a.rate === b.rate && a.seed === b.seed;

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** The table of what chose the rates; none where no row tried two. */
export function ratesSections(
  best: readonly Omit<BestRate<Attempt>, "runs">[],
  what: string,
  show: (validation: number) => string,
): Section[] {
  const rates = distinct(best.flatMap(({ tried }) => tried.map(({ rate }) => rate))).sort(
    (a, b) => a - b,
  );
  if (best.every(({ tried }) => tried.length < 2)) return [];
  return [
    {
      heading: `The rates: ${what[0]?.toLowerCase()}${what.slice(1)}`,
      text: "By the rate of the training; the best, which the tables take, has a star.",
      table: {
        head: ["row", ...rates.map(String)],
        rows: best.map(({ row, rate: chosen, tried }) => [
          row,
          ...rates.map((rate) => {
            const found = tried.find((one) => one.rate === rate);
            if (found === undefined) return "";
            return `${show(found.validation)}${rate === chosen ? " *" : ""}`;
          }),
        ]),
      },
    },
  ];
}
