/**
 * @file The mixer in gpu.js, for every schedule and kind. Passes end where groups of three stages
 * end; there z is stored (`stored`), computed again (`recompute`) or walked back to by the
 * transpose (`reverse`, orthogonal kinds only).
 */
import type { Each, Result } from "@spm/core/extend";
import type { MixerOptions } from "@spm/mixer";
import { type DeviceArray, rowMajor, vector } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import { elementwise } from "../elementwise.ts";
import { sumOver } from "../reduce.ts";
import { upTo } from "../wgsl.ts";
import { callOf, releaseCall } from "./call.ts";
import { outputGradient, rowChunks } from "./gradients.ts";
import type { MixerKernels, StageSums } from "./kernels.ts";
import type { MixerOperands, MixerPlaces } from "./operands.ts";
import { backwardPass, forwardPass, paddedProduct, passesOf } from "./passes.ts";
import { rangeOf } from "./tables.ts";

/** y, and z between the passes, or before the last, where the backward pass wants it kept. */
export function forwardByPasses(
  executor: Executor,
  kernels: MixerKernels,
  operands: MixerOperands,
  { schedule, backward }: MixerOptions,
  keep: boolean,
): Result<[y: 1], DeviceArray> {
  const { x, dIn, dOut, bias } = operands;
  const call = callOf(executor, kernels, schedule, operands);
  const { passes, last } = passesOf(schedule.stages);
  const kept: Memory[] = [];
  let z = x.memory;
  for (const [k, pass] of passes.entries()) {
    const ends = pass === last ? { dOut: dOut.memory, bias: bias.memory } : null;
    const next = forwardPass(call, pass, z, k === 0 ? dIn.memory : null, ends);
    if (k > 0) {
      if (keep && (backward === "stored" || pass === last)) kept.push(z);
      else executor.release(z);
    }
    z = next;
  }
  releaseCall(call);
  const outputs = [rowMajor(z, [...x.shape.slice(0, -1), call.fanOut], "float32")] as const;
  return keep ? { outputs, residual: kept.map(vector) } : outputs;
}

/** All cotangents, from what forward kept. */
export function backwardByPasses(
  executor: Executor,
  kernels: MixerKernels,
  ct: DeviceArray,
  operands: MixerOperands,
  { schedule }: MixerOptions,
  residual: readonly Memory[] | null,
): Each<MixerPlaces, DeviceArray> {
  const { x, dIn, dOut } = operands;
  const call = callOf(executor, kernels, schedule, operands);
  const { rows, n, fanIn, fanOut } = call;
  const { passes, last } = passesOf(schedule.stages);
  const owned: Memory[] = [];
  const own = (m: Memory): Memory => {
    owned.push(m);
    return m;
  };
  const view = (a: DeviceArray, width: number): DeviceArray =>
    rowMajor(a.memory, [rows, width], "float32");
  /** a ⊙ d of every row, zero-padded. */
  const padded = (a: DeviceArray, d: DeviceArray, width: number): Memory =>
    own(
      width === n
        ? elementwise(executor, [rows, n], "float32", [view(a, n), d], "return x0 * x1;").memory
        : paddedProduct(executor, rows, n, view(a, width), d, width),
    );

  // z before each pass that is known now: all of them, or the first and, from `reverse`, the last.
  const first = padded(x, dIn, fanIn);
  const between = [...(residual ?? [])];
  if (residual === null)
    for (const pass of passes.slice(0, -1))
      between.push(own(forwardPass(call, pass, between.at(-1) ?? first, null, null)));
  const unknown = upTo(passes.length - 1 - between.length).map(() => null);
  const known = [first, ...unknown, ...between];
  let zBefore = between.at(-1) ?? first;
  let zAfter: Memory | null = null;

  // ∂d_out = Σ ȳ ⊙ z_L, ∂b = Σ ȳ
  const dOutBar = outputGradient(call, last, zBefore, ct.memory);
  const biasBar = sumOver(executor, view(ct, fanOut), [0], [fanOut]);

  // The sweep. g_L = d_out ⊙ ȳ is needed by itself: the gradients of the last pass read it.
  const chunks = rowChunks(rows, rangeOf(schedule.starts, 0).count || 1);
  const sums: (readonly StageSums[])[] = [];
  let gAfter = padded(ct, dOut, fanOut);
  for (const [k, pass] of [...passes.entries()].toReversed()) {
    const gBefore = own(backwardPass(call, pass, gAfter));
    if (zAfter !== null) zBefore = known[k] ?? own(backwardPass(call, pass, zAfter));
    const z = { before: zBefore, after: zAfter };
    const g = { before: gBefore, after: gAfter };
    for (let l = pass.to - 1; l >= pass.from; l--)
      sums.unshift(kernels.stageSums(call, l, pass, z, g, chunks));
    gAfter = gBefore;
    zAfter = zBefore;
  }

  const parameterBars = kernels.gather(call, sums, chunks.chunks);
  const g0: DeviceArray = { ...rowMajor(gAfter, [rows, n], "float32"), shape: [rows, fanIn] };
  const xBar = elementwise(executor, [rows, fanIn], "float32", [g0, dIn], "return x0 * x1;");
  const products = elementwise(
    executor,
    [rows, fanIn],
    "float32",
    [g0, view(x, fanIn)],
    "return x0 * x1;",
  );
  const dInBar = sumOver(executor, products, [0], [fanIn]);
  executor.release(products.memory);
  for (const m of owned) executor.release(m);
  releaseCall(call);
  return [rowMajor(xBar.memory, x.shape, "float32"), dInBar, dOutBar, biasBar, ...parameterBars];
}
