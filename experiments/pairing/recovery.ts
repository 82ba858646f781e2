/** @file How many of the groups of random hierarchies are found, by level. */
import { rng } from "@spm/core";
import { pairingFromData } from "@spm/mixer/analysis";
import {
  type HierarchySizes,
  randomHierarchy,
  rightGroups,
  sequenceTensors,
} from "../parts/random-hierarchy.ts";

/** A hierarchy, and the pairs found in samples of it. */
export interface Recovery {
  readonly n: number;
  readonly v: number;
  readonly m: number;
  /** The share of symbols that are random. */
  readonly noise: number;
  readonly samples: number;
  readonly labels: boolean;
  readonly seed: number;
  /** On each level, the groups that are those of the hierarchy, of all. */
  readonly right: readonly { readonly right: number; readonly of: number }[];
  readonly pValues: readonly (number | null)[];
  /** Levels that the test took for more than chance. */
  readonly depth: number;
  readonly seconds: number;
}

/** Finds pairs in samples of the hierarchy of a seed, with labels or without. */
export function recovery(
  sizes: HierarchySizes,
  samples: number,
  labels: boolean,
  seed: number,
  permutations: number,
): Recovery {
  const made = randomHierarchy(sizes, seed);
  const { x, y } = sequenceTensors(made.draw("training", samples));
  const started = performance.now();
  const found = pairingFromData(x, labels ? y : null, {
    ...{ states: sizes.v, samples, permutations },
    alpha: Math.max(0.01, 1 / (permutations + 1)),
    random: rng(seed),
  });
  const seconds = (performance.now() - started) / 1000;
  for (const all of [x, y]) all.dispose();
  const { n, v, m, noise } = sizes;
  return {
    ...{ n, v, m, noise, samples, labels, seed, seconds },
    right: rightGroups(found, made.places),
    pValues: found.levels.map(({ pValue }) => pValue),
    depth: found.depth,
  };
}
