/** @file Reading by index, its transpose, running sums. */
import {
  cumsumOp,
  dtypeOf,
  gatherOp,
  type Scatter,
  scatterAddOp,
  sizeOf,
  stridesOf,
} from "@spm/core";
import { allFloat32, type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { eachOuter, merged, plain } from "./plain.ts";

/** Indices that the reference has to complain about. */
const BAD_INDEX = "an index out of range";

/** Adds the kernels of gather, scatterAdd and cumsum. */
export function registerIndexing(table: KernelTable, machine: Machine): void {
  const { memory, run } = machine;
  register<number>(table, machine, gatherOp.primitive, (_, [x, index], axis) => {
    if (x!.data.BYTES_PER_ELEMENT !== 4) return dtypeOf(x!);
    const out = memory.array(dtypeOf(x!), index!.shape);
    if (sizeOf(index!.shape) === 0) return [out];
    const { shape, strides } = merged(index!.shape, [index!.stride, x!.stride.with(axis, 0)]);
    const [indexSteps, xSteps] = strides.map(inBytes(4, shape.length));
    const [rows, columns] = lastTwo(shape);
    const [xAt, indexAt] = [memory.address(x!), memory.address(index!)];
    let at = memory.address(out);
    let legal = true;
    eachOuter(shape.slice(0, -2), strides, ([i, j]) => {
      const from = [xAt + 4 * j!, indexAt + 4 * i!] as const;
      const places = [x!.shape[axis]!, 4 * x!.stride[axis]!] as const;
      legal &&=
        run.gatherRows(at, ...from, rows, columns, ...xSteps!, ...indexSteps!, ...places) !== 0;
      at += 4 * rows * columns;
    });
    if (legal) return [out];
    memory.release(out.data);
    return BAD_INDEX;
  });

  register<Scatter>(
    table,
    machine,
    scatterAddOp.primitive,
    (_, [x, index], { axis, shape: into }) => {
      if (!allFloat32([x!])) return NOT_FLOAT32;
      const sums = zeroSums(machine, sizeOf(into));
      const steps = stridesOf(into);
      const { shape, strides } = merged(index!.shape, [
        index!.stride,
        x!.stride,
        steps.with(axis, 0),
      ]);
      const [indexSteps, xSteps] = strides.map(inBytes(4, shape.length));
      const sumSteps = inBytes(8, shape.length)(strides[2]!);
      const [rows, columns] = lastTwo(shape);
      if (sizeOf(index!.shape) > 0) {
        const [xAt, indexAt] = [memory.address(x!), memory.address(index!)];
        let legal = true;
        eachOuter(shape.slice(0, -2), strides, ([i, j, k]) => {
          const from = [sums + 8 * k!, xAt + 4 * j!, indexAt + 4 * i!] as const;
          const places = [into[axis]!, 8 * steps[axis]!] as const;
          legal &&=
            run.scatterRows(
              ...from,
              rows,
              columns,
              ...sumSteps,
              ...xSteps!,
              ...indexSteps!,
              ...places,
            ) !== 0;
        });
        if (!legal) return BAD_INDEX;
      }
      const out = memory.array("float32", into);
      run.doubleToFloat(memory.address(out), sums, sizeOf(into));
      return [out];
    },
  );

  register<number>(table, machine, cumsumOp.primitive, (_, [x], axis) => {
    if (!allFloat32([x!])) return NOT_FLOAT32;
    const order = [...x!.shape.keys()].filter((k) => k !== axis).concat(axis);
    const out = memory.array(
      "float32",
      order.map((k) => x!.shape[k]!),
    );
    const width = x!.shape[axis]!;
    const from = plain(machine, x!.transpose(...order));
    run.cumulativeRows(
      from,
      memory.address(out),
      width === 0 ? 0 : sizeOf(x!.shape) / width,
      width,
    );
    return [out.transpose(...order.map((_axis, k) => order.indexOf(k)))];
  });
}

/** Address of so many float64 zeros, for this kernel call. */
export function zeroSums({ memory }: Machine, count: number): number {
  const sums = memory.scratchArray("float64", [count + 4]);
  sums.data.fill(0);
  return memory.address(sums);
}

/** Sizes of the last two axes; 1 for one that is not there. */
const lastTwo = (shape: readonly number[]): [number, number] => [
  shape.at(-2) ?? 1,
  shape.at(-1) ?? 1,
];

/** Steps of the last two of so many axes in bytes; 0 for one that is not there. */
const inBytes =
  (size: number, rank: number) =>
  (steps: readonly number[]): [number, number] => [
    size * (steps[rank - 2] ?? 0),
    size * (steps[rank - 1] ?? 0),
  ];
