/**
 * @file Distributions: draws of a seeded generator, the same bits for the same seed, and their
 * log-probabilities.
 */
export { bernoulli, bernoulliLogProb } from "./bernoulli.ts";
export {
  type ChoiceOptions,
  categorical,
  categoricalLogProb,
  choice,
  choiceLogProb,
  multinomial,
  multinomialLogProb,
} from "./categorical.ts";
export type { DrawOptions, DrawShapeOptions } from "./draw.ts";
export {
  beta,
  betaLogProb,
  dirichlet,
  dirichletLogProb,
  exponential,
  exponentialLogProb,
  gamma,
  gammaLogProb,
} from "./gamma.ts";
export { type Interval, normalLogProb, truncatedNormal, truncatedNormalLogProb } from "./normal.ts";
export { randint, randintLogProb } from "./randint.ts";
