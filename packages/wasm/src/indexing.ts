/** @file Reading by index, its transpose, running sums. */
import type { NdArray } from "@spm/core";
import {
  cumsumOp,
  dtypeOf,
  each,
  gatherOp,
  type KernelTable,
  scatterAddOp,
  sizeOf,
  stridesOf,
} from "@spm/core/extend";
import { cumprodOp, scatterWinnerOp } from "@spm/numeric";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { registerOrder } from "./order.ts";
import {
  axisLast,
  contiguous,
  eachOuter,
  inBytes,
  lastTwo,
  merged,
  rowsOf,
  turnedBack,
} from "./plain.ts";

/**
 * The reason of a fallback for indices out of range: the reference throws the error that names one.
 */
const BAD_INDEX = "an index out of range";

/** Adds the kernels of gather, scatterAdd, scatterWinner, cumsum and argsort. */
export function registerIndexing(table: KernelTable<NdArray>, machine: Machine): void {
  registerGather(table, machine);
  registerScatterAdd(table, machine);
  registerWinner(table, machine);
  registerCumsum(table, machine);
  registerOrder(table, machine);
}

function registerGather(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  register(table, machine, gatherOp.primitive, ([x, index], axis) => {
    if (x.data.BYTES_PER_ELEMENT !== 4) return dtypeOf(x);
    const out = memory.array(dtypeOf(x), index.shape);
    if (sizeOf(index.shape) === 0) return [out];
    const { shape, strides } = merged(index.shape, [index.stride, x.stride.with(axis, 0)]);
    const [indexSteps, xSteps] = each(strides, inBytes(4, shape.length));
    const [rows, columns] = lastTwo(shape);
    const [xAt, indexAt] = [memory.address(x), memory.address(index)];
    let at = memory.address(out);
    let legal = true;
    eachOuter(shape.slice(0, -2), strides, ([i, j]) => {
      const from = [xAt + 4 * j, indexAt + 4 * i] as const;
      const places = [x.shape[axis]!, 4 * x.stride[axis]!] as const;
      legal &&=
        run.gatherRows(at, ...from, rows, columns, ...xSteps, ...indexSteps, ...places) !== 0;
      at += 4 * rows * columns;
    });
    if (legal) return [out];
    memory.release(out.data);
    return BAD_INDEX;
  });
}

function registerScatterAdd(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  register(table, machine, scatterAddOp.primitive, ([x, index], { axis, shape: into }) => {
    if (!allFloat32([x])) return NOT_FLOAT32;
    const sums = zeroSums(machine, sizeOf(into));
    const steps = stridesOf(into);
    const { shape, strides } = merged(index.shape, [index.stride, x.stride, steps.with(axis, 0)]);
    const [indexStrides, xStrides, sumStrides] = strides;
    const [indexSteps, xSteps] = each([indexStrides, xStrides], inBytes(4, shape.length));
    const sumSteps = inBytes(8, shape.length)(sumStrides);
    const [rows, columns] = lastTwo(shape);
    if (sizeOf(index.shape) > 0) {
      const [xAt, indexAt] = [memory.address(x), memory.address(index)];
      let legal = true;
      eachOuter(shape.slice(0, -2), strides, ([i, j, k]) => {
        const from = [sums + 8 * k, xAt + 4 * j, indexAt + 4 * i] as const;
        const places = [into[axis]!, 8 * steps[axis]!] as const;
        legal &&=
          run.scatterRows(
            ...from,
            rows,
            columns,
            ...sumSteps,
            ...xSteps,
            ...indexSteps,
            ...places,
          ) !== 0;
      });
      if (!legal) return BAD_INDEX;
    }
    const out = memory.array("float32", into);
    run.doubleToFloat(memory.address(out), sums, sizeOf(into));
    return [out];
  });
}

function registerWinner(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  register(table, machine, scatterWinnerOp.primitive, ([x, index], { axis, shape: into, best }) => {
    if (!allFloat32([x])) return dtypeOf(x);
    const out = memory.array("int32", into);
    out.data.fill(-1);
    if (sizeOf(index.shape) === 0) return [out];
    const to = memory.address(out);
    const tops = memory.address(memory.scratchArray("float32", into)) - to;
    const steps = stridesOf(into);
    const positions = index.shape.map((_, k) => Number(k === axis));
    const own = [index.stride, x.stride, steps.with(axis, 0), positions] as const;
    const { shape, strides } = merged(index.shape, own);
    const [indexSteps, xSteps, toSteps] = each(strides, inBytes(4, shape.length));
    const positionSteps = inBytes(1, shape.length)(strides[3]);
    const [rows, columns] = lastTwo(shape);
    const [xAt, indexAt] = [memory.address(x), memory.address(index)];
    let legal = true;
    eachOuter(shape.slice(0, -2), strides, ([i, j, k, position]) => {
      const from = [to + 4 * k, tops, xAt + 4 * j, indexAt + 4 * i, position] as const;
      const places = [into[axis]!, 4 * steps[axis]!, Number(best === "last")] as const;
      const by = [...toSteps, ...xSteps, ...indexSteps, ...positionSteps] as const;
      legal &&= run.winnerRows(...from, rows, columns, ...by, ...places) !== 0;
    });
    if (legal) return [out];
    memory.release(out.data);
    return BAD_INDEX;
  });
}

function registerCumsum(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  for (const { primitive } of [cumsumOp, cumprodOp])
    register(table, machine, primitive, ([x], axis) => {
      if (!allFloat32([x])) return NOT_FLOAT32;
      const order = axisLast(x.shape.length, axis);
      const turned = x.transpose(...order);
      const out = memory.array("float32", turned.shape);
      const { rows, width } = rowsOf(turned.shape);
      run.cumulativeRows(
        contiguous(machine, turned),
        memory.address(out),
        rows,
        width,
        primitive === cumprodOp.primitive,
      );
      return [turnedBack(out, order)];
    });
}

/** Address of so many float64 zeros, for this kernel call. */
export function zeroSums({ memory }: Machine, count: number): number {
  const sums = memory.scratchArray("float64", [count + 4]);
  sums.data.fill(0);
  return memory.address(sums);
}
