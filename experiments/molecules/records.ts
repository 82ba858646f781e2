/** @file The records of runs: what a model was trained on, and its errors. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ValueError } from "@spm/core/extend";
import type { ContenderName } from "./contenders.ts";
import type { Drift, Trajectories } from "./dynamics.ts";
import type { CurvePoint, Errors } from "./training.ts";
import type { WaterForces } from "./water.ts";

/** The sets of labels. */
export const setNames: readonly WaterForces[] = ["pairs", "three-body"];

/** A molecular-dynamics run with the learned forces beside one with the true ones. */
interface Dynamics {
  readonly learned: Trajectories;
  readonly true: Trajectories;
  readonly drift: Readonly<Record<"learned" | "true", Drift>>;
}

/** One training. */
export interface TrainingRecord {
  readonly set: WaterForces;
  readonly model: ContenderName;
  /** Frames that it was trained on. */
  readonly frames: number;
  readonly seed: number;
  readonly width: number;
  readonly parameters: number;
  readonly rate: number;
  /** The rates tried, with the validation errors after a short training each. */
  readonly tried: readonly (Errors & { readonly rate: number })[];
  readonly curve: readonly (Omit<CurvePoint, "seconds"> & { readonly seconds: number })[];
  readonly test: Errors;
  /** On the test frames, each turned at random. */
  readonly turned: Errors;
  /** A constant energy. */
  readonly constant: Errors;
  readonly dynamics: Dynamics | null;
}

/**
 * The records of all run folders of this experiment in a folder, by their names.
 * @throws ValueError where there are none
 */
export function readRecords(folder: string): TrainingRecord[] {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const records = names.flatMap((name): readonly TrainingRecord[] => {
    const read = (file: string): unknown => {
      const path = join(folder, name, file);
      return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
    };
    const config = read("config.json") as { experiment?: string } | null;
    const results = read("results.json") as { trainings?: TrainingRecord[] } | null;
    return config?.experiment === "molecules" ? (results?.trainings ?? []) : [];
  });
  if (records.length === 0)
    throw new ValueError("experiment", "a folder with runs of molecules", `"${folder}"`);
  return records;
}
