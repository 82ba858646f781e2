/** @file The transpose of sliding windows: each is added to where it was taken from, in float64. */
import { type Shape, sizeOf, stridesOf } from "@spm/core";
import { addWindowsOp } from "@spm/nn";
import { zeroSums } from "./indexing.ts";
import { allFloat32, type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { axesTable } from "./plain.ts";

/** Adds the kernel of the sum of windows. */
export function registerWindows(table: KernelTable, machine: Machine): void {
  const { memory, run } = machine;
  register<{ readonly kernel: Shape; readonly stride: Shape; readonly into: Shape }>(
    table,
    machine,
    addWindowsOp.primitive,
    (_, [x], { kernel, stride, into }) => {
      if (!allFloat32([x!])) return NOT_FLOAT32;
      const out = memory.array("float32", into);
      const sums = zeroSums(machine, sizeOf(into));
      const steps = stridesOf(into);
      const space = steps.slice(into.length - kernel.length);
      const windowSteps = [
        ...steps.slice(0, into.length - kernel.length),
        ...space.map((step, k) => step * stride[k]!),
        ...space,
      ];
      const axes = axesTable(machine, x!.shape, windowSteps, 8, x!.stride, 4);
      if (sizeOf(x!.shape) > 0) run.addAxes(sums, memory.address(x!), x!.shape.length, axes);
      run.doubleToFloat(memory.address(out), sums, sizeOf(into));
      return [out];
    },
  );
}
