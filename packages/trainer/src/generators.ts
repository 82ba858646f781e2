/** @file The random generators of a training: those of its model, and those of its data set. */
import type { RngState } from "@spm/core";
import type { Rng } from "@spm/core/extend";

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
