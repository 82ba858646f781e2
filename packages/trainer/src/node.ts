/** @file The public names of @spm/trainer/node: run folders, checkpoints, TensorBoard files. */

export { writeAtomically } from "./io/atomic-write.ts";
export {
  type Checkpoint,
  encodeCheckpoint,
  readCheckpoint,
  verifyCheckpoint,
  writeCheckpoint,
} from "./io/checkpoint-file.ts";
export {
  checkpointPath,
  checkpointSteps,
  type DamagedFile,
  type FoundCheckpoint,
  latestCheckpoint,
  setAside,
} from "./io/checkpoint-folder.ts";
export { type BestCheckpoints, type CheckpointOptions, checkpoints } from "./io/checkpoints.ts";
export { isSystemError, reasonOf } from "./io/file-error.ts";
export { machine } from "./io/machine.ts";
export { makeFolder } from "./io/make-folder.ts";
export { loadModel, saveModel } from "./io/model-path.ts";
export { provenance } from "./io/provenance.ts";
export { type RecordRunOptions, recordRun } from "./io/record-run.ts";
export { type Misfit, misfit } from "./io/record-schema.ts";
export { type Run, readRun, readRunConfig } from "./io/run-reader.ts";
export type {
  ClassOutcome,
  MachineRecord,
  MetricRecord,
  NumberOutcome,
  ProvenanceRecord,
  RecordPosition,
  RunChange,
  RunConfig,
  RunModel,
  Split,
  TestOutcome,
  TimingRecord,
  WorstSample,
} from "./io/run-record.ts";
export { assertFolder, assertFresh, RunWriter } from "./io/run-writer.ts";
export { readSafetensors, writeSafetensors } from "./io/safetensors-file.ts";
export {
  type TensorBoardOptions,
  tensorBoard,
  tensorBoardFile,
} from "./io/tensorboard/tensor-board.ts";
export { versions } from "./versions.ts";
