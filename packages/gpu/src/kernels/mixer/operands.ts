/** @file What the mixer's kernels are called with, by passes or fused; all of it row-major. */
import type { DeviceArray } from "../../device-array.ts";

/** Forward. `parameters` are the angles, or the blocks and the leftovers' scales. */
export type ForwardOperands = readonly [
  x: DeviceArray,
  parameters: readonly DeviceArray[],
  dIn: DeviceArray,
  dOut: DeviceArray,
  bias: DeviceArray,
];

/** Backward: ȳ first, and no bias. */
export type BackwardOperands = readonly [
  ct: DeviceArray,
  x: DeviceArray,
  parameters: readonly DeviceArray[],
  dIn: DeviceArray,
  dOut: DeviceArray,
];
