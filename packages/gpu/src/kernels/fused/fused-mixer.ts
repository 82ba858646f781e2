/** @file The fused mixer's launches. */
import type { Each, Result } from "@spm/core/extend";
import type { MixerPlaces } from "@spm/mixer/extend";
import { type DeviceArray, rowMajor, vector } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import { concatenate } from "../layout.ts";
import type { MixerOperands } from "../mixer/operands.ts";
import { halves } from "../wgsl.ts";
import { type FusedKernels, forwardThreads, type GroupKernel } from "./choose.ts";
import { backwardResults } from "./group-backward.ts";
import { workgroupsFor } from "./group-plan.ts";
import { mostGroups, type Summed } from "./group-sums.ts";

/** z before each of the first groups, and after them; after all groups that is y. */
function takeGroups(
  { launcher, n, fanOut }: FusedKernels,
  groups: readonly GroupKernel[],
  { x, dIn, dOut, bias, rows }: MixerOperands,
  coefficients: Memory,
): { starts: Memory[]; end: Memory } {
  const starts: Memory[] = [];
  let end = x.memory;
  for (const { group, code } of groups) {
    const ends = [...(group.first ? [dIn] : []), ...(group.last ? [dOut, bias] : [])];
    starts.push(end);
    [end] = launcher.launch(code, {
      reads: [end, coefficients, ...ends.map((d) => d.memory)],
      results: [rows * (group.last ? fanOut : n)],
      workgroups: workgroupsFor(group, rows, forwardThreads),
      numbers: halves(rows),
    });
  }
  return { starts, end };
}

/** All stages in one launch: y, and z before each group but the first where they are kept. */
function takeWhole(
  { launcher, n, fanOut }: FusedKernels,
  whole: NonNullable<FusedKernels["whole"]>,
  { x, dIn, dOut, bias, rows }: MixerOperands,
  coefficients: Memory,
  recorded: boolean,
): { starts: Memory[]; end: Memory } {
  const [end, ...between] = launcher.launch(recorded ? whole.keeping : whole.alone, {
    reads: [x.memory, coefficients, dIn.memory, dOut.memory, bias.memory],
    results: [rows * fanOut, ...Array<number>(recorded ? whole.kept : 0).fill(rows * n)],
    workgroups: [whole.workgroups(rows), 1, 1],
    numbers: halves(rows),
  });
  return { starts: [x.memory, ...between], end };
}

/**
 * y, and the residual if it is to be kept: z between the groups, then the coefficients where they
 * are not the parameter itself.
 */
export function fusedMixerForward(
  executor: Executor,
  kernels: FusedKernels,
  operands: MixerOperands,
  recorded: boolean,
): Result<[y: 1], DeviceArray> {
  const { blocks, whole, steps, forward, fanOut } = kernels;
  const { x, parameters } = operands;
  const made = blocks.coefficients(executor, parameters);
  const coefficients = made ?? parameters[0].memory;
  const { starts, end } =
    whole === null
      ? takeGroups(kernels, recorded ? steps : forward, operands, coefficients)
      : takeWhole(kernels, whole, operands, coefficients, recorded);
  const outputs = [rowMajor(end, [...x.shape.slice(0, -1), fanOut], "float32")] as const;
  const kept = [...starts.slice(1), ...(made === null ? [] : [made])];
  if (recorded) return { outputs, residual: kept.map(vector) };
  for (const m of kept) executor.release(m);
  return outputs;
}

/** Computes the residual again. */
function keepAgain(executor: Executor, kernels: FusedKernels, operands: MixerOperands): Memory[] {
  const { blocks, steps } = kernels;
  const { parameters } = operands;
  const made = blocks.coefficients(executor, parameters);
  const { starts, end } = takeGroups(
    kernels,
    steps.slice(0, -1),
    operands,
    made ?? parameters[0].memory,
  );
  return [...[...starts, end].slice(1), ...(made === null ? [] : [made])];
}

/** All cotangents, from the residual, which is computed again where there is none. */
export function fusedMixerBackward(
  executor: Executor,
  kernels: FusedKernels,
  ct: DeviceArray,
  operands: MixerOperands,
  residual: readonly Memory[] | null,
): Each<MixerPlaces, DeviceArray> {
  const { x, dIn, dOut, bias, parameters } = operands;
  const again = residual === null ? keepAgain(executor, kernels, operands) : [];
  const kept = residual ?? again;
  const coefficients = kept[kernels.backward.length - 1] ?? parameters[0].memory;
  const starts = [x.memory, ...kept];
  const { g, sums, slots } = takeBack(executor, kernels, operands, ct.memory, starts, coefficients);
  const gradient = addUp(executor, kernels, sums, slots);
  const cotangents = [
    rowMajor(g, x.shape, "float32"),
    gradient(1, dIn),
    gradient(2, dOut),
    gradient(3, bias),
    ...kernels.blocks.gradients(executor, gradient(0), parameters),
  ] as const;
  for (const m of [...sums, ...again]) executor.release(m);
  return cotangents;
}

/**
 * Takes ȳ back through the groups to x̄.
 * @param starts - z before each group
 * @returns x̄, and the sums of each group, of so many row slots
 */
function takeBack(
  executor: Executor,
  { launcher, blocks, backward }: FusedKernels,
  { dIn, dOut, rows }: MixerOperands,
  ct: Memory,
  starts: readonly Memory[],
  coefficients: Memory,
): { g: Memory; sums: Memory[]; slots: number } {
  let g = ct;
  let slots = 0;
  const sums: Memory[] = [];
  for (const [k, { group, code }] of [...backward.entries()].toReversed()) {
    const ends = [...(group.first ? [dIn.memory] : []), ...(group.last ? [dOut.memory] : [])];
    const workgroups = workgroupsFor(group, rows, blocks.backwardThreads);
    slots = workgroups[0] * group.rowsPerWorkgroup;
    const [next, own] = launcher.launch(code, {
      reads: [g, starts[k]!, coefficients, ...ends],
      results: backwardResults(group, blocks, rows, slots),
      workgroups,
      numbers: halves(rows),
    });
    if (g !== ct) executor.release(g);
    g = next;
    sums.unshift(own);
  }
  return { g, sums, slots };
}

/**
 * Adds up the sums of all groups over their row slots.
 * @returns the gradient of an operand, of that operand's shape, or flat
 */
function addUp(
  executor: Executor,
  { launcher, add }: FusedKernels,
  sums: readonly Memory[],
  slots: number,
): (of: Summed, like?: DeviceArray) => DeviceArray {
  const found = add.flatMap(({ code, results, workgroups }, k) => {
    const reads = sums.slice(k * mostGroups, (k + 1) * mostGroups);
    const lengths = results.map(({ length }) => length);
    const call = { reads, results: lengths, workgroups, numbers: halves(slots) };
    const made = launcher.launch(code, call);
    return results.map(({ of }, i) => ({ of, part: vector(made[i]!) }));
  });
  return (of, like) => {
    const parts = found.filter((sum) => sum.of === of).map(({ part }) => part);
    const [only, ...more] = parts;
    const shaped = (x: DeviceArray): DeviceArray =>
      like === undefined ? x : rowMajor(x.memory, like.shape, "float32");
    if (only !== undefined && more.length === 0) return shaped(only);
    const all = concatenate(executor, parts, 0);
    for (const { memory } of parts) executor.release(memory);
    return shaped(all);
  };
}
