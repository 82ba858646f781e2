/**
 * @file @spm/core/extend: for authors of ops, layers and backends, besides `@spm/core`.
 */

// Primitives, and families of ops made of one function and its derivative

export { alignedOperands, broadcasting, frontAxis, wholeBatch } from "./ops/broadcast.ts";
export {
  type BinaryDefinition,
  type BinaryOp,
  binary,
  type UnaryDefinition,
  type UnaryOp,
  unary,
} from "./ops/elementwise.ts";
export {
  type FusedDefinition,
  type FusedOp,
  fused,
  fusedPrimitives,
  rowwise,
} from "./ops/fused.ts";
export { foldRows, mapArray, mapRows, zipLoop } from "./ops/loops.ts";
export { type ReduceOp, type ReductionDefinition, reduction } from "./ops/reduction.ts";
export {
  type Batching,
  definePrimitive,
  type Op,
  type OutputCotangents,
  type Primitive,
  primitives,
  type VjpContext,
} from "./primitive.ts";
export { own, synchronous } from "./scope.ts";
export { isRecording, isTracked } from "./tape.ts";

// Numbers at random

export { checkRandom, drawing, drawn, drawnFrom, Rng } from "./ops/random.ts";

// Checks of operands and options

export { BackendError, DTypeError, ShapeError, TapeError, ValueError } from "./errors.ts";
export { checkAxis, type Reduction, reducedShape } from "./ops/axes.ts";
export * from "./ops/check.ts";
export type { OptionSchema } from "./ops/option-schema.ts";
export { checkOptions, OptionError, type OptionNames } from "./ops/options.ts";
export { sameShape, showShape, sizeOf, stridesOf } from "./shape.ts";
export { type Spec, showSpec } from "./tensor.ts";

// The calls that run

export { inspectCalls } from "./debug.ts";

// Values that print

export { printsAs, showValue } from "./prints-as.ts";

// Arrays of the reference

export {
  addInto,
  allocate,
  compiledLoops,
  dtypeOf,
  elements,
  isContiguous,
  isFloating,
  type Loop2,
  wrap,
  zerosArray,
} from "./array.ts";
export { broadcastArray } from "./ops/broadcast.ts";
export { copyArray } from "./ops/cast.ts";

// Parameters

export { assignAll } from "./ops/parameter.ts";

// Backends: kernels by primitive, and the memory that they work on

export { type Each, type Kernel, type Places, printedReport, type Result } from "./backend.ts";
export { KernelTable } from "./kernel-table.ts";
export { each, fromArray } from "./primitive.ts";
export { Holder, type Residual, Storage } from "./storage.ts";

// The primitives of core's ops

export { broadcastOp, sumOp } from "./ops/broadcast.ts";
export { castOp } from "./ops/cast.ts";
export { gatherOp, type Scatter, scatterAddOp } from "./ops/gather.ts";
export { type Cut, concatOp, splitOp } from "./ops/join.ts";
export { whereOp } from "./ops/logic.ts";
export { matmulOp } from "./ops/matmul.ts";
export { argsortOp } from "./ops/order.ts";
export { cumsumOp, logShares } from "./ops/reduce.ts";
export { alias, aliasOp, reshapeOp, transposeOp } from "./ops/reshape.ts";
export { type Padding, padOp, sliceOp, type Window } from "./ops/slice.ts";
