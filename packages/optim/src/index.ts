/** @file @spm/optim: optimizers, learning-rate schedules, and what goes with them. */
export { GradientAccumulator } from "./accumulate.ts";
export { type AdagradOptions, type AdagradUpdate, adagrad, adagradUpdate } from "./adagrad.ts";
export { type AdamOptions, type AdamUpdate, adam, adamUpdate, adamw } from "./adam.ts";
export { type AdamaxOptions, type AdamaxUpdate, adamax, adamaxUpdate } from "./adamax.ts";
export { clipByGlobalNorm, clipByValue, globalNorm } from "./clip.ts";
export { type LionOptions, type LionUpdate, lion, lionUpdate } from "./lion.ts";
export { averageUpdate, MovingAverage } from "./moving-average.ts";
export { type MuonOptions, muon } from "./muon.ts";
export { type NadamOptions, type NadamUpdate, nadam, nadamUpdate } from "./nadam.ts";
export { Optimizer } from "./optimizer.ts";
export type { AnyOptimizer, OptimizerEntry } from "./optimizer-entry.ts";
export { type OptimizerName, optimizers } from "./optimizers.ts";
export {
  type PlateauOptions,
  type PlateauState,
  plateauStart,
  reduceOnPlateau,
} from "./plateau.ts";
export { type RadamOptions, type RadamUpdate, radam, radamUpdate } from "./radam.ts";
export {
  rateSchedules,
  type ScheduleEntry,
  type ScheduleName,
  type ScheduleSpan,
} from "./rate-schedules.ts";
export { type RmspropOptions, type RmspropUpdate, rmsprop, rmspropUpdate } from "./rmsprop.ts";
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
  linear,
  multistep,
  oneCycle,
  polynomial,
  type Schedule,
  sequence,
  stepDecay,
  warmup,
} from "./schedule.ts";
export { type SgdOptions, type SgdUpdate, sgd, sgdUpdate } from "./sgd.ts";
export type { State } from "./state.ts";
export { type UpdateLoop, updateOp } from "./update-op.ts";
