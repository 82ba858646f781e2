/** @file @spm/optim: optimizers and learning-rate schedules. */
export { type AdamOptions, type AdamUpdate, adam, adamUpdate, adamw } from "./adam.ts";
export { Optimizer } from "./optimizer.ts";
export type { CommonOptions, Decided, ParameterGroup, ParametersOrGroups, Rule, StepContext } from "./rule.ts";
export { cosine, type Schedule } from "./schedule.ts";
export { type SgdOptions, type SgdUpdate, sgd, sgdUpdate } from "./sgd.ts";
export type { State } from "./state.ts";
export { type UpdateLoop, updateOp } from "./update-op.ts";
