/** @file Everything that the compiled module exports. */
export { adaptiveBackward, adaptiveForward } from "./adaptive";
export { generalGradient, generalSums, rotationGradient } from "./block-gradients";
export { butterflyForward, butterflyGeneralBackward, butterflyRotationBackward } from "./butterfly";
export { rotationBlocks, scaleStages } from "./coefficients";
export { boolToFloat, boolToInt, doubleToFloat, floatToInt, intToFloat } from "./convert";
export { addAxes, copyAxes, copyMatrix1, copyMatrix4, fill4 } from "./copy";
export {
  absOf,
  addOf,
  asinhOf,
  atan2Of,
  ceilOf,
  coshOf,
  cosOf,
  divOf,
  equalBoolOf,
  equalInt32Of,
  equalOf,
  erfOf,
  expm1Of,
  expOf,
  floorOf,
  greaterBoolOf,
  greaterEqualBoolOf,
  greaterEqualInt32Of,
  greaterEqualOf,
  greaterInt32Of,
  greaterOf,
  hypotOf,
  log1pOf,
  log2Of,
  log10Of,
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
  remainderOf,
  roundOf,
  sigmoidOf,
  signOf,
  sinhOf,
  sinOf,
  softplusOf,
  sqrtOf,
  squareOf,
  subOf,
  tanhOf,
  truncOf,
  whereOf,
} from "./elementwise";
export { choleskyOf, luOf, solveOf, triangularOf } from "./factor";
export { fftRows } from "./fft";
export { gemm, gemmScratch, rowTimesColumns, rowTimesRows } from "./gemm";
export { gruBackward, gruForward } from "./gru";
export { cumulativeRows, gatherRows, scatterRows, winnerRows } from "./indexing";
export { geometricProducts } from "./multivectors";
export { neighbourProducts, neighbourSum } from "./neighbours";
export { normBackward, normForward } from "./norm";
export { sortRows } from "./order";
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
  normRows,
  sumColumns,
  sumRows,
} from "./reduce";
export { qrOf } from "./reflections";
export { logSoftmaxBackward, logSoftmaxForward, softmaxBackward, softmaxForward } from "./softmax";
export { eighOf, pinvOf, svdOf } from "./spectra";
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
