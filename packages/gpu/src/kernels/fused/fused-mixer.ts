/** @file The fused mixer's launches. */
import { type DeviceArray, rowMajor } from "../../device-array.ts";
import { type Executor, type Memory, MemoryGroup } from "../../executor.ts";
import { concatenate } from "../layout.ts";
import type { BackwardOperands, ForwardOperands } from "../mixer/operands.ts";
import { halves } from "../wgsl.ts";
import { type FusedKernels, forwardThreads, type SpanKernel } from "./choose.ts";
import { backwardResults } from "./span-backward.ts";
import { spanGroups } from "./span-plan.ts";
import { mostSpans } from "./span-sums.ts";

const rowsOf = (x: DeviceArray): number => x.memory.length / x.shape.at(-1)!;

/**
 * z after each of some spans from the first on, y after the mixer's last. `dOut` and `bias` are for
 * that.
 */
function takeSpans(
  { launcher, n, fanOut }: FusedKernels,
  spans: readonly SpanKernel[],
  [x, blocks, dIn, dOut, bias]: readonly [
    DeviceArray,
    Memory,
    DeviceArray,
    DeviceArray?,
    DeviceArray?,
  ],
): Memory[] {
  const rows = rowsOf(x);
  const after: Memory[] = [];
  for (const { span, code } of spans) {
    const ends = [...(span.first ? [dIn] : []), ...(span.last ? [dOut!, bias!] : [])];
    const [z] = launcher.launch(code, {
      reads: [after.at(-1) ?? x.memory, blocks, ...ends.map((d) => d.memory)],
      results: [rows * (span.last ? fanOut : n)],
      groups: spanGroups(span, rows, forwardThreads),
      numbers: halves(rows),
    });
    after.push(z!);
  }
  return after;
}

/**
 * y, and what backward needs when someone will want it: the coefficients, then z between the spans.
 * Inputs are row-major.
 */
export function fusedMixerForward(
  executor: Executor,
  kernels: FusedKernels,
  [x, parameters, dIn, dOut, bias]: ForwardOperands,
  keep: boolean,
): DeviceArray[] {
  const { launcher, whole, n, fanOut } = kernels;
  const made = kernels.blocks.coefficients(executor, parameters);
  const coefficients = made ?? parameters[0]!.memory;
  const rows = rowsOf(x);
  const after =
    whole === null
      ? takeSpans(kernels, keep ? kernels.steps : kernels.forward, [
          x,
          coefficients,
          dIn,
          dOut,
          bias,
        ])
      : launcher.launch(keep ? whole.keeping : whole.alone, {
          reads: [x.memory, coefficients, dIn.memory, dOut.memory, bias.memory],
          results: [...Array<number>(keep ? whole.kept : 0).fill(rows * n), rows * fanOut],
          groups: [whole.groups(rows), 1, 1],
          numbers: halves(rows),
        });
  const y = rowMajor(after.pop()!, [...x.shape.slice(0, -1), fanOut], "float32");
  const kept = [...(made === null ? [] : [made]), ...after];
  if (keep) return [y, rowMajor(new MemoryGroup(kept), [], "float32")];
  for (const m of kept) executor.release(m);
  return [y];
}

/**
 * The cotangents of x, the blocks' parameter, d_in, d_out, bias. `kept` is what forward kept,
 * computed again where it was not.
 */
export function fusedMixerBackward(
  executor: Executor,
  kernels: FusedKernels,
  [ct, x, parameters, dIn, dOut]: BackwardOperands,
  kept: readonly Memory[] | null,
): DeviceArray[] {
  const { launcher, blocks, steps, backward, add } = kernels;
  const made = kept === null ? blocks.coefficients(executor, parameters) : null;
  const keptCoefficients = kept !== null && kept.length === steps.length ? kept[0]! : null;
  const coefficients = made ?? keptCoefficients ?? parameters[0]!.memory;
  const again = kept === null ? takeSpans(kernels, steps.slice(0, -1), [x, coefficients, dIn]) : [];
  const starts = [x.memory, ...again, ...(kept ?? []).filter((m) => m !== keptCoefficients)];
  const rows = rowsOf(x);
  let g = ct.memory;
  let slots = 0;
  const sums: Memory[] = [];
  for (const [k, { span, code }] of [...backward.entries()].toReversed()) {
    const ends = [...(span.first ? [dIn.memory] : []), ...(span.last ? [dOut.memory] : [])];
    const groups = spanGroups(span, rows, blocks.backwardThreads);
    slots = groups[0] * span.rowsPerGroup;
    const [next, own] = launcher.launch(code, {
      reads: [g, starts[k]!, coefficients, ...ends],
      results: backwardResults(span, blocks, rows, slots),
      groups,
      numbers: halves(rows),
    });
    if (g !== ct.memory) executor.release(g);
    g = next!;
    sums[k] = own!;
  }
  const found: DeviceArray[][] = [[], [], [], []];
  for (const [k, { code, results, gives, groups }] of add.entries()) {
    const reads = sums.slice(k * mostSpans, (k + 1) * mostSpans);
    const made = launcher.launch(code, { reads, results, groups, numbers: halves(slots) });
    for (const [i, m] of made.entries()) found[gives[i]!]!.push(rowMajor(m, [m.length], "float32"));
  }
  const pairs = found[0]!.length === 1 ? found[0]![0]! : concatenate(executor, found[0]!, 0);
  const released = [
    ...sums,
    ...again,
    ...(made === null ? [] : [made]),
    ...found[0]!.map(({ memory }) => memory),
  ];
  for (const m of released) if (m !== pairs.memory) executor.release(m);
  const gradients = [pairs, ...found.slice(1).map(([whole]) => whole!)];
  const shapes = [parameters[0]!.shape, dIn.shape, dOut.shape, dOut.shape];
  return [
    rowMajor(g, x.shape, "float32"),
    ...gradients.map(({ memory }, k) => rowMajor(memory, shapes[k]!, "float32")),
  ];
}
