/**
 * @file The mixer in gpu.js, for every schedule and kind. A pass takes up to three stages; between
 * passes z is stored (`stored`), computed again (`recompute`) or undone by the transpose
 * (`reverse`, orthogonal kinds only).
 */
import type { Each, Result } from "@spm/core/extend";
import type { MixerOptions } from "@spm/mixer";
import type { MixerPlaces } from "@spm/mixer/extend";
import { type DeviceArray, rowMajor, vector } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import { elementwise } from "../elementwise.ts";
import { sumOver } from "../reduce.ts";
import { upTo } from "../wgsl.ts";
import { callOf, type MixerCall, releaseCall } from "./call.ts";
import { outputGradient, rowChunks } from "./gradients.ts";
import type { MixerKernels, StageSums } from "./kernels.ts";
import type { MixerOperands } from "./operands.ts";
import { backwardPass, forwardPass, paddedProduct, passesOf } from "./passes.ts";
import { rangeOf } from "./tables.ts";

/** y, and the residual if it is to be kept: z between the passes, or only before the last. */
export function forwardByPasses(
  executor: Executor,
  kernels: MixerKernels,
  operands: MixerOperands,
  { schedule, backward }: MixerOptions,
  recorded: boolean,
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
      if (recorded && (backward === "stored" || pass === last)) kept.push(z);
      else executor.release(z);
    }
    z = next;
  }
  releaseCall(call);
  const outputs = [rowMajor(z, [...x.shape.slice(0, -1), call.fanOut], "float32")] as const;
  return recorded ? { outputs, residual: kept.map(vector) } : outputs;
}

/** All cotangents, from the residual, which is computed again where there is none. */
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
  const zLast = between.at(-1) ?? first;

  // ∂d_out = Σ ȳ ⊙ z_L, ∂b = Σ ȳ
  const dOutBar = outputGradient(call, last, zLast, ct.memory);
  const biasBar = sumOver(executor, view(ct, fanOut), [0], [fanOut]);

  // g_L = d_out ⊙ ȳ is needed by itself: the gradients of the last pass read it.
  const end = { z: zLast, g: padded(ct, dOut, fanOut) };
  const { g, parameterBars } = sweep(kernels, call, [first, ...unknown, ...between], end, own);
  const g0: DeviceArray = { ...rowMajor(g, [rows, n], "float32"), shape: [rows, fanIn] };
  const times = (other: DeviceArray): DeviceArray =>
    elementwise(executor, [rows, fanIn], "float32", [g0, other], "return x0 * x1;");
  const xBar = times(dIn);
  const products = times(view(x, fanIn));
  const dInBar = sumOver(executor, products, [0], [fanIn]);
  executor.release(products.memory);
  for (const m of owned) executor.release(m);
  releaseCall(call);
  return [rowMajor(xBar.memory, x.shape, "float32"), dInBar, dOutBar, biasBar, ...parameterBars];
}

/**
 * Takes g from the last stage to the first, pass by pass, and z with it where it is not known.
 * @param known - z before each pass, null where the transpose gives it
 * @param end - z before the last pass, and g after it
 * @param own - takes a memory to be released at the end
 * @returns g before the first stage, and the parameters' gradients
 */
function sweep(
  kernels: MixerKernels,
  call: MixerCall,
  known: readonly (Memory | null)[],
  end: { readonly z: Memory; readonly g: Memory },
  own: (m: Memory) => Memory,
): { g: Memory; parameterBars: DeviceArray[] } {
  const { schedule } = call.tables;
  const chunks = rowChunks(call.rows, rangeOf(schedule.starts, 0).count || 1);
  const sums: (readonly StageSums[])[] = [];
  let { z: zBefore, g: gAfter } = end;
  let zAfter: Memory | null = null;
  for (const [k, pass] of [...passesOf(schedule.stages).passes.entries()].toReversed()) {
    const gBefore = own(backwardPass(call, pass, gAfter));
    if (zAfter !== null) zBefore = known[k] ?? own(backwardPass(call, pass, zAfter));
    const z = { before: zBefore, after: zAfter };
    const g = { before: gBefore, after: gAfter };
    for (let l = pass.to - 1; l >= pass.from; l--)
      sums.unshift(kernels.stageSums(call, l, pass, z, g, chunks));
    gAfter = gBefore;
    zAfter = zBefore;
  }
  return { g: gAfter, parameterBars: kernels.gather(call, sums, chunks.chunks) };
}
