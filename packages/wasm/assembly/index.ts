/** @file Everything that the compiled module exports. */
export { butterflyForward, butterflyGeneralBackward, butterflyRotationBackward } from "./butterfly";
export { generalGradient, rotationBlocks, rotationGradient, scaleStages, scaleVector } from "./coefficients";
export { boolToFloat } from "./convert";
export { copyMatrix1, copyMatrix4, fill4 } from "./copy";
export {
  absOf,
  addOf,
  cosOf,
  divOf,
  equalOf,
  expOf,
  greaterEqualOf,
  greaterOf,
  logOf,
  maximumOf,
  minimumOf,
  mulOf,
  negOf,
  notEqualOf,
  reluOf,
  sigmoidOf,
  sinOf,
  sqrtOf,
  squareOf,
  subOf,
  tanhOf,
} from "./elementwise";
export { gemm, gemmScratch, rowTimesColumns, rowTimesRows } from "./gemm";
export { pairsBackward, pairsEnter, pairsForward, pairsLeave, pairsSum, pairsUnrotate, sumFours } from "./pairs";
export { multiplyAdd } from "./peak";
export {
  argmaxRows,
  crossEntropyBackward,
  crossEntropyForward,
  extremeRows,
  logSumExpRows,
  sumColumns,
  sumRows,
} from "./reduce";
export { adamStep, sgdStep } from "./update";
