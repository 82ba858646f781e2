/** @file The adaptive mixer's two kernels: fused in WGSL where that fits, by stages elsewhere. */
import { type Each, each, type Result } from "@spm/core/extend";
import type { AdaptiveOptions, MixerPlaces } from "@spm/mixer/extend";
import { type DeviceArray, zeros } from "../../device-array.ts";
import type { Executor } from "../../executor.ts";
import { withWhole } from "../elementwise.ts";
import { type MixerInputs, operandsOf } from "../mixer/operands.ts";
import { backwardByStages, forwardByStages } from "./by-stages.ts";

/** y, and the residual if it is to be kept. */
export const adaptiveForward = (
  executor: Executor,
  inputs: MixerInputs,
  options: AdaptiveOptions,
  _recorded: boolean,
): Result<[y: 1], DeviceArray> =>
  withWhole(executor, inputs, (dense) => {
    const operands = operandsOf(dense);
    const { x, fanOut, rows } = operands;
    if (rows === 0) return [zeros(executor, x.shape.with(-1, fanOut), "float32")];
    return [forwardByStages(executor, operands, options)];
  });

/** The cotangents of all operands, with or without a residual. */
export function adaptiveBackward(
  executor: Executor,
  ct: DeviceArray,
  inputs: MixerInputs,
  options: AdaptiveOptions,
  _residual: readonly DeviceArray[] | undefined,
): Each<MixerPlaces, DeviceArray> {
  // Without rows every gradient is zero.
  if (operandsOf(inputs).rows === 0)
    return each(inputs, ({ shape }) => zeros(executor, shape, "float32"));
  return withWhole(executor, [ct, ...inputs], ([ct, ...dense]) =>
    backwardByStages(executor, ct, operandsOf(dense), options),
  );
}
