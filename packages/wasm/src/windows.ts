/** @file The transpose of sliding windows: each is added to where it was taken from, in float64. */
import type { NdArray } from "@spm/core";
import { type KernelTable, sizeOf, stridesOf } from "@spm/core/extend";
import { addWindowsOp } from "@spm/nn/extend";
import { zeroSums } from "./indexing.ts";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { axesTable } from "./plain.ts";

/** Adds the kernel of the sum of windows. */
export function registerWindows(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  register(table, machine, addWindowsOp.primitive, ([x], { kernel, stride, dilation, into }) => {
    if (!allFloat32([x])) return NOT_FLOAT32;
    const out = memory.array("float32", into);
    const sums = zeroSums(machine, sizeOf(into));
    const steps = stridesOf(into);
    const lead = into.length - kernel.length;
    const space = steps.slice(lead);
    const windowSteps = [
      ...steps.slice(0, lead),
      ...space.map((step, k) => step * stride[k]!),
      ...space.map((step, k) => step * dilation[k]!),
    ];
    const axes = axesTable(machine, x.shape, windowSteps, 8, x.stride, 4);
    if (sizeOf(x.shape) > 0) run.addAxes(sums, memory.address(x), x.shape.length, axes);
    run.doubleToFloat(memory.address(out), sums, sizeOf(into));
    return [out];
  });
}
