/**
 * @file @spm/core: tensors on ndarray, a tape, and differentiable ops, grouped as in the guide.
 * Authors of ops and backends find the rest in `@spm/core/extend`.
 */

// Tensors, with the ops that take one first as methods, too

import "./ops/chain.ts";

export type { DType, NdArray, TypedArray } from "./array.ts";
export { cast, clone } from "./ops/cast.ts";
export {
  type ArangeOptions,
  arange,
  type CreateOptions,
  type Data,
  eye,
  full,
  linspace,
  type Nested,
  ones,
  type TensorOptions,
  tensor,
  to,
  zeros,
} from "./ops/create.ts";
export { type ParameterOptions, parameter } from "./ops/parameter.ts";
export {
  normal,
  permutation,
  type RandomOptions,
  type Rng,
  type RngState,
  rng,
  uniform,
} from "./ops/random.ts";
export type { Shape } from "./shape.ts";
export { Parameter, Tensor } from "./tensor.ts";

// Element by element

export { relu, sigmoid, softplus, tanh } from "./ops/activation.ts";
export {
  abs,
  add,
  type ClampOptions,
  ceil,
  clamp,
  cos,
  div,
  exp,
  expm1,
  floor,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  reciprocal,
  round,
  sign,
  sin,
  sqrt,
  square,
  sub,
} from "./ops/arithmetic.ts";
export type { TensorLike } from "./ops/elementwise.ts";
export {
  equal,
  greater,
  greaterEqual,
  isFinite,
  isNaN,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  notEqual,
  where,
} from "./ops/logic.ts";

// Along axes

export type { Axes, ReduceOptions } from "./ops/axes.ts";
export { sum } from "./ops/broadcast.ts";
export { argmax, argmin, argsort, type SortOptions, sort, topk } from "./ops/order.ts";
export {
  all,
  any,
  cumsum,
  logsumexp,
  max,
  mean,
  min,
  norm,
  prod,
  std,
  type VarianceOptions,
  variance,
} from "./ops/reduce.ts";

// Shapes and parts

export { at, type Index } from "./ops/at.ts";
export { broadcastTo } from "./ops/broadcast.ts";
export {
  gather,
  indexAdd,
  oneHot,
  scatterAdd,
  segmentSum,
  take,
} from "./ops/gather.ts";
export { concat, split, stack } from "./ops/join.ts";
export type { SliceRange } from "./ops/range.ts";
export { repeat, roll, tile } from "./ops/repeat.ts";
export { expandDims, reshape, squeeze, transpose } from "./ops/reshape.ts";
export { flip, type PadOptions, pad, slice } from "./ops/slice.ts";

// Products

export { einsum } from "./ops/einsum.ts";
export { matmul } from "./ops/matmul.ts";

// Derivatives

export { detectAnomaly, printTape } from "./debug.ts";
export {
  type Differentiable,
  type Gradients,
  grad,
  stopGradient,
  valueAndGrad,
  vjp,
} from "./grad.ts";
export {
  type GradcheckOptions,
  type GradcheckReport,
  gradcheck,
  gradgradcheck,
} from "./gradcheck.ts";
export { customVjp, hessian, hvp, jacobian, jvp, recompute } from "./transform.ts";
export { type VmapOptions, vmap } from "./vmap.ts";

// Memory and backends

export {
  type Backend,
  type BackendReport,
  currentBackend,
  reference,
  setBackend,
} from "./backend.ts";
export { SpmError } from "./errors.ts";
export { keep, noGrad, scope } from "./scope.ts";
export { withBackend } from "./with-backend.ts";
