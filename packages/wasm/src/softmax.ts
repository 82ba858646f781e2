/** @file Softmax and its logarithm, both passes, along any axis. */
import { type NdArray, type Shape, sizeOf } from "@spm/core";
import { logSoftmaxOp, softmaxOp } from "@spm/nn";
import { allFloat32, type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { plain } from "./plain.ts";

/** Rows without a largest element. */
const NO_ELEMENTS = "rows of no elements";

/** All axes, the given one last. */
const withLast = ({ shape }: NdArray, axis: number): number[] =>
  [...shape.keys()].filter((k) => k !== axis).concat(axis);

/** Adds the kernels of the softmax and of its logarithm. */
export function registerSoftmax(table: KernelTable, machine: Machine): void {
  const { memory, run } = machine;
  /** Address of the elements with an axis brought to the end. */
  const rowsAt = (x: NdArray, axis: number): number =>
    plain(machine, x.transpose(...withLast(x, axis)));
  /** A new array whose elements lie by rows along an axis, and where. */
  const newRows = (x: NdArray, axis: number): { array: NdArray; at: number } => {
    const order = withLast(x, axis);
    const moved = memory.array(
      "float32",
      order.map((k) => x.shape[k]!),
    );
    return {
      array: moved.transpose(...order.map((_, k) => order.indexOf(k))),
      at: memory.address(moved),
    };
  };
  const sizes = (shape: Shape, axis: number): [number, number] => [
    sizeOf(shape.toSpliced(axis, 1)),
    shape[axis]!,
  ];

  for (const [op, forward, backward] of [
    [softmaxOp, run.softmaxForward, run.softmaxBackward],
    [logSoftmaxOp, run.logSoftmaxForward, run.logSoftmaxBackward],
  ] as const) {
    register<number>(table, machine, op.primitive, (_, [x], axis) => {
      if (!allFloat32([x!])) return NOT_FLOAT32;
      const [rows, width] = sizes(x!.shape, axis);
      if (width === 0) return NO_ELEMENTS;
      const logSums = memory.array("float64", x!.shape.toSpliced(axis, 1));
      const { array, at } = newRows(x!, axis);
      forward(
        rowsAt(x!, axis),
        at,
        memory.address(logSums),
        rows,
        width,
        memory.scratch(4 * (width + 4)),
      );
      return [array, logSums];
    });
    register<number>(table, machine, op.backward, (_, [ct, x, y], axis) => {
      if (!allFloat32([ct!, x!, y!])) return NOT_FLOAT32;
      const { array, at } = newRows(x!, axis);
      backward(rowsAt(ct!, axis), rowsAt(y!, axis), at, ...sizes(x!.shape, axis));
      return [array];
    });
  }
}
