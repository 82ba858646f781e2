/** @file The settings that later steps depend on, which a resumed training must have as before. */
import { ValueError } from "@spm/core/extend";
import type { FitOptions } from "./fit-options.ts";
import type { Json } from "./io/json.ts";

type Settings = Readonly<Record<string, Json>>;

/** The options of `fit` and of its optimizer, by name, without schedules, which are functions. */
export function settingsOf<Model, Batch>(options: FitOptions<Model, Batch>): Settings {
  const { accumulate = 1, logEvery = 10, onNonFinite = "stop", snapshotEvery = 100 } = options;
  const { evaluate, average, optimizer } = options;
  return {
    accumulate,
    logEvery,
    evaluations: evaluate === undefined ? null : (evaluate.every ?? "each epoch"),
    average: average !== undefined,
    onNonFinite,
    snapshotEvery,
    optimizer: optimizer.settings ?? null,
  };
}

/**
 * @throws ValueError naming the settings that differ from the saved ones, unless that is allowed
 */
export function checkSettings<Model, Batch>(
  saved: Settings,
  options: FitOptions<Model, Batch>,
): void {
  if (options.allowChanged) return;
  const now = settingsOf(options);
  const changed = Object.keys(now).filter(
    (name) => JSON.stringify(now[name]) !== JSON.stringify(saved?.[name]),
  );
  const told = (settings: Settings): string =>
    changed.map((name) => `${name} ${JSON.stringify(settings?.[name])}`).join(", ");
  if (changed.length > 0)
    throw new ValueError(
      "fit",
      `the settings of the saved training, ${told(saved)}`,
      told(now),
      "allowChanged: true goes on with others",
    );
}
