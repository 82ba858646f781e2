/** @file What the two parameterisations do differently inside the same fused kernels. */
import type { DeviceArray } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import { upTo } from "../wgsl.ts";
import { type FusedPlan, pairsOf } from "./plan.ts";

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
  /**
   * Whether the backward pass undoes z stage by stage; otherwise it keeps z before each stage of
   * its one round.
   */
  readonly walksBack: boolean;
  /** Components of a pair's gradient. */
  readonly components: 1 | 4;
  /** Statements that load what a round needs. */
  load(plan: FusedPlan, r: number): string;
  /** Statements that take the elements `v0 …` through stage j of a round. */
  mix(plan: FusedPlan, r: number, j: number, v: string): string;
  /**
   * Statements that take g back through stage j of a round, and z where `withZ`; they add to the
   * sums named {@link sumName}.
   */
  turnBack(plan: FusedPlan, r: number, j: number, withZ: boolean): string;
  /**
   * What the kernels read, made of the parameters on every call; null where that is the first
   * parameter itself.
   */
  coefficients(executor: Executor, parameters: readonly DeviceArray[]): Memory | null;
}

/** Takes the elements `v0 …` through the stages of a round. */
export const mixRound = (blocks: FusedBlocks, plan: FusedPlan, r: number, v: string): string =>
  upTo(plan.rounds[r]!.k)
    .map((j) => blocks.mix(plan, r, j, v))
    .join(" ");

/** The sum of the gradients of the pair whose first element is e, in stage j of a round. */
export const sumName = ({ rounds }: FusedPlan, r: number, j: number, e: number): string =>
  `sum${rounds[r]!.stage + j}_${e}`;

/** Every pair of a plan's rounds: its sum's name, and its number. */
export const sumsOf = (plan: FusedPlan): { name: string; pair: string }[] =>
  plan.rounds.flatMap(({ k }, r) =>
    upTo(k).flatMap((j) =>
      pairsOf(plan, r, j).map(({ a, pair }) => ({ name: sumName(plan, r, j, a), pair })),
    ),
  );
