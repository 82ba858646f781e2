/** @file The mixer's two kernels: fused in WGSL where that fits, by passes of gpu.js everywhere. */
import { type Each, each, type Result } from "@spm/core/extend";
import type { MixerOptions } from "@spm/mixer";
import type { MixerPlaces } from "@spm/mixer/extend";
import { type DeviceArray, zeros } from "../../device-array.ts";
import type { Executor } from "../../executor.ts";
import { withWhole } from "../elementwise.ts";
import { chooseFused } from "../fused/choose.ts";
import { fusedMixerBackward, fusedMixerForward } from "../fused/fused-mixer.ts";
import { backwardByPasses, forwardByPasses } from "./by-passes.ts";
import type { MixerKernels } from "./kernels.ts";
import { type MixerInputs, operandsOf } from "./operands.ts";

/** y, and the residual if it is to be kept. */
export const mixerForward = (
  executor: Executor,
  kernels: MixerKernels,
  inputs: MixerInputs,
  options: MixerOptions,
  recorded: boolean,
): Result<[y: 1], DeviceArray> =>
  withWhole(executor, inputs, (dense) => {
    const operands = operandsOf(dense);
    const fused = chooseFused(executor, kernels, options.schedule, operands);
    const wanted = recorded && options.backward !== "recompute";
    if (fused !== null) return fusedMixerForward(executor, fused, operands, wanted);
    return forwardByPasses(executor, kernels, operands, options, wanted);
  });

/** The cotangents of all operands, with or without a residual. */
export function mixerBackward(
  executor: Executor,
  kernels: MixerKernels,
  ct: DeviceArray,
  inputs: MixerInputs,
  options: MixerOptions,
  residual: readonly DeviceArray[] | undefined,
): Each<MixerPlaces, DeviceArray> {
  // Without rows every gradient is zero.
  if (operandsOf(inputs).rows === 0)
    return each(inputs, ({ shape }) => zeros(executor, shape, "float32"));
  const kept = residual?.map(({ memory }) => memory) ?? null;
  return withWhole(executor, [ct, ...inputs], ([ct, ...dense]) => {
    const operands = operandsOf(dense);
    const fused = chooseFused(executor, kernels, options.schedule, operands);
    if (fused !== null) return fusedMixerBackward(executor, fused, ct, operands, kept);
    return backwardByPasses(executor, kernels, ct, operands, options, kept);
  });
}
