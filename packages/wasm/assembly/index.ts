/** @file Everything that the compiled module exports. */
export { generalGradient, generalSums, rotationGradient } from "./block-gradients";
export { butterflyForward, butterflyGeneralBackward, butterflyRotationBackward } from "./butterfly";
export { rotationBlocks, scaleStages } from "./coefficients";
export { boolToFloat, boolToInt, doubleToFloat, floatToInt, intToFloat } from "./convert";
export { addAxes, copyAxes, copyMatrix1, copyMatrix4, fill4 } from "./copy";
export {
  absOf,
  addOf,
  cosOf,
  divOf,
  equalBoolOf,
  equalInt32Of,
  equalOf,
  erfOf,
  expm1Of,
  expOf,
  greaterBoolOf,
  greaterEqualBoolOf,
  greaterEqualInt32Of,
  greaterEqualOf,
  greaterInt32Of,
  greaterOf,
  log1pOf,
  logicalAndBoolOf,
  logicalAndInt32Of,
  logicalAndOf,
  logicalOrBoolOf,
  logicalOrInt32Of,
  logicalOrOf,
  logOf,
  maximumOf,
  minimumOf,
  mulOf,
  negOf,
  notEqualBoolOf,
  notEqualInt32Of,
  notEqualOf,
  powOf,
  reluOf,
  sigmoidOf,
  signOf,
  sinOf,
  softplusOf,
  sqrtOf,
  squareOf,
  subOf,
  tanhOf,
  whereOf,
} from "./elementwise";
export { choleskyOf, luOf, solveOf, triangularOf } from "./factor";
export { fftRows } from "./fft";
export { gemm, gemmScratch, rowTimesColumns, rowTimesRows } from "./gemm";
export { gruBackward, gruForward } from "./gru";
export { cumulativeRows, gatherRows, scatterRows } from "./indexing";
export { normBackward, normForward } from "./norm";
export {
  pairsBackward,
  pairsEnter,
  pairsForward,
  pairsLeave,
  pairsSum,
  pairsUnrotate,
  sumFours,
} from "./pairs";
export { multiplyAdd } from "./peak";
export {
  crossEntropyBackward,
  crossEntropyForward,
  extremePlaces,
  extremeRows,
  logSumExpRows,
  sumColumns,
  sumRows,
} from "./reduce";
export { qrOf } from "./reflections";
export { logSoftmaxBackward, logSoftmaxForward, softmaxBackward, softmaxForward } from "./softmax";
export {
  adagradStep,
  adamaxStep,
  adamStep,
  averageStep,
  lionStep,
  nadamStep,
  radamStep,
  rmspropStep,
  sgdStep,
} from "./update";
export { addParts, scaleVector, stretchVector } from "./vectors";
