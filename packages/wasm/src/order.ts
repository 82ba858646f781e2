/** @file The kernel of the positions that sort an axis. */
import type { NdArray } from "@spm/core";
import { argsortOp, dtypeOf, type KernelTable } from "@spm/core/extend";
import { type Machine, register } from "./machine.ts";
import { axisLast, contiguous, rowsOf, turnedBack } from "./plain.ts";

/** Adds the kernel of argsort. */
export function registerOrder(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  register(table, machine, argsortOp.primitive, ([x], { axis, descending }) => {
    if (dtypeOf(x) !== "float32") return dtypeOf(x);
    const order = axisLast(x.shape.length, axis);
    const turned = x.transpose(...order);
    const out = memory.array("int32", turned.shape);
    const { rows, width } = rowsOf(turned.shape);
    const from = contiguous(machine, turned);
    const work = memory.scratch(16 * width);
    run.sortRows(memory.address(out), from, work, rows, width, Number(descending));
    return [turnedBack(out, order)];
  });
}
