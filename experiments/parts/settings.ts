/** @file Settings from command lines: known names, values of the right kind. */
import { ValueError } from "@spm/core/extend";
import type { Experiment, Settings } from "./experiment.ts";

/**
 * Settings of the experiment from lines like `steps=200`.
 *
 * @throws ValueError for an unknown name, a value that should be a number and is none, a name given
 * twice
 * @example readSettings(learnTransform, ["steps=200"]); // { steps: 200 }
 */
export function readSettings(experiment: Experiment, lines: readonly string[]): Settings {
  const settings: Record<string, number | string> = {};
  for (const line of lines) {
    const [name = "", ...rest] = line.split("=");
    const text = rest.join("=").trim();
    if (rest.length === 0 || text === "")
      throw new ValueError("experiment", "name=value", `"${line}"`);
    if (name in settings) throw new ValueError("experiment", `${name} once`, "it twice");
    const number = typeof experiment.settings[name] === "number";
    if (number && Number.isNaN(Number(text)))
      throw new ValueError(
        "experiment",
        `${name} to be a number, as ${experiment.settings[name]} is`,
        `"${text}"`,
      );
    settings[name] = number ? Number(text) : text;
  }
  refuse(experiment, settings);
  return settings;
}

/**
 * Refuses settings that the experiment does not have, of another kind than its own, or out of
 * range: no number may be negative or infinite, and a setting whose default and quick form are
 * whole numbers above 0 has to be one.
 * @throws ValueError for the first of them
 */
export function refuse({ name, settings, quick }: Experiment, given: Settings): void {
  for (const [key, value] of Object.entries(given)) {
    const own = settings[key];
    if (own === undefined)
      throw new ValueError(
        "experiment",
        `a setting of ${name}: ${Object.keys(settings).join(", ")}`,
        `"${key}"`,
      );
    if (typeof own !== typeof value || Number.isNaN(value))
      throw new ValueError(
        "experiment",
        `${key} to be a ${typeof own}, as ${own} is`,
        String(value),
      );
    if (typeof value !== "number") continue;
    const counts = [own, quick[key] ?? own].every(
      (usual) => Number.isSafeInteger(usual) && Number(usual) >= 1,
    );
    if (
      counts ? !Number.isSafeInteger(value) || value < 1 : !(value >= 0 && Number.isFinite(value))
    )
      throw new ValueError(
        "experiment",
        counts ? `${key} as a whole number ≥ 1` : `${key} ≥ 0`,
        value,
      );
  }
}

/** The settings of `--tune`. @throws ValueError for an experiment without */
export function tuneOf({ name, tune }: Experiment): Partial<Settings> {
  if (tune !== undefined) return tune;
  throw new ValueError("experiment", "one whose rates --tune chooses", `"${name}"`);
}
