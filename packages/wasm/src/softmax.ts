/** @file Softmax and its logarithm, both passes, along any axis. */
import type { NdArray } from "@spm/core";
import type { KernelTable } from "@spm/core/extend";
import { logSoftmaxOp, softmaxOp } from "@spm/nn/extend";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { axisLast, contiguous, rowsOf, turnedBack } from "./plain.ts";

/** The reason of a fallback for rows without elements, which have no largest. */
const NO_ELEMENTS = "rows of no elements";

/**
 * Adds the kernels of the softmax and of its logarithm. The backward reads the result; there is no
 * residual.
 */
export function registerSoftmax(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  const logForward = (x: number, y: number, rows: number, width: number): number =>
    run.logSoftmaxForward(x, y, rows, width, memory.scratch(4 * (width + 4)));
  /** Address of the elements with an axis brought to the end. */
  const rowsAt = (x: NdArray, order: readonly number[]): number =>
    contiguous(machine, x.transpose(...order));
  /** A new array whose elements lie by rows along an axis, and its address. */
  const newRows = (x: NdArray, order: readonly number[]): { array: NdArray; at: number } => {
    const moved = memory.array("float32", x.transpose(...order).shape);
    return { array: turnedBack(moved, order), at: memory.address(moved) };
  };

  for (const [op, forward, backward] of [
    [softmaxOp, run.softmaxForward, run.softmaxBackward],
    [logSoftmaxOp, logForward, run.logSoftmaxBackward],
  ] as const) {
    register(table, machine, op.primitive, ([x], axis) => {
      if (!allFloat32([x])) return NOT_FLOAT32;
      const { rows, width } = rowsOf(x.shape, axis);
      if (width === 0) return NO_ELEMENTS;
      const order = axisLast(x.shape.length, axis);
      const { array, at } = newRows(x, order);
      forward(rowsAt(x, order), at, rows, width);
      return [array];
    });
    register(table, machine, op.backward, ([ct, y, x], axis) => {
      if (!allFloat32([ct, y, x])) return NOT_FLOAT32;
      const { rows, width } = rowsOf(x.shape, axis);
      const order = axisLast(x.shape.length, axis);
      const { array, at } = newRows(x, order);
      backward(rowsAt(ct, order), rowsAt(y, order), at, rows, width);
      return [array];
    });
  }
}
