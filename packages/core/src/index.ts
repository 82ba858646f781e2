/** @file @spm/core: tensors on ndarray, a tape, primitives with their derivatives, and what is made of them. */
export { detectAnomaly } from "./anomaly.ts";
export {
  allocate,
  broadcastArray,
  copy as copyArray,
  type DType,
  dtypeOf,
  elements,
  isContiguous,
  type Loop2,
  mapArray,
  type NdArray,
  sumArrayTo,
  type TypedArray,
  wrap,
  zerosArray,
  zipLoop,
} from "./array.ts";
export { type Backend, type BackendReport, currentBackend, type Kernel, reference, setBackend } from "./backend.ts";
export { BackendError, DTypeError, ShapeError, SpmError, TapeError, ValueError } from "./errors.ts";
export { vjpOfBackward } from "./fused.ts";
export { grad, hvp, jvp, stopGradient, valueAndGrad, vjp } from "./grad.ts";
export { type GradcheckOptions, type GradcheckReport, gradcheck, gradgradcheck } from "./gradcheck.ts";
export * from "./ops/activation.ts";
export * from "./ops/arithmetic.ts";
export {
  broadcastPrimitive,
  broadcastTo,
  type ReduceOptions,
  type Reduction,
  sum,
  sumPrimitive,
  sumTo,
} from "./ops/broadcast.ts";
export { cast, castPrimitive } from "./ops/cast.ts";
export * from "./ops/create.ts";
export { type BinaryOp, binary, type TensorLike, type UnaryOp, unary } from "./ops/elementwise.ts";
export {
  gather,
  gatherPrimitive,
  putAddPrimitive,
  scatterAdd,
  scatterAddPrimitive,
  take,
  takePrimitive,
} from "./ops/gather.ts";
export { matmul, matmulPrimitive } from "./ops/matmul.ts";
export { normal, type RandomOptions, uniform } from "./ops/random.ts";
export { argmax, argmaxPrimitive, logsumexp, logsumexpPrimitive, max, mean, min, type ReduceOp } from "./ops/reduce.ts";
export {
  alias,
  aliasPrimitive,
  expandDims,
  reshape,
  reshapePrimitive,
  squeeze,
  transpose,
  transposePrimitive,
} from "./ops/reshape.ts";
export {
  concat,
  concatPrimitive,
  flip,
  pad,
  padPrimitive,
  type SliceRange,
  slice,
  slicePrimitive,
  stack,
  type Window,
} from "./ops/slice.ts";
export {
  checkDTypes,
  definePrimitive,
  fromArray,
  type Op,
  type Primitive,
  primitives,
  type Spec,
  type VjpContext,
} from "./primitive.ts";
export { Rng, type RngState, rng } from "./random.ts";
export { keep, noGrad, own, scope } from "./scope.ts";
export {
  broadcastShapes,
  checkAxis,
  checkShape,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  stridesOf,
} from "./shape.ts";
export { Parameter, Storage, Tensor } from "./tensor.ts";
