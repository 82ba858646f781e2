/**
 * @file @spm/linalg: linear algebra after torch.linalg, made only of what `@spm/core` and
 * `@spm/core/extend` offer to everybody. Everything is batched over leading axes; what factorises
 * runs on the host in float64.
 */
export { matrixExponential, matrixExponentialOp } from "./exponential.ts";
export { lstsq, type PinvOptions, pinv, pinvOp } from "./least-squares.ts";
export {
  type MatrixNormOptions,
  matrixNorm,
  type VectorNormOptions,
  vectorNorm,
} from "./norms.ts";
export { complementOp, type QrOptions, qr, qrOp } from "./qr.ts";
export { det, inverse, lu, luOp, type SolveOptions, slogdet, solve, solveOp } from "./solve.ts";
export { type EighOptions, eigh, eighOp, type SvdOptions, svd, svdOp } from "./spectral.ts";
export {
  type CholeskyOptions,
  cholesky,
  choleskyOp,
  type TriangularOptions,
  triangularSolve,
  triangularSolveOp,
} from "./triangular.ts";
