/** @file The mixer's two kernels: fused in WGSL where that fits, by passes of gpu.js everywhere. */
import { sizeOf } from "@spm/core";
import type { MixerOptions } from "@spm/mixer";
import { type DeviceArray, rowMajor } from "../../device-array.ts";
import { type Executor, MemoryGroup } from "../../executor.ts";
import { whole } from "../elementwise.ts";
import { chooseFused } from "../fused/choose.ts";
import { fusedMixerBackward, fusedMixerForward } from "../fused/fused-mixer.ts";
import { backwardByPasses, forwardByPasses } from "./by-passes.ts";
import type { MixerKind } from "./tables.ts";

/** Rows and widths of a call. */
const sizesOf = (x: DeviceArray, dOut: DeviceArray) => ({
  rows: x.shape.slice(0, -1).reduce((a, b) => a * b, 1),
  fanIn: x.shape.at(-1)!,
  fanOut: dOut.shape[0]!,
});

/** Releases the copies that were made of inputs. */
function releaseCopies(
  executor: Executor,
  inputs: readonly DeviceArray[],
  dense: readonly DeviceArray[],
): void {
  dense.forEach((d, i) => {
    if (d !== inputs[i]) executor.release(d.memory);
  });
}

/** y, then what the backward pass wants kept. Inputs: x, the parameters, d_in, d_out, bias. */
export function mixerForward(
  executor: Executor,
  kind: MixerKind,
  inputs: readonly DeviceArray[],
  options: MixerOptions,
  keep: boolean,
): DeviceArray[] {
  const dense = inputs.map((a) => whole(executor, a));
  const [x, ...rest] = dense as [DeviceArray, ...DeviceArray[]];
  const [dIn, dOut, bias] = rest.slice(-3) as [DeviceArray, DeviceArray, DeviceArray];
  const operands = [x, rest.slice(0, -3), dIn, dOut, bias] as const;
  const fused = chooseFused(executor, kind, options.schedule, sizesOf(x, dOut));
  const wanted = keep && options.backward !== "recompute";
  const results =
    fused === null
      ? forwardByPasses(executor, kind, operands, options, keep)
      : fusedMixerForward(executor, fused, operands, wanted);
  releaseCopies(executor, inputs, dense);
  return results;
}

/**
 * The cotangents of x, the parameters, d_in, d_out and bias. Inputs: ȳ, x, the parameters, d_in,
 * d_out, what forward kept.
 */
export function mixerBackward(
  executor: Executor,
  kind: MixerKind,
  inputs: readonly DeviceArray[],
  options: MixerOptions,
): DeviceArray[] {
  const count = kind === "rotation" ? 1 : 2;
  // Without rows every gradient is a sum of nothing.
  if (sizeOf(inputs[0]!.shape.slice(0, -1)) === 0)
    return [...inputs.slice(1, count + 4), inputs[count + 3]!].map(({ shape }) =>
      rowMajor(executor.upload(new Float32Array(sizeOf(shape))), shape, "float32"),
    );
  const [kept] = inputs.slice(count + 4);
  const between = kept?.memory instanceof MemoryGroup ? kept.memory.parts : null;
  const dense = inputs.slice(0, count + 4).map((a) => whole(executor, a));
  const [ct, x, ...rest] = dense as [DeviceArray, DeviceArray, ...DeviceArray[]];
  const [dIn, dOut] = rest.slice(count) as [DeviceArray, DeviceArray];
  const operands = [ct, x, rest.slice(0, count), dIn, dOut] as const;
  const fused = chooseFused(executor, kind, options.schedule, sizesOf(x, dOut));
  const results =
    fused === null
      ? backwardByPasses(executor, kind, operands, options, between)
      : fusedMixerBackward(executor, fused, operands, between);
  // Stages that pair everyone leave nobody over: the gradient of the leftovers' scales is empty.
  if (fused !== null && kind === "general")
    results.splice(2, 0, rowMajor(executor.upload(new Float32Array(0)), [0], "float32"));
  releaseCopies(executor, inputs.slice(0, dense.length), dense);
  return results;
}
