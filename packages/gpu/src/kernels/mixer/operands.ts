/** @file The operands of the mixer's kernels, by passes or fused. */
import { type Each, sizeOf } from "@spm/core/extend";
import type { MixerPlaces } from "@spm/mixer/extend";
import type { DeviceArray } from "../../device-array.ts";

/** The angles, or the blocks and the unpaired coordinates' scales. */
type MixerParameters = readonly [blocks: DeviceArray, ...scales: DeviceArray[]];

/** The operands of a call with blocks. */
export type MixerInputs = readonly [
  x: DeviceArray,
  dIn: DeviceArray,
  dOut: DeviceArray,
  bias: DeviceArray,
  ...parameters: MixerParameters,
];

/** Whether there are blocks among the operands. */
export const hasBlocks = (inputs: Each<MixerPlaces, DeviceArray>): inputs is MixerInputs =>
  inputs.length > 4;

/** The operands by name, all of them row-major, with the sizes of the call. */
export interface MixerOperands {
  readonly x: DeviceArray;
  readonly dIn: DeviceArray;
  readonly dOut: DeviceArray;
  readonly bias: DeviceArray;
  readonly parameters: MixerParameters;
  readonly rows: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

export const operandsOf = ([x, dIn, dOut, bias, ...parameters]: MixerInputs): MixerOperands => ({
  x,
  dIn,
  dOut,
  bias,
  parameters,
  rows: sizeOf(x.shape.slice(0, -1)),
  fanIn: sizeOf(dIn.shape),
  fanOut: sizeOf(dOut.shape),
});
