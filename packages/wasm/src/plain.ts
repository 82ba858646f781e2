/** @file Arrays in row-major order without gaps, which is what most kernels read. */
import { dtypeOf, isContiguous, type NdArray, sizeOf } from "@spm/core";
import type { Machine } from "./machine.ts";

/** Address of the elements in row-major order: the array's own where they lie so, otherwise of a copy for this kernel call. */
export function plain(machine: Machine, array: NdArray): number {
  if (isContiguous(array)) return machine.memory.address(array);
  return machine.memory.address(plainArray(machine, array));
}

/** The same elements with as few axes as their strides allow: axes of size 1 vanish, neighbours that continue each other merge. */
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
export function copyInto({ memory, run }: Machine, view: NdArray, from: NdArray): void {
  if (sizeOf(view.shape) === 0) return;
  const size = view.data.BYTES_PER_ELEMENT;
  const { shape, strides } = merged(view.shape, [view.stride, from.stride]);
  const [to, source] = strides as [number[], number[]];
  const rank = shape.length;
  const step = (stride: readonly number[], k: number): number => (stride[k] ?? 0) * size;
  const copy = size === 4 ? run.copyMatrix4 : run.copyMatrix1;
  const [toAt, fromAt] = [memory.address(view), memory.address(from)];
  eachOuter(shape.slice(0, -2), strides, ([i, j]) => {
    copy(
      toAt + i! * size,
      fromAt + j! * size,
      shape[rank - 2] ?? 1,
      shape[rank - 1] ?? 1,
      step(to, rank - 2),
      rank === 0 ? size : step(to, rank - 1),
      step(source, rank - 2),
      rank === 0 ? size : step(source, rank - 1),
    );
  });
}
