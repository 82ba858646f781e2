/** @file The random generators that a model holds, such as those of its dropout layers. */
import type { RngState } from "@spm/core";
import { Rng } from "@spm/core/extend";

/**
 * Every generator in a model's fields, through objects and arrays, by path; one that is reached
 * twice appears once.
 */
export function generatorsOf(model: unknown): Map<string, Rng> {
  const found = new Map<string, Rng>();
  const seen = new Set<unknown>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null || seen.has(value) || ArrayBuffer.isView(value))
      return;
    seen.add(value);
    if (value instanceof Rng) found.set(path, value);
    else
      for (const [key, item] of Object.entries(value))
        walk(item, path === "" ? key : `${path}.${key}`);
  };
  walk(model, "");
  return found;
}

/** Their states, by path. */
export function generatorStates(generators: ReadonlyMap<string, Rng>): Record<string, RngState> {
  return Object.fromEntries([...generators].map(([path, generator]) => [path, generator.state]));
}

/** Puts states back; a path that is not there is left out. */
export function restoreGenerators(
  generators: ReadonlyMap<string, Rng>,
  states: Readonly<Record<string, RngState>>,
): void {
  for (const [path, generator] of generators) {
    const state = states[path];
    if (state !== undefined) generator.state = state;
  }
}
