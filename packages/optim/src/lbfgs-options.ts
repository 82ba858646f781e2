/** @file The options and parameters of L-BFGS, checked. */
import { Parameter } from "@spm/core";
import { checkOptions, DTypeError, kindOf, type OptionNames, ValueError } from "@spm/core/extend";
import { checkCounts, checkNotNegative } from "./check.ts";

/** Options of `lbfgs`. */
export interface LbfgsOptions {
  /**
   * The step along a direction, at least 0; with a line search the first that it tries.
   * @defaultValue 1
   */
  readonly learningRate?: number;
  /**
   * Directions of a step, at least 1.
   * @defaultValue 20
   */
  readonly maxIterations?: number;
  /**
   * Evaluations of the loss after which a step takes no further direction, at least 1.
   * @defaultValue a quarter more than directions
   */
  readonly maxEvaluations?: number;
  /**
   * A step ends where no element of the gradient is larger, at least 0.
   * @defaultValue 1e-7
   */
  readonly toleranceGrad?: number;
  /**
   * A step ends where neither the loss nor any parameter changes by more, at least 0.
   * @defaultValue 1e-9
   */
  readonly toleranceChange?: number;
  /**
   * Pairs of changes that are kept, at least 1.
   * @defaultValue 100
   */
  readonly historySize?: number;
  /**
   * The rule for the step along a direction: the learning rate, or until the strong Wolfe
   * conditions hold.
   * @defaultValue "none"
   */
  readonly lineSearch?: "none" | "strong_wolfe";
}

const names: OptionNames<LbfgsOptions> = {
  learningRate: true,
  maxIterations: true,
  maxEvaluations: true,
  toleranceGrad: true,
  toleranceChange: true,
  historySize: true,
  lineSearch: true,
};

/** @throws ValueError, OptionError for options out of range */
export function completed(options: LbfgsOptions): Required<LbfgsOptions> {
  checkOptions("lbfgs", options, names);
  const { learningRate = 1, maxIterations = 20, historySize = 100 } = options;
  const { maxEvaluations = Math.floor(1.25 * maxIterations), lineSearch = "none" } = options;
  const { toleranceGrad = 1e-7, toleranceChange = 1e-9 } = options;
  checkNotNegative("lbfgs", { learningRate, toleranceGrad, toleranceChange });
  checkCounts("lbfgs", { maxIterations, maxEvaluations, historySize });
  if (lineSearch !== "none" && lineSearch !== "strong_wolfe")
    throw new ValueError("lbfgs", 'lineSearch to be "none" or "strong_wolfe"', lineSearch);
  const tolerances = { toleranceGrad, toleranceChange };
  return { learningRate, maxIterations, maxEvaluations, historySize, lineSearch, ...tolerances };
}

/** @throws DTypeError unless it is an array of parameters; ValueError for none or one twice */
export function checkParameters(parameters: unknown): void {
  const help = "model.parameters() has them";
  if (!Array.isArray(parameters))
    throw new DTypeError("lbfgs", "an array of parameters", kindOf(parameters), help);
  for (const p of parameters)
    if (!(p instanceof Parameter)) throw new DTypeError("lbfgs", "parameters", kindOf(p));
  if (parameters.length === 0) throw new ValueError("lbfgs", "at least 1 parameter", 0);
  if (new Set(parameters).size !== parameters.length)
    throw new ValueError("lbfgs", "each parameter once", "one twice");
}
