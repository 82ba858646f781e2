/** @file The parts of the fused kernels that differ from one kind of blocks to another. */
import type { DeviceArray } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import type { MixerOperands } from "../mixer/operands.ts";
import { upTo } from "../wgsl.ts";
import { type FusedPass, type FusedPlan, pairsOf } from "./plan.ts";

/**
 * The blocks of a mixer, as texts over a thread's elements `v0 …`. Coefficients are an array of
 * `vec4f` named `blocks`.
 */
export interface FusedBlocks {
  /** Numbers that a thread keeps in registers for each stage. */
  readonly registers: number;
  /**
   * Threads of the backward whose registers fit a multiprocessor: coefficients, sums, and a row
   * that is loaded ahead.
   */
  readonly backwardThreads: number;
  /** Passes of a group of the backward: more would not fit its registers. */
  readonly backwardPasses: 1 | 2;
  /** Values that the backward takes from pass to pass: g, and z where it undoes z. */
  readonly carried: readonly ("z" | "g")[];
  /** Components of a pair's gradient. */
  readonly components: 1 | 3 | 4;
  /** WGSL functions that the statements call. */
  readonly functions: string;
  /** Statements that load the coefficients of a pass. */
  load(plan: FusedPlan, pass: FusedPass): string;
  /** Statements that take the elements `v0 …` through stage j of a pass. */
  mix(plan: FusedPlan, pass: FusedPass, j: number, v: string): string;
  /** Statements that take z through a pass again, and keep what {@link turnBack} reads of it. */
  mixAgain(plan: FusedPlan, pass: FusedPass): string;
  /**
   * Statements that take g back through stage j of a pass, and z where `withZ`; they add to the
   * sums named {@link sumName}.
   */
  turnBack(plan: FusedPlan, pass: FusedPass, j: number, withZ: boolean): string;
  /** The declaration of a pair's sum, and the statements that write it, as pair `at` of `sums`. */
  declareSum(name: string): string;
  writeSum(name: string, at: string): string;
  /**
   * The coefficients that the kernels read, made of the parameters on every call; null where they
   * are the first one itself.
   */
  coefficients(executor: Executor, parameters: MixerOperands["parameters"]): Memory | null;
  /** The parameters' gradients from the sums of all pairs, [P · components], which it takes. */
  gradients(
    executor: Executor,
    sums: DeviceArray,
    parameters: MixerOperands["parameters"],
  ): readonly DeviceArray[];
}

/** Takes the elements `v0 …` through the stages of a pass. */
export const mixPass = (
  blocks: Pick<FusedBlocks, "mix">,
  plan: FusedPlan,
  pass: FusedPass,
  v: string,
): string =>
  upTo(pass.k)
    .map((j) => blocks.mix(plan, pass, j, v))
    .join(" ");

/** The sum of the gradients of the pair whose first element is e, in stage j of a pass. */
export const sumName = ({ stage }: FusedPass, j: number, e: number): string =>
  `sum${stage + j}_${e}`;

/** The name of the sum and the number of every pair of a plan's passes. */
export const sumsOf = (plan: FusedPlan): { name: string; pair: string }[] =>
  plan.passes.flatMap((pass) =>
    upTo(pass.k).flatMap((j) =>
      pairsOf(plan, pass, j).map(({ a, pair }) => ({ name: sumName(pass, j, a), pair })),
    ),
  );
