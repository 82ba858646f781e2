/** @file @spm/numeric: more ops, made of what `@spm/core` and `@spm/core/extend` export. */

// Element by element

export { acosh, asinh, atanh, cosh, sinh } from "./hyperbolic.ts";
export { exp2, log2, log10, logaddexp, xlogy } from "./logarithms.ts";
export { isInf, lerp, remainder, trunc } from "./rounding.ts";
export { acos, asin, atan, atan2, hypot, tan } from "./trigonometry.ts";

// Functions of probability

export { lgamma } from "./gamma-function.ts";
export { erf, logNdtr } from "./normal-integral.ts";

// Along axes

export { cummax, cummin, cumprod, cumprodOp, type Running } from "./cumulative.ts";

// Matrices and grids

export {
  type DiagOptions,
  type DiagonalOptions,
  diag,
  diagEmbed,
  diagonal,
  trace,
} from "./diagonals.ts";
export { type MeshgridOptions, meshgrid } from "./grids.ts";
export { tril, triu } from "./triangles.ts";

// Products

export { kron, type TensordotOptions, tensordot } from "./contractions.ts";
export { outer } from "./products.ts";

// Masks, places, counts

export { maskedFill, maskedSelect } from "./masks.ts";
export { type ScatterOptions, scatter, scatterWinnerOp, type Winner } from "./scatter.ts";
export {
  type BincountOptions,
  bincount,
  nonzero,
  type SearchsortedOptions,
  searchsorted,
  type Unique,
  unique,
} from "./search.ts";

// Fourier transforms

export { complexMul } from "./complex.ts";
export { fft, fftOp, type IrfftOptions, ifft, irfft, rfft } from "./fft.ts";

// Distributions

export * from "./distributions/index.ts";
