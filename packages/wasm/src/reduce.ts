/** @file Reductions, of arrays transposed such that the reduced axes come last; sums in float64. */
import { argmax, argmin, logsumexp, max, min, type NdArray, norm, type Shape } from "@spm/core";
import {
  isContiguous,
  type KernelTable,
  type ReduceOp,
  type Reduction,
  sizeOf,
  sumOp,
} from "@spm/core/extend";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { contiguous } from "./plain.ts";

/** Shape without the axes, or with size 1 in their place. */
const reducedShape = (shape: Shape, { axes, keepdims }: Reduction): number[] =>
  keepdims
    ? shape.map((n, k) => (axes.includes(k) ? 1 : n))
    : shape.filter((_, k) => !axes.includes(k));

/** Address, rows and width of the matrix whose rows are reduced. */
function matrixOf(
  machine: Machine,
  x: NdArray,
  axes: readonly number[],
): { at: number; rows: number; width: number } {
  const rest = x.shape.map((_, k) => k).filter((k) => !axes.includes(k));
  const turned = x.transpose(...rest, ...axes);
  const rows = sizeOf(turned.shape.slice(0, rest.length));
  return { at: contiguous(machine, turned), rows, width: sizeOf(turned.shape.slice(rest.length)) };
}

/** Adds the kernels of the reductions. */
export function registerReductions(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;

  register(table, machine, sumOp.primitive, ([x], reduction) => {
    if (!allFloat32([x])) return NOT_FLOAT32;
    const out = memory.array("float32", reducedShape(x.shape, reduction));
    if (sizeOf(out.shape) === 0) return [out];
    const { axes } = reduction;
    const to = memory.address(out);
    const leading =
      axes.length > 0 && axes.every((axis, k) => axis === k) && axes.length < x.shape.length;
    if (leading && isContiguous(x)) {
      const rows = sizeOf(x.shape.slice(0, axes.length));
      const width = sizeOf(out.shape);
      run.sumColumns(memory.address(x), to, rows, width, memory.scratch(8 * (width + 4)));
      return [out];
    }
    const { at, rows, width } = matrixOf(machine, x, axes);
    run.sumRows(at, to, rows, width);
    return [out];
  });

  type Rows = (from: number, to: number, rows: number, width: number) => void;
  const byRows = (op: ReduceOp, kernel: Rows, dtype: "float32" | "int32" = "float32"): void =>
    register(table, machine, op.primitive, ([x], reduction) => {
      if (!allFloat32([x])) return NOT_FLOAT32;
      const out = memory.array(dtype, reducedShape(x.shape, reduction));
      const { at, rows, width } = matrixOf(machine, x, reduction.axes);
      kernel(at, memory.address(out), rows, width);
      return [out];
    });
  byRows(max, (...of) => run.extremeRows(...of, 1));
  byRows(min, (...of) => run.extremeRows(...of, -1));
  byRows(argmax, (...of) => run.extremePlaces(...of, 1), "int32");
  byRows(argmin, (...of) => run.extremePlaces(...of, -1), "int32");
  byRows(norm, run.normRows);
  byRows(logsumexp, (from, to, rows, width) =>
    run.logSumExpRows(from, to, rows, width, memory.scratch(4 * (width + 4))),
  );
}
