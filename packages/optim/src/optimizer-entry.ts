/** @file An optimizer by name: its description, its options with their ranges, its constructor. */
import type { OptionSchema } from "@spm/core/extend";
import type { Optimizer } from "./optimizer.ts";
import type { CommonOptions, ParametersOrGroups } from "./rule.ts";

/** An optimizer of any options. */
export type AnyOptimizer = Pick<Optimizer, keyof Optimizer>;

/** The names of options without those of every rule. */
type OwnName<Options> = Extract<Exclude<keyof Options, keyof CommonOptions>, string>;

/**
 * An optimizer with its description and the ranges of its options, as a record of optimizers has
 * it; {@link optimizers} are those of this package.
 *
 * @example
 * const descent: OptimizerEntry = {
 *   description: "plain gradient descent",
 *   learningRate: 0.1,
 *   options: {},
 *   create: (parameters, options) => sgd(parameters, options),
 * };
 */
export interface OptimizerEntry<Options extends CommonOptions = CommonOptions> {
  /** One line. */
  readonly description: string;
  /** The rate that {@link create} takes by default. */
  readonly learningRate: number;
  /**
   * The best rate over the best one for Adam, where their ratio is the same for all models: 1 where
   * steps have the size of Adam's. A model whose rate for Adam is known, such as a linear kind,
   * takes this times that rate in the place of {@link learningRate}.
   */
  readonly adamScale?: number;
  /**
   * The range of each option. A default is the value that {@link create} takes where the option is
   * left out; beyond a bound it throws.
   */
  readonly options: Readonly<Record<OwnName<Options>, OptionSchema>> &
    Readonly<Record<string, OptionSchema>>;
  /** @throws ValueError for options out of range, no parameter or one given twice */
  create(parameters: ParametersOrGroups<Options>, options: Options): AnyOptimizer;
}
