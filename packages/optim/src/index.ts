/**
 * @file @spm/optim: optimizers, learning-rate schedules, gradient clipping, averages of weights.
 * `@spm/optim/extend` is for authors of rules and backends.
 */
export { GradientAccumulator } from "./accumulate.ts";
export { type AdagradOptions, adagrad } from "./adagrad.ts";
export { type AdamOptions, adam, adamw } from "./adam.ts";
export { type AdamaxOptions, adamax } from "./adamax.ts";
export { type CaptureCounts, type Captured, type CaptureOptions, capture } from "./capture.ts";
export { clipByGlobalNorm, clipByValue, globalNorm } from "./clip.ts";
export { Lbfgs, lbfgs } from "./lbfgs.ts";
export type { LossAndGrads } from "./lbfgs-loss.ts";
export type { LbfgsOptions } from "./lbfgs-options.ts";
export { type LionOptions, lion } from "./lion.ts";
export { MovingAverage, type MovingAverageOptions } from "./moving-average.ts";
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
  type CosineOptions,
  type CosineRestartsOptions,
  cosine,
  cosineRestarts,
  type OneCycleOptions,
  oneCycle,
} from "./schedules/cosines.ts";
export { type CyclicMode, type CyclicOptions, cyclic } from "./schedules/cyclic.ts";
export {
  type ExponentialOptions,
  exponentialDecay,
  type LinearDecayOptions,
  linearDecay,
  type MultistepOptions,
  multistep,
  type PolynomialOptions,
  polynomial,
  type StepDecayOptions,
  stepDecay,
} from "./schedules/decays.ts";
export {
  type ConstantOptions,
  constant,
  type RateSchedule,
  type ScheduleSpan,
} from "./schedules/schedule.ts";
export { chained, sequence, type WarmupOptions, warmup } from "./schedules/sequence.ts";
export { type SgdOptions, sgd } from "./sgd.ts";
export type { State } from "./state.ts";
