/** @file Arrays in row-major order without gaps, as most kernels read them. */
import type { NdArray, Shape } from "@spm/core";
import { dtypeOf, isContiguous, sizeOf } from "@spm/core/extend";
import type { Machine } from "./machine.ts";

/**
 * Address of the elements in row-major order: the array's own where they lie so, otherwise of a
 * copy for this kernel call.
 */
export function contiguous(machine: Machine, array: NdArray): number {
  if (isContiguous(array)) return machine.memory.address(array);
  return machine.memory.address(plainArray(machine, array));
}

/** Rows along an axis (default the last), and the length of a row. A scalar is one row of one. */
export function rowsOf(
  shape: Shape,
  axis: number = shape.length - 1,
): { rows: number; width: number } {
  const width = shape[axis] ?? 1;
  let rows = 1;
  for (let k = 0; k < shape.length; k++) if (k !== axis) rows *= shape[k]!;
  return { rows, width };
}

/** Sizes of the last two axes; 1 for one that is not there. */
export const lastTwo = (shape: readonly number[]): [number, number] => [
  shape.at(-2) ?? 1,
  shape.at(-1) ?? 1,
];

/** Steps of the last two of so many axes in bytes; 0 for one that is not there. */
export const inBytes =
  (size: number, rank: number) =>
  (steps: readonly number[]): [number, number] => [
    size * (steps[rank - 2] ?? 0),
    size * (steps[rank - 1] ?? 0),
  ];

/** All axes of so many, the given one last. */
export const axisLast = (rank: number, axis: number): number[] =>
  Array.from({ length: rank }, (_, k) => k)
    .toSpliced(axis, 1)
    .concat(axis);

/** The inverse of a transpose to `order`: the axes of an array in their former order. */
export const turnedBack = (array: NdArray, order: readonly number[]): NdArray =>
  array.transpose(...order.map((_, k) => order.indexOf(k)));

/** The strides of several arrays of one shape. */
type Strides = readonly (readonly number[])[];

/**
 * The same elements with as few axes as their strides allow: axes of size 1 vanish, neighbours that
 * continue each other merge.
 */
export function merged<T extends Strides>(
  shape: Shape,
  strides: readonly [...T],
): { shape: number[]; strides: { [K in keyof T]: number[] } };
export function merged(shape: Shape, strides: Strides): { shape: number[]; strides: number[][] } {
  const axes: { size: number; steps: readonly number[] }[] = [];
  for (let k = 0; k < shape.length; k++) {
    const size = shape[k]!;
    if (size === 1) continue;
    const steps = strides.map((s) => s[k]!);
    const last = axes.at(-1);
    if (last?.steps.every((step, i) => step === steps[i]! * size)) {
      last.size *= size;
      last.steps = steps;
    } else axes.push({ size, steps });
  }
  return {
    shape: axes.map(({ size }) => size),
    strides: strides.map((_, i) => axes.map(({ steps }) => steps[i]!)),
  };
}

/** Calls `visit` with each array's offset for every index of the outer axes, in row-major order. */
export function eachOuter<T extends Strides>(
  shape: Shape,
  strides: readonly [...T],
  visit: (offsets: { readonly [K in keyof T]: number }) => void,
): void;
export function eachOuter(
  shape: Shape,
  strides: Strides,
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
  const [to, source] = strides;
  while (shape.length < 2) {
    shape.unshift(1);
    for (const steps of strides) steps.unshift(1);
  }
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
  list.splice(list.length - 1, 0, ...list.splice(k, 1));
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
