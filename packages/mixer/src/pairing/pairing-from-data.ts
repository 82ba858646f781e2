/** @file The pairs of a schedule, found from samples. */
import { type Rng, rng, type Tensor } from "@spm/core";
import {
  checkOptions,
  checkRandom,
  checkTensors,
  DTypeError,
  elements,
  isFloating,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { log2Stages } from "../patterns.ts";
import { buildSchedule, type Schedule } from "../schedule.ts";
import { maximumWeightMatching } from "./matching.ts";
import { realLeaves } from "./real-variables.ts";
import { symbolLeaves } from "./symbols.ts";
import type { Variables } from "./variables.ts";

/** Options of {@link pairingFromData}. */
export interface PairingOptions {
  /**
   * The symbols that those of a pair are grouped to; real inputs have none.
   * @defaultValue as many as the input of most symbols has
   */
  readonly states?: number;
  /**
   * The most samples that are read; of more, so many are drawn.
   * @defaultValue 20,000
   */
  readonly samples?: number;
  /**
   * Permutations of each level's test, at least 1 / alpha − 1; 0 for none, and no p-values.
   * @defaultValue 99
   */
  readonly permutations?: number;
  /**
   * The largest p-value of a level that counts as found, in (0, 1].
   * @defaultValue 0.01
   */
  readonly alpha?: number;
  /**
   * Draws samples and permutations.
   * @defaultValue rng(1)
   */
  readonly random?: Rng;
}

const names: OptionNames<PairingOptions> = {
  states: true,
  samples: true,
  permutations: true,
  alpha: true,
  random: true,
};

/** A level of a found hierarchy: pairs of groups, which are the groups of the next level. */
export interface PairingLevel {
  /** Both groups of each pair, as the inputs in them. */
  readonly pairs: readonly (readonly [readonly number[], readonly number[]])[];
  /**
   * The dependence of each pair: mutual information in nats less its bias, of real inputs the RV
   * coefficient in [0, 1], which of single inputs is the squared correlation.
   */
  readonly weights: readonly number[];
  /** The share of independent groups that look as dependent as these; null if not tested. */
  readonly pValue: number | null;
}

/** The result of {@link pairingFromData}. */
export interface FoundPairing {
  /** ⌈log₂ n⌉ of them, from pairs of inputs on. */
  readonly levels: readonly PairingLevel[];
  /**
   * The levels from the first on that are better than chance: 0 says that there is no pairing to be
   * found here. Without a test, all of them.
   */
  readonly depth: number;
  /** The inputs in an order in which each group is a run. */
  readonly order: readonly number[];
  /** A stage for each level, which pairs both groups of a pair, member by member. */
  readonly schedule: Schedule;
}

/**
 * The pairs of a schedule, found from samples: for each level the pairing of largest total
 * dependence, a maximum-weight matching (Edmonds 1965), whose pairs are the variables of the next
 * level. Whole numbers are symbols: their dependence is mutual information, and the symbols of a
 * pair are grouped by what they say of all other inputs and of the labels (Ward 1963). Real numbers
 * go by squared correlation, and groups of them by the RV coefficient.
 *
 * A permutation test asks of each level whether its groups depend on each other at all; after the
 * first that doesn't pass, pairs are completed without a test, and mean nothing. Constant inputs
 * depend on nothing, nor do symbols of which there are more than 64 and more than a tenth of the
 * samples that are read; where the count of groups is odd, one waits for the next level.
 *
 * Cost O(n² P) for P samples, O(n³) for the matching and as much again for each permutation, whose
 * test reads so many samples that n² P · permutations stays below 2³¹, at least 64.
 * @param x - [P, n], int32 for symbols, floating for real numbers; in CPU memory
 * @param y - labels int32 [P] that help to group symbols; null for none
 * @throws ShapeError unless x has two samples of two inputs and y as many labels; DTypeError for
 * other dtypes, and for labels of real inputs; ValueError for a number that is not finite and for
 * options out of range
 * @example pairingFromData(tensor([[0, 0], [1, 1], [2, 2]], { dtype: "int32" })).order; // [0, 1]
 */
export function pairingFromData(
  x: Tensor,
  y: Tensor | null = null,
  options: PairingOptions = {},
): FoundPairing {
  checkTensors("pairingFromData", x, ...(y === null ? [] : [y]));
  checkOptions("pairingFromData", options, names);
  const { permutations = 99, alpha = 0.01, random = rng(1) } = options;
  checkCounts(options);
  checkAlpha(permutations, alpha);
  checkRandom("pairingFromData", random);
  let variables = leaves(x, y, options, random);
  const n = variables.count;
  let groups: readonly (readonly number[])[] = Array.from({ length: n }, (_, i) => [i]);
  const levels: PairingLevel[] = [];
  const stages: (readonly [number, number])[][] = [];
  let depth = 0;
  for (let l = 0; l < log2Stages(n); l++) {
    const weights = variables.weights();
    const { count } = variables;
    const matched = maximumWeightMatching(count, weights);
    const pValue =
      permutations > 0 && depth === l ? test(variables, permutations, n, random) : null;
    if (depth === l && (pValue ?? 0) <= alpha) depth = l + 1;
    const pairs = matched.map(([i, j]) => [groups[i] ?? [], groups[j] ?? []] as const);
    levels.push({ pairs, weights: matched.map(([i, j]) => weights[i * count + j] ?? 0), pValue });
    stages.push(pairs.flatMap(([a, b]) => memberByMember(a, b)));
    const met = new Set(matched.flat());
    const alone = groups.flatMap((_, k) => (met.has(k) ? [] : [[k] as const]));
    const next = [...matched, ...alone];
    groups = next.map((parts) => parts.flatMap((k) => groups[k] ?? []));
    variables = variables.merged(next);
  }
  const schedule = buildSchedule(
    "pairingFromData",
    n,
    stages.length,
    (l, addPair) => {
      for (const [i, j] of stages[l] ?? []) addPair(i, j);
    },
    { name: "found" },
  );
  return { levels, depth, order: groups[0] ?? [], schedule };
}

/** [a₀, b₀], [a₁, b₁], … as far as both go. */
const memberByMember = (a: readonly number[], b: readonly number[]): [number, number][] =>
  a.flatMap((i, k): [number, number][] => {
    const j = b[k];
    return j === undefined ? [] : [[i, j]];
  });

/** @throws ValueError for counts that are none */
function checkCounts({ states, samples, permutations }: PairingOptions): void {
  for (const [name, value, least] of [
    ["states", states, 2],
    ["samples", samples, 2],
    ["permutations", permutations, 0],
  ] as const)
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= least))
      throw new ValueError("pairingFromData", `${name} as a whole number ≥ ${least}`, value);
}

/** @throws ValueError for an alpha that is none, or that no p-value of so few permutations meets */
function checkAlpha(permutations: number, alpha: number): void {
  if (!(typeof alpha === "number" && alpha > 0 && alpha <= 1))
    throw new ValueError("pairingFromData", "alpha in (0, 1]", alpha);
  if (permutations > 0 && 1 / (permutations + 1) > alpha)
    throw new ValueError(
      "pairingFromData",
      `permutations of which 1 / (permutations + 1) ≤ alpha = ${alpha}`,
      permutations,
      "more permutations, a larger alpha, or permutations: 0 for no test",
    );
}

/** The inputs as variables, of as many samples as are to be read. */
function leaves(x: Tensor, y: Tensor | null, options: PairingOptions, random: Rng): Variables {
  const [all = 0, n = 0, ...more] = x.shape;
  if (all < 2 || n < 2 || more.length > 0)
    throw new ShapeError("pairingFromData", "x of shape [P ≥ 2, n ≥ 2]", showShape(x.shape));
  if (y !== null && (y.shape[0] !== all || y.shape.length > 1))
    throw new ShapeError("pairingFromData", `labels of shape [${all}]`, showShape(y.shape));
  const real = isFloating(x.dtype);
  for (const [name, part] of [
    ["x", x],
    ["y", y],
  ] as const)
    if (part !== null && part.dtype !== "int32" && !(name === "x" && real))
      throw new DTypeError("pairingFromData", `${name} as int32`, part.dtype);
  if (real && y !== null)
    throw new DTypeError("pairingFromData", "int32 symbols beside labels", x.dtype);
  const { samples = 20_000, states = null } = options;
  const rows = random.permutation(all).slice(0, samples); // in random order, for the test
  const data = elements(x.ndarray());
  if (!data.every((v) => Number.isFinite(v)))
    throw new ValueError("pairingFromData", "finite numbers", "one that is not");
  const pick = (values: ArrayLike<number>, stride: number, at: number): Float64Array =>
    Float64Array.from(rows, (row) => values[row * stride + at] ?? 0);
  const columns = Array.from({ length: n }, (_, i) => pick(data, n, i));
  if (real) return realLeaves(columns, x.dtype === "float64" ? 2 ** -52 : 2 ** -23);
  return symbolLeaves(columns, y && pick(elements(y.ndarray()), 1, 0), states);
}

/** The most products of a level's test, and the fewest samples that it reads. */
const [MOST, FEWEST] = [2 ** 31, 64];

/**
 * The p-value of a level: how often the sum of each group's dependence on its best partner is as
 * large when every group's rows start elsewhere, itself counted in. Rows are in random order, so
 * that any two starts are independent samples.
 */
function test(variables: Variables, permutations: number, n: number, random: Rng): number {
  const { rows } = variables;
  const read = Math.min(rows, Math.max(FEWEST, Math.floor(MOST / (n * n * permutations))));
  const found = bestPartners(variables.rotated(read, () => 0));
  let asLarge = 1;
  for (let k = 0; k < permutations; k++) {
    const starts = Array.from({ length: variables.count + 1 }, () =>
      Math.floor(rows * random.uniform()),
    );
    if (bestPartners(variables.rotated(read, (of) => starts[of] ?? 0)) >= found) asLarge++;
  }
  return asLarge / (permutations + 1);
}

function bestPartners(variables: Variables): number {
  const { count } = variables;
  const weights = variables.weights();
  const best = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++)
      for (const k of [i, j]) best[k] = Math.max(best[k] ?? 0, weights[i * count + j] ?? 0);
  return best.reduce((total, v) => total + v, 0);
}
