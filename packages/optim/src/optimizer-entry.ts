/** @file An optimizer by name: what it is, its options with their ranges, and how it is made. */
import type { OptionSchema } from "@spm/core/extend";
import type { Optimizer } from "./optimizer.ts";
import type { CommonOptions, ParametersOrGroups } from "./rule.ts";

/** An optimizer of whatever options. */
export type AnyOptimizer = Pick<Optimizer, keyof Optimizer>;

/** Options without those that every rule has. */
type OwnName<Options> = Extract<Exclude<keyof Options, keyof CommonOptions>, string>;

/**
 * An optimizer as a list of optimizers has it; {@link optimizers} are those of this package.
 *
 * @example
 * const descent: OptimizerEntry = {
 *   description: "plain gradient descent",
 *   learningRate: 0.1,
 *   options: {},
 *   create: (params, options) => sgd(params, options),
 * };
 */
export interface OptimizerEntry<Options extends CommonOptions = CommonOptions> {
  /** One line. */
  readonly description: string;
  /** The rate that {@link create} takes where none is given. */
  readonly learningRate: number;
  /**
   * Its rate over the one that suits Adam, where the two go together: 1 where steps have the size
   * of Adam's. A model whose rate with Adam is known, as a linear kind's is, then takes this times
   * that instead of {@link learningRate}.
   */
  readonly adamScale?: number;
  /**
   * What each of its options may be. A default is what {@link create} takes where the option is
   * left out; beyond a bound it throws.
   */
  readonly options: Readonly<Record<OwnName<Options>, OptionSchema>> &
    Readonly<Record<string, OptionSchema>>;
  /** @throws ValueError for options out of range, no parameter or one given twice */
  create(params: ParametersOrGroups<Options>, options: Options): AnyOptimizer;
}
