/** @file The adaptive mixer's two kernels: fused in WGSL where that fits, by stages elsewhere. */
import { type Each, each, type Result } from "@spm/core/extend";
import { type AdaptiveOptions, adaptiveOp, type MixerPlaces } from "@spm/mixer/extend";
import { type DeviceArray, zeros } from "../../device-array.ts";
import type { Executor } from "../../executor.ts";
import { withWhole } from "../elementwise.ts";
import { chooseFused, type FusedKernels } from "../fused/choose.ts";
import { fusedMixerBackward, fusedMixerForward } from "../fused/fused-mixer.ts";
import { pairBlocks } from "../fused/pair-blocks.ts";
import { type MixerInputs, type MixerOperands, operandsOf } from "../mixer/operands.ts";
import { backwardByStages, forwardByStages } from "./by-stages.ts";

/**
 * The fused kernels of angles from a pair's own inputs. Those of given angles would save little:
 * the product that makes the angles takes n times the arithmetic of all that follows.
 */
const fusedFor = (
  executor: Executor,
  { schedule, source }: AdaptiveOptions,
  operands: MixerOperands,
): FusedKernels | null =>
  source === "pair"
    ? chooseFused(executor, { op: adaptiveOp, fusedBlocks: () => pairBlocks }, schedule, operands)
    : null;

/** y, and the residual of the fused kernels if it is to be kept. */
export const adaptiveForward = (
  executor: Executor,
  inputs: MixerInputs,
  options: AdaptiveOptions,
  recorded: boolean,
): Result<[y: 1], DeviceArray> =>
  withWhole(executor, inputs, (dense) => {
    const operands = operandsOf(dense);
    const { x, fanOut, rows } = operands;
    if (rows === 0) return [zeros(executor, x.shape.with(-1, fanOut), "float32")];
    const fused = fusedFor(executor, options, operands);
    if (fused !== null) return fusedMixerForward(executor, fused, operands, recorded);
    return [forwardByStages(executor, operands, options)];
  });

/** The cotangents of all operands, with or without a residual. */
export function adaptiveBackward(
  executor: Executor,
  ct: DeviceArray,
  inputs: MixerInputs,
  options: AdaptiveOptions,
  residual: readonly DeviceArray[] | undefined,
): Each<MixerPlaces, DeviceArray> {
  // Without rows every gradient is zero.
  if (operandsOf(inputs).rows === 0)
    return each(inputs, ({ shape }) => zeros(executor, shape, "float32"));
  return withWhole(executor, [ct, ...inputs], ([ct, ...dense]) => {
    const operands = operandsOf(dense);
    const fused = fusedFor(executor, options, operands);
    if (fused === null) return backwardByStages(executor, ct, operands, options);
    const kept = residual?.map(({ memory }) => memory) ?? null;
    return fusedMixerBackward(executor, fused, ct, operands, kept);
  });
}
