/**
 * @file @spm/linalg: linear algebra after torch.linalg, made only of what `@spm/core` and
 * `@spm/core/extend` offer to everybody. Everything is batched over leading axes; what factorises
 * runs on the host in float64, on a GPU composed of core's ops. Its primitives are
 * `@spm/linalg/extend`.
 */
export { matrixExponential } from "./exponential.ts";
export { lstsq, type PinvOptions, pinv } from "./least-squares.ts";
export {
  type MatrixNormOptions,
  matrixNorm,
  type VectorNormOptions,
  vectorNorm,
} from "./norms.ts";
export { type QrOptions, qr } from "./qr.ts";
export { det, inverse, lu, type SolveOptions, slogdet, solve } from "./solve.ts";
export { type EighOptions, eigh, type SvdOptions, svd } from "./spectral.ts";
export {
  type CholeskyOptions,
  cholesky,
  type TriangularOptions,
  triangularSolve,
} from "./triangular.ts";
