/**
 * @file @spm/linalg/extend: the primitives of its functions, for backends with kernels for them.
 */
export { matrixExponentialOp } from "./exponential.ts";
export { pinvOp, type Tolerances } from "./least-squares.ts";
export { complementOp, qrOp } from "./qr.ts";
export { luOp, solveOp } from "./solve.ts";
export { eighOp, svdOp } from "./spectral.ts";
export { choleskyOp, triangularSolveOp } from "./triangular.ts";
