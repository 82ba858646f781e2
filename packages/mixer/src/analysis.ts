/**
 * @file @spm/mixer/analysis: a mixer's cost, condition, reach and degrees of freedom, the mixer
 * nearest to a dense matrix, and the pairs that data suggest.
 */
export { type Condition, type ConditionOptions, condition } from "./condition.ts";
export { type Connectivity, connectivity, pathCounts } from "./connectivity.ts";
export { type FlopsOptions, flops, type Layout, parameterCount } from "./cost.ts";
export { type DegreesOfFreedomOptions, degreesOfFreedom } from "./degrees-of-freedom.ts";
export { type FromDense, type FromDenseOptions, fromDense } from "./from-dense/from-dense.ts";
export {
  type FoundPairing,
  type PairingLevel,
  type PairingOptions,
  pairingFromData,
} from "./pairing/pairing-from-data.ts";
