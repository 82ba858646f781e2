/**
 * @file @spm/optim: optimizers, learning-rate schedules, and what goes with them. What authors of
 * rules and backends need besides is `@spm/optim/extend`.
 */
export { GradientAccumulator } from "./accumulate.ts";
export { type AdagradOptions, adagrad } from "./adagrad.ts";
export { type AdamOptions, adam, adamw } from "./adam.ts";
export { type AdamaxOptions, adamax } from "./adamax.ts";
export { clipByGlobalNorm, clipByValue, globalNorm } from "./clip.ts";
export { type LionOptions, lion } from "./lion.ts";
export { MovingAverage } from "./moving-average.ts";
export { type MuonOptions, muon } from "./muon.ts";
export { type NadamOptions, nadam } from "./nadam.ts";
export { Optimizer } from "./optimizer.ts";
export type { AnyOptimizer, OptimizerEntry } from "./optimizer-entry.ts";
export { type OptimizerName, optimizers } from "./optimizers.ts";
export {
  type PlateauOptions,
  type PlateauState,
  reduceOnPlateau,
} from "./plateau.ts";
export { type RadamOptions, radam } from "./radam.ts";
export {
  rateSchedules,
  type ScheduleEntry,
  type ScheduleName,
  type ScheduleSpan,
} from "./rate-schedules.ts";
export { type RmspropOptions, rmsprop } from "./rmsprop.ts";
export type {
  CommonOptions,
  Decided,
  ParameterGroup,
  ParametersOrGroups,
  Rule,
  StepContext,
} from "./rule.ts";
export {
  constant,
  cosine,
  cosineRestarts,
  exponential,
  linearDecay,
  multistep,
  oneCycle,
  polynomial,
  type Schedule,
  sequence,
  stepDecay,
  warmup,
} from "./schedule.ts";
export { type SgdOptions, sgd } from "./sgd.ts";
export type { State } from "./state.ts";
