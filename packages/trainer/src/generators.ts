/** @file The random generators of a model, such as those of its dropout layers. */
import type { RngState } from "@spm/core";
import { Rng } from "@spm/core/extend";

/** Every generator in a model's fields, objects and arrays, once and by path. */
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

/** The states of generators, by path. */
export function generatorStates(generators: ReadonlyMap<string, Rng>): Record<string, RngState> {
  return Object.fromEntries([...generators].map(([path, generator]) => [path, generator.state]));
}

/** Restores states; a generator without one stays as it is. */
export function restoreGenerators(
  generators: ReadonlyMap<string, Rng>,
  states: Readonly<Record<string, RngState>>,
): void {
  for (const [path, generator] of generators) {
    const state = states[path];
    if (state !== undefined) generator.state = state;
  }
}
