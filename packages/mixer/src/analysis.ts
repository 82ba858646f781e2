/**
 * @file @spm/mixer/analysis: what a mixer can do and costs, and the mixer that is nearest to a
 * dense matrix.
 */
export { type Condition, condition } from "./condition.ts";
export { type Connectivity, connectivity, pathCounts } from "./connectivity.ts";
export { flops, type Layout, parameterCount } from "./cost.ts";
export { degreesOfFreedom } from "./degrees-of-freedom.ts";
export { type FromDense, type FromDenseOptions, fromDense } from "./from-dense/from-dense.ts";
