/** @file What a row measured, and the results of earlier runs. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ValueError } from "@spm/core/extend";
import type { ReplacementName } from "./replacements.ts";

/** The fit of one projection at its best rate. */
export interface ProjectionFit {
  /** ‖ŷ − y‖² / ‖y‖² on held-out tokens. */
  readonly error: number;
  readonly rate: number;
  /** Of a step at this rate. */
  readonly seconds: number;
  /** The errors at all rates, in their order. */
  readonly byRate: readonly number[];
}

/** A row for one seed. */
export interface Outcome {
  readonly name: ReplacementName;
  readonly seed: number;
  /** Of one projection's replacement. */
  readonly parameters: number;
  /** The loss of the dense model, nats a character. */
  readonly nats: number;
  /** Of key, query, value. */
  readonly fits: readonly ProjectionFit[];
  /** After key, then query, then value are replaced. */
  readonly losses: readonly number[];
}

/** The outcomes in the `results.json` of every run folder in a folder. */
export function readOutcomes(folder: string): Outcome[] {
  const outcomes = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const text = readFileSync(join(folder, name, "results.json"), "utf8");
      return (JSON.parse(text) as { outcomes: Outcome[] }).outcomes;
    });
  if (outcomes.length === 0)
    throw new ValueError("rotors", "run folders of this experiment", `none in ${folder}`);
  return outcomes;
}
