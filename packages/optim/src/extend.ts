/**
 * @file @spm/optim/extend: the updates of the rules as primitives, which backends may have kernels
 * for.
 */
export { type AdagradUpdate, adagradUpdate } from "./adagrad.ts";
export { type AdamUpdate, adamUpdate } from "./adam.ts";
export { type AdamaxUpdate, adamaxUpdate } from "./adamax.ts";
export { type CapturingBackend, itself } from "./capture.ts";
export { type LionUpdate, lionUpdate } from "./lion.ts";
export { averageUpdate } from "./moving-average.ts";
export { type NadamUpdate, nadamUpdate } from "./nadam.ts";
export { plateauStart } from "./plateau.ts";
export { type RadamUpdate, radamUpdate } from "./radam.ts";
export { changing, recorder, renewed, type StepRecorder } from "./recorder.ts";
export { type RmspropUpdate, rmspropUpdate } from "./rmsprop.ts";
export { type SgdUpdate, sgdUpdate } from "./sgd.ts";
export { type Dissected, dissect } from "./step-values.ts";
export { type UpdateLoop, type UpdateOp, updateOp } from "./update-op.ts";
