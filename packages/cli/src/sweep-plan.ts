/**
 * @file The trials of a sweep: every combination of a grid, each with random draws from ranges.
 */
import { rng } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { asNumber, asNumbers } from "./option-values.ts";
import type { Registries } from "./registries.ts";
import { type Given, resolveTraining } from "./train-config.ts";
import { type TrainOptions, trainOptions } from "./train-options.ts";

/** The options that vary. */
export interface SweepOptions {
  /** `name=value,value,…` each. */
  readonly grid: readonly string[];
  /** `name=from:to`, or `name=from:to:log` to draw evenly on a logarithmic scale, each. */
  readonly range: readonly string[];
  /** Draws from the ranges for each combination of the grid. */
  readonly trials: number;
  /** Of the draws. */
  readonly seed: number;
}

/** One training of a sweep. */
export interface Trial {
  readonly name: string;
  /** The options in which this trial differs. */
  readonly varied: Given;
  readonly options: TrainOptions;
}

/**
 * All trials, in a fixed order; the same options give the same trials.
 *
 * @throws ValueError for an unknown option, a range without two ends in order, or values that the
 * training refuses
 */
export function sweepPlan(
  { grid, range, trials, seed }: SweepOptions,
  config: Given,
  flags: Given,
  registries: Registries,
): Trial[] {
  const random = rng(seed);
  const ranges = range.map((text) => parseRange(text, registries));
  let combinations: Given[] = [{}];
  for (const { name, values } of grid.map((text) => parseGrid(text, registries)))
    combinations = combinations.flatMap((before) =>
      values.map((value) => ({ ...before, [name]: value })),
    );
  const draws = ranges.length === 0 ? 1 : trials;
  const all = combinations.flatMap((combination) =>
    Array.from({ length: draws }, () => ({
      ...combination,
      ...Object.fromEntries(ranges.map(({ name, draw }) => [name, draw(random.uniform())])),
    })),
  );
  return all.map((varied, k) => ({
    name: `trial-${String(k + 1).padStart(3, "0")}`,
    varied,
    options: resolveTraining(config, { ...flags, ...varied }, registries),
  }));
}

function parseGrid(
  text: string,
  registries: Registries,
): { readonly name: string; readonly values: readonly unknown[] } {
  const { name, type, rest } = parseName(text, registries);
  const values = rest.split(",").map((value) => parsedAs(value, type));
  return { name, values };
}

function parseRange(
  text: string,
  registries: Registries,
): {
  readonly name: string;
  readonly draw: (uniform: number) => number;
} {
  const { name, type, rest } = parseName(text, registries);
  const [from, to, scale, ...more] = rest.split(":");
  const [low, high] = [Number(from), Number(to)];
  const log = scale === "log";
  const fits = low < high && (!log || low > 0) && (scale === undefined || log) && more.length === 0;
  if (!fits || (type !== "number" && type !== "integer"))
    throw new ValueError(
      "sweep",
      "a range as name=from:to or name=from:to:log of an option with numbers",
      text,
    );
  return {
    name,
    draw(uniform) {
      const value = log ? low * (high / low) ** uniform : low + (high - low) * uniform;
      return type === "integer" ? Math.round(value) : Number(value.toPrecision(4));
    },
  };
}

function parseName(
  text: string,
  registries: Registries,
): {
  readonly name: string;
  readonly type: string;
  readonly rest: string;
} {
  const cut = text.indexOf("=");
  const name = text
    .slice(0, Math.max(0, cut))
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const options = trainOptions(registries);
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined || cut < 0)
    throw new ValueError("sweep", `name=… with one of ${Object.keys(options).join(", ")}`, text);
  return { name, type: option.schema.type, rest: text.slice(cut + 1) };
}

function parsedAs(text: string, type: string): unknown {
  if (type === "string") return text;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return type === "array" ? asNumbers(text, ":") : asNumber(text);
}
