/**
 * @file The mixer in gpu.js, for every schedule and both parameterisations. Passes end where groups
 * of three stages end; there z is stored (`stored`), computed again (`recompute`) or walked back to
 * by the transpose (`reverse`, rotation only).
 */
import type { MixerOptions } from "@spm/mixer";
import { type DeviceArray, rowMajor } from "../../device-array.ts";
import { type Executor, type Memory, MemoryGroup } from "../../executor.ts";
import { elementwise } from "../elementwise.ts";
import { sumOver } from "../reduce.ts";
import { callOf, releaseCall } from "./call.ts";
import {
  gatherLeftovers,
  gatherPairs,
  outputGradient,
  rowChunks,
  stageGradient,
} from "./gradients.ts";
import type { BackwardOperands, ForwardOperands } from "./operands.ts";
import { backwardPass, boundaries, forwardPass, paddedProduct } from "./passes.ts";
import type { MixerKind } from "./tables.ts";

/** y, then z at the ends of passes where the backward pass wants it kept. */
export function forwardByPasses(
  executor: Executor,
  kind: MixerKind,
  [x, parameters, dIn, dOut, bias]: ForwardOperands,
  options: MixerOptions,
  keep: boolean,
): DeviceArray[] {
  const call = callOf(executor, kind, options, x, parameters, dOut.shape[0]!);
  const shape = [...x.shape.slice(0, -1), call.fanOut];
  const ends = boundaries(options.schedule.stages);
  const stored: Memory[] = [];
  let z = x.memory;
  for (let k = 1; k < ends.length; k++) {
    const last = k === ends.length - 1;
    const next = forwardPass(
      call,
      ends[k - 1]!,
      ends[k]!,
      z,
      k === 1 ? dIn.memory : null,
      last ? { dOut: dOut.memory, bias: bias.memory } : null,
    );
    if (k > 1) {
      const wanted =
        keep && (options.backward === "stored" || (options.backward === "reverse" && last));
      if (wanted) stored.push(z);
      else executor.release(z);
    }
    z = next;
  }
  releaseCall(call);
  const y = rowMajor(z, shape, "float32");
  if (!keep || options.backward === "recompute") return [y];
  return [y, rowMajor(new MemoryGroup(stored), [], "float32")];
}

/** The cotangents of x, the parameters, d_in, d_out and bias, from what forward kept. */
export function backwardByPasses(
  executor: Executor,
  kind: MixerKind,
  [ct, x, parameters, dIn, dOut]: BackwardOperands,
  options: MixerOptions,
  kept: readonly Memory[] | null,
): DeviceArray[] {
  const call = callOf(executor, kind, options, x, parameters, dOut.shape[0]!);
  const { rows, n, fanIn, fanOut } = call;
  const { schedule, backward } = options;
  const ends = boundaries(schedule.stages);
  const owned: Memory[] = [];
  const own = (m: Memory): Memory => {
    owned.push(m);
    return m;
  };

  // z at every boundary that is known now; zAt[0] is d_in ⊙ x, zero-padded.
  const zAt: (Memory | null)[] = ends.map(() => null);
  const view = (a: DeviceArray, width: number): DeviceArray =>
    rowMajor(a.memory, [rows, width], "float32");
  const padded =
    fanIn === n
      ? elementwise(executor, [rows, n], "float32", [view(x, n), dIn], "return x0 * x1;").memory
      : paddedProduct(executor, rows, n, view(x, fanIn), dIn);
  zAt[0] = own(padded);
  const parts = kept ?? [];
  if (backward === "stored") zAt.splice(1, parts.length, ...parts);
  else if (backward === "reverse" && parts.length > 0) zAt[ends.length - 2] = parts[0]!;
  if (backward !== "stored" && !(backward === "reverse" && ends.length > 2 && parts.length > 0))
    for (let k = 1; k < ends.length - 1; k++)
      zAt[k] = own(forwardPass(call, ends[k - 1]!, ends[k]!, zAt[k - 1]!, null, null));

  // ∂d_out = Σ ȳ ⊙ z_L, ∂b = Σ ȳ
  const dOutBar = outputGradient(call, ends, zAt[ends.length - 2]!, ct.memory);
  const biasBar = sumOver(executor, view(ct, fanOut), [0], [fanOut]);

  // The sweep.
  const pairChunks = rowChunks(rows, schedule.starts[1]! - schedule.starts[0]! || 1);
  const pairPartials: Memory[][] = [];
  const leftoverPartials: Memory[] = [];
  let g: Memory | null = null;
  let gAfter: Memory = ct.memory;
  for (let k = ends.length - 2; k >= 0; k--) {
    const [from, to] = [ends[k]!, ends[k + 1]!];
    if (g === null) {
      // g_L = d_out ⊙ ȳ, zero-padded, is needed by itself: the gradients of the last pass read it.
      g = own(
        fanOut === n
          ? elementwise(executor, [rows, n], "float32", [view(ct, n), dOut], "return x0 * x1;")
              .memory
          : paddedProduct(executor, rows, n, view(ct, fanOut), dOut),
      );
      gAfter = g;
    }
    const before = own(backwardPass(call, to, from, gAfter, n, null));
    if (zAt[k] === null)
      zAt[k] = own(backwardPass(call, ends[k + 1]!, ends[k]!, zAt[k + 1]!, n, null));
    const z = { before: zAt[k]!, after: kind === "rotation" ? (zAt[k + 1] ?? null) : null };
    for (let l = to - 1; l >= from; l--) {
      const pass = [from, to] as const;
      const sides = { before, after: gAfter };
      pairPartials[l] = [stageGradient(call, kind, l, pass, z, sides, pairChunks, false)];
      if (kind === "general" && schedule.leftoverStarts[l + 1]! > schedule.leftoverStarts[l]!)
        leftoverPartials[l] = stageGradient(call, kind, l, pass, z, sides, pairChunks, true);
    }
    gAfter = before;
  }

  const parameterBars = [gatherPairs(call, kind, pairPartials.flat(), pairChunks.chunks)];
  if (kind === "general")
    parameterBars.push(gatherLeftovers(call, leftoverPartials.filter(Boolean), pairChunks.chunks));
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
  return [rowMajor(xBar.memory, x.shape, "float32"), ...parameterBars, dInBar, dOutBar, biasBar];
}
