/** @file Arrays in row-major order without gaps, which is what most kernels read. */
import { dtypeOf, isContiguous, type NdArray, sizeOf } from "@spm/core";
import type { Machine } from "./machine.ts";

/**
 * Address of the elements in row-major order: the array's own where they lie so, otherwise of a
 * copy for this kernel call.
 */
export function plain(machine: Machine, array: NdArray): number {
  if (isContiguous(array)) return machine.memory.address(array);
  return machine.memory.address(plainArray(machine, array));
}

/**
 * The same elements with as few axes as their strides allow: axes of size 1 vanish, neighbours that
 * continue each other merge.
 */
export function merged(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
): { shape: number[]; strides: number[][] } {
  const out: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (let k = 0; k < shape.length; k++) {
    const n = shape[k]!;
    if (n === 1) continue;
    const last = out.length - 1;
    if (last >= 0 && strides.every((s, i) => steps[i]![last] === s[k]! * n)) {
      out[last]! *= n;
      for (let i = 0; i < strides.length; i++) steps[i]![last] = strides[i]![k]!;
    } else {
      out.push(n);
      for (let i = 0; i < strides.length; i++) steps[i]!.push(strides[i]![k]!);
    }
  }
  return { shape: out, strides: steps };
}

/** Calls `visit` with each array's offset for every index of the outer axes, in row-major order. */
export function eachOuter(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  visit: (offsets: readonly number[]) => void,
): void {
  const index = shape.map(() => 0);
  const offsets = strides.map(() => 0);
  const count = sizeOf(shape);
  for (let c = 0; c < count; c++) {
    visit(offsets);
    for (let k = shape.length - 1; k >= 0; k--) {
      const wraps = ++index[k]! === shape[k];
      for (let i = 0; i < strides.length; i++)
        offsets[i]! += wraps ? strides[i]![k]! * (1 - shape[k]!) : strides[i]![k]!;
      if (!wraps) break;
      index[k] = 0;
    }
  }
}

/** The elements as a row-major array that lives as long as this kernel call. */
export function plainArray(machine: Machine, array: NdArray): NdArray {
  const copy = machine.memory.scratchArray(dtypeOf(array), array.shape);
  copyInto(machine, copy, array);
  return copy;
}

/** Copies an array of 1- or 4-byte elements into a view of the same shape and type. */
export function copyInto(machine: Machine, view: NdArray, from: NdArray): void {
  if (sizeOf(view.shape) === 0) return;
  const { memory, run } = machine;
  const size = view.data.BYTES_PER_ELEMENT;
  const { shape, strides } = merged(view.shape, [view.stride, from.stride]);
  while (shape.length < 2) {
    shape.unshift(1);
    for (const steps of strides) steps.unshift(1);
  }
  const [to, source] = strides as [number[], number[]];
  // Any order of the axes copies the same: one along which the source has no gaps belongs to the
  // innermost two.
  const near = source.lastIndexOf(1);
  if (near >= 0 && near < shape.length - 2)
    for (const list of [shape, to, source]) moveBehind(list, near);
  const axes = axesTable(machine, shape, to, size, source, size);
  run.copyAxes(memory.address(view), memory.address(from), size, shape.length, axes);
}

/** Moves an element to the place before the last. */
function moveBehind(list: number[], k: number): void {
  list.splice(list.length - 1, 0, list.splice(k, 1)[0]!);
}

/**
 * Address of a table for this kernel call: of each axis its size, and its steps in bytes through
 * two arrays.
 */
export function axesTable(
  { memory }: Machine,
  shape: readonly number[],
  to: readonly number[],
  toSize: number,
  from: readonly number[],
  fromSize: number,
): number {
  const address = memory.scratch(12 * shape.length);
  memory
    .int32(address, 3 * shape.length)
    .set(shape.flatMap((n, k) => [n, to[k]! * toSize, from[k]! * fromSize]));
  return address;
}
