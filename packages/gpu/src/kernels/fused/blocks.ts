/** @file What the two parameterisations do differently inside the same fused kernels. */
import type { DeviceArray } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import { upTo } from "../wgsl.ts";
import { type FusedPlan, pairsOf, type Round } from "./plan.ts";

/**
 * The blocks of a mixer, as texts over a thread's elements `v0 …`. Coefficients are an array of
 * `vec4f` named `blocks`.
 */
export interface FusedBlocks {
  /** Numbers that a thread keeps in registers for each stage. */
  readonly registers: number;
  /**
   * Threads whose registers a multiprocessor has room for in the backward pass: coefficients, sums,
   * and a row on its way.
   */
  readonly backwardThreads: number;
  /** Rounds that one launch of the backward pass takes: more would not fit its registers. */
  readonly backwardRounds: 1 | 2;
  /** What the backward pass takes from round to round: z, too, where it undoes z. */
  readonly carried: readonly ("z" | "g")[];
  /** Components of a pair's gradient. */
  readonly components: 1 | 4;
  /** Statements that load what a round needs. */
  load(plan: FusedPlan, round: Round): string;
  /** Statements that take the elements `v0 …` through stage j of a round. */
  mix(plan: FusedPlan, round: Round, j: number, v: string): string;
  /** Statements that take z through a round again, and keep of it what {@link turnBack} reads. */
  mixAgain(plan: FusedPlan, round: Round): string;
  /**
   * Statements that take g back through stage j of a round, and z where `withZ`; they add to the
   * sums named {@link sumName}.
   */
  turnBack(plan: FusedPlan, round: Round, j: number, withZ: boolean): string;
  /** The declaration of a pair's sum, and the statements that write it, as pair `at` of `sums`. */
  declareSum(name: string): string;
  writeSum(name: string, at: string): string;
  /** What the kernels read, made of the parameter on every call; null where that is it itself. */
  coefficients(executor: Executor, parameter: DeviceArray): Memory | null;
}

/** Takes the elements `v0 …` through the stages of a round. */
export const mixRound = (
  blocks: Pick<FusedBlocks, "mix">,
  plan: FusedPlan,
  round: Round,
  v: string,
): string =>
  upTo(round.k)
    .map((j) => blocks.mix(plan, round, j, v))
    .join(" ");

/** The sum of the gradients of the pair whose first element is e, in stage j of a round. */
export const sumName = ({ stage }: Round, j: number, e: number): string => `sum${stage + j}_${e}`;

/** Every pair of a plan's rounds: its sum's name, and its number. */
export const sumsOf = (plan: FusedPlan): { name: string; pair: string }[] =>
  plan.rounds.flatMap((round) =>
    upTo(round.k).flatMap((j) =>
      pairsOf(plan, round, j).map(({ a, pair }) => ({ name: sumName(round, j, a), pair })),
    ),
  );
