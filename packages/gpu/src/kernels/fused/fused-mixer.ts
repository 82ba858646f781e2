/** @file The fused mixer's launches. */
import type { Each, Result } from "@spm/core/extend";
import { type DeviceArray, rowMajor, vector, zeros } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import { concatenate } from "../layout.ts";
import type { MixerOperands, MixerPlaces } from "../mixer/operands.ts";
import { halves } from "../wgsl.ts";
import { type FusedKernels, forwardThreads, type SpanKernel } from "./choose.ts";
import { backwardResults } from "./span-backward.ts";
import { spanGroups } from "./span-plan.ts";
import { mostSpans, type SumsKernel } from "./span-sums.ts";

/** z before each of some spans, the first ones, and after them: y, where they end the mixer. */
function takeSpans(
  { launcher, n, fanOut }: FusedKernels,
  spans: readonly SpanKernel[],
  { x, dIn, dOut, bias, rows }: MixerOperands,
  coefficients: Memory,
): { starts: Memory[]; end: Memory } {
  const starts: Memory[] = [];
  let end = x.memory;
  for (const { span, code } of spans) {
    const ends = [...(span.first ? [dIn] : []), ...(span.last ? [dOut, bias] : [])];
    starts.push(end);
    [end] = launcher.launch(code, {
      reads: [end, coefficients, ...ends.map((d) => d.memory)],
      results: [rows * (span.last ? fanOut : n)],
      groups: spanGroups(span, rows, forwardThreads),
      numbers: halves(rows),
    });
  }
  return { starts, end };
}

/** All stages in one launch: y, and z before each span but the first where they are kept. */
function takeWhole(
  { launcher, n, fanOut }: FusedKernels,
  whole: NonNullable<FusedKernels["whole"]>,
  { x, dIn, dOut, bias, rows }: MixerOperands,
  coefficients: Memory,
  keep: boolean,
): { starts: Memory[]; end: Memory } {
  const [end, ...between] = launcher.launch(keep ? whole.keeping : whole.alone, {
    reads: [x.memory, coefficients, dIn.memory, dOut.memory, bias.memory],
    results: [rows * fanOut, ...Array<number>(keep ? whole.kept : 0).fill(rows * n)],
    groups: [whole.groups(rows), 1, 1],
    numbers: halves(rows),
  });
  return { starts: [x.memory, ...between], end };
}

/**
 * y, and what backward wants where somebody will differentiate: z between the spans, then the
 * coefficients where they are not the parameter itself.
 */
export function fusedMixerForward(
  executor: Executor,
  kernels: FusedKernels,
  operands: MixerOperands,
  keep: boolean,
): Result<[y: 1], DeviceArray> {
  const { blocks, whole, steps, forward, fanOut } = kernels;
  const { x, parameters } = operands;
  const made = blocks.coefficients(executor, parameters[0]);
  const coefficients = made ?? parameters[0].memory;
  const { starts, end } =
    whole === null
      ? takeSpans(kernels, keep ? steps : forward, operands, coefficients)
      : takeWhole(kernels, whole, operands, coefficients, keep);
  const outputs = [rowMajor(end, [...x.shape.slice(0, -1), fanOut], "float32")] as const;
  const kept = [...starts.slice(1), ...(made === null ? [] : [made])];
  if (keep) return { outputs, residual: kept.map(vector) };
  for (const m of kept) executor.release(m);
  return outputs;
}

/** What forward keeps, made again. */
function keepAgain(executor: Executor, kernels: FusedKernels, operands: MixerOperands): Memory[] {
  const { blocks, steps } = kernels;
  const [parameter] = operands.parameters;
  const made = blocks.coefficients(executor, parameter);
  const { starts, end } = takeSpans(
    kernels,
    steps.slice(0, -1),
    operands,
    made ?? parameter.memory,
  );
  return [...[...starts, end].slice(1), ...(made === null ? [] : [made])];
}

/** All cotangents, from what forward kept, which is made again where it was not. */
export function fusedMixerBackward(
  executor: Executor,
  kernels: FusedKernels,
  ct: DeviceArray,
  operands: MixerOperands,
  residual: readonly Memory[] | null,
): Each<MixerPlaces, DeviceArray> {
  const { launcher, blocks, backward, add } = kernels;
  const { x, dIn, dOut, bias, parameters, rows } = operands;
  const again = residual === null ? keepAgain(executor, kernels, operands) : [];
  const kept = residual ?? again;
  const coefficients = kept[backward.length - 1] ?? parameters[0].memory;
  const starts = [x.memory, ...kept];
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
    g = next;
    sums.unshift(own);
  }
  const found = add.flatMap(({ code, results, groups }, k) => {
    const reads = sums.slice(k * mostSpans, (k + 1) * mostSpans);
    const lengths = results.map(({ length }) => length);
    const made = launcher.launch(code, { reads, results: lengths, groups, numbers: halves(slots) });
    return results.map(({ of }, i) => ({ of, part: vector(made[i]!) }));
  });
  /** One gradient, of its parts one after another. */
  const gradient = (whose: SumsKernel["results"][number]["of"], { shape }: DeviceArray) => {
    const parts = found.filter(({ of }) => of === whose).map(({ part }) => part);
    const [only, ...more] = parts;
    if (only !== undefined && more.length === 0) return rowMajor(only.memory, shape, "float32");
    const all = concatenate(executor, parts, 0);
    for (const { memory } of parts) executor.release(memory);
    return rowMajor(all.memory, shape, "float32");
  };
  // Stages that pair everyone leave nobody over: the gradient of the unpaired coordinates' scales
  // is empty.
  const [blocksLike, ...scales] = parameters;
  const bars = [
    rowMajor(g, x.shape, "float32"),
    gradient(1, dIn),
    gradient(2, dOut),
    gradient(3, bias),
    gradient(0, blocksLike),
    ...scales.map(({ shape }) => zeros(executor, shape, "float32")),
  ] as const;
  for (const m of [...sums, ...again]) executor.release(m);
  return bars;
}
