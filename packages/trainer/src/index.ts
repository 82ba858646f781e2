/**
 * @file @spm/trainer: the training loop, its measurements and its callbacks. Files are in
 * `@spm/trainer/node`, numbers as text in `@spm/trainer/format`.
 */

export { classification } from "./classification.ts";
export {
  type CollapseCallback,
  type CollapseCallbackOptions,
  type CollapseInputs,
  type CollapseReading,
  collapseCallback,
} from "./collapse-callback.ts";
export { type EarlyStoppingOptions, earlyStopping } from "./early-stopping.ts";
export { CheckpointError, NonFiniteError, RunError } from "./errors.ts";
export { type EvaluateOptions, evaluate } from "./evaluate.ts";
export { fit } from "./fit.ts";
export type { EvaluationOptions, FitOptions, FitResult } from "./fit-options.ts";
export type { Updater } from "./given.ts";
export type {
  Callback,
  EndEvent,
  Ending,
  MetricsEvent,
  NonFiniteEvent,
  Training,
  TrainingPosition,
} from "./hooks.ts";
export type { Json } from "./io/json.ts";
export {
  encodeModel,
  type LoadModelOptions,
  parseModel,
  type SaveModelOptions,
} from "./io/model-file.ts";
export type { HeaderEntry } from "./io/safetensors/header.ts";
export { SafetensorsError } from "./io/safetensors/header.ts";
export { type PackedTensor, type StoredValues, unpackTensors } from "./io/safetensors/packed.ts";
export { parseSafetensors, type Safetensors } from "./io/safetensors/read.ts";
export { type CompactOptions, encodeSafetensors } from "./io/safetensors/write.ts";
export {
  type FinderOptions,
  type FoundRate,
  findLearningRate,
  type RatedLoss,
} from "./learning-rate-finder.ts";
export type { LossFunction, Measurement, Metrics, Reading } from "./measurement.ts";
export {
  accuracyOf,
  type ClassScore,
  type ConfusionMatrix,
  classScores,
  confusionMatrix,
  macroF1,
} from "./metrics/confusion.ts";
export {
  type ClassStatistics,
  type CollapseMetrics,
  type CollapseOptions,
  classStatistics,
  neuralCollapse,
} from "./metrics/neural-collapse.ts";
export {
  type CalibrationOptions,
  calibrationError,
  perplexity,
  topKAccuracy,
} from "./metrics/ranking.ts";
export { type RegressionScores, regressionScores } from "./metrics/regression-scores.ts";
export type { NonFiniteAction } from "./non-finite.ts";
export {
  type PlateauCallback,
  type PlateauCallbackOptions,
  plateauCallback,
} from "./plateau-callback.ts";
export { type ProgressStream, progress } from "./progress.ts";
export { regression } from "./regression.ts";
export { type SampleOptions, sampleText } from "./sample-text.ts";
export {
  activationStatistics,
  gradientStatistics,
  type TensorStatistics,
  tensorStatistics,
} from "./statistics.ts";
export { type GradientTransform, type TrainStepOptions, trainStep } from "./train-step.ts";
export type { Progress, Stateful, TrainingState, Values, WeightAverage } from "./training-state.ts";
