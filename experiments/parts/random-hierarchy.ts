/**
 * @file The Random Hierarchy Model (Cagnetta et al. 2023, arXiv 2307.02129), binary: a label
 * becomes two symbols by one of m rules, each of these two by one of m others, and so on.
 */
import { type Rng, rng, type Tensor, tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import type { FoundPairing } from "@spm/mixer/analysis";

/** The sizes of a hierarchy. */
export type HierarchySizes = {
  /** Inputs, a power of two. */
  readonly n: number;
  /** Symbols, as many as labels. */
  readonly v: number;
  /** Rules of a symbol on each level, at most v: with all of them siblings are independent. */
  readonly m: number;
  /** The share of symbols that are replaced by a random one. */
  readonly noise: number;
};

/** Sequences of n symbols in a row, and the label of each. */
export interface Sequences {
  readonly symbols: Int32Array;
  readonly labels: Int32Array;
}

/** A hierarchy: where each input stands in it, and samples. */
export interface RandomHierarchy {
  /** The place in the hierarchy that each input has: siblings are 2i and 2i + 1. */
  readonly places: readonly number[];
  /** Samples that depend on the name of their part and on nothing drawn before. */
  draw(part: "training" | "validation" | "test", count: number): Sequences;
}

/** Streams of random numbers of a seed. */
const STREAMS = { training: 2, validation: 3, test: 4 } as const;

/**
 * A hierarchy whose rules and whose order of inputs a seed draws: on each level v · m distinct
 * pairs of symbols, m to each symbol.
 * @throws ValueError unless n is a power of two ≥ 2 and 1 ≤ m ≤ v
 */
export function randomHierarchy({ n, v, m, noise }: HierarchySizes, seed: number): RandomHierarchy {
  if (n < 2 || !Number.isInteger(Math.log2(n)))
    throw new ValueError("experiment", "n as a power of two ≥ 2", n);
  if (m > v) throw new ValueError("experiment", `at most v = ${v} rules`, m);
  const streams = rng(seed).split(5);
  const stream = (k: number): Rng => streams[k] ?? rng(seed);
  const rules = Array.from({ length: Math.log2(n) }, () => stream(0).permutation(v * v));
  const places = Array.from(stream(1).permutation(n));
  const one = (random: Rng, into: Int32Array): number => {
    const label = Math.floor(v * random.uniform());
    let sequence = [label];
    for (const rule of rules)
      sequence = sequence.flatMap((symbol) => {
        const pair = rule[symbol * m + Math.floor(m * random.uniform())] ?? 0;
        return [Math.floor(pair / v), pair % v];
      });
    places.forEach((place, input) => {
      const replaced = noise > 0 && random.uniform() < noise;
      into[input] = replaced ? Math.floor(v * random.uniform()) : (sequence[place] ?? 0);
    });
    return label;
  };
  return {
    places,
    draw: (part, count) => {
      const [random = rng(seed)] = stream(STREAMS[part]).split(1);
      const symbols = new Int32Array(count * n);
      const labels = new Int32Array(count);
      for (let k = 0; k < count; k++) labels[k] = one(random, symbols.subarray(k * n, (k + 1) * n));
      return { symbols, labels };
    },
  };
}

/** Sequences as tensors: symbols [count, n] and labels [count]. */
export function sequenceTensors({ symbols, labels }: Sequences): { x: Tensor; y: Tensor } {
  const shape = [labels.length, symbols.length / labels.length];
  return { x: tensor(symbols, { shape }), y: tensor(labels) };
}

/** On each level, how many of the found groups are groups of the hierarchy, of how many. */
export function rightGroups(
  { levels }: Pick<FoundPairing, "levels">,
  places: readonly number[],
): { readonly right: number; readonly of: number }[] {
  return levels.map(({ pairs }, l) => {
    const size = 2 ** (l + 1);
    const whole = (group: readonly number[]): boolean =>
      group.length === size &&
      new Set(group.map((input) => Math.floor((places[input] ?? 0) / size))).size === 1;
    return { right: pairs.filter((pair) => whole(pair.flat())).length, of: pairs.length };
  });
}

/** The found order with both sides of every pair as in the hierarchy, by their mean places. */
export function sidesTold({ levels }: FoundPairing, places: readonly number[]): number[] {
  const key = (group: readonly number[]): number => Math.min(...group);
  const orders = new Map(places.map((_, input) => [input, [input]]));
  const mean = (group: readonly number[]): number =>
    group.reduce((total, input) => total + (places[input] ?? 0), 0) / group.length;
  for (const { pairs } of levels)
    for (const pair of pairs) {
      const sides = pair.map((group) => orders.get(key(group)) ?? []);
      const order = sides.sort((a, b) => mean(a) - mean(b)).flat();
      orders.set(key(order), order);
    }
  return orders.get(0) ?? [];
}
