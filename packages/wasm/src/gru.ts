/** @file The step of a gated recurrent unit, both passes. */
import { sizeOf } from "@spm/core";
import { gruStepOp } from "@spm/nn";
import { allFloat32, type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { plain } from "./plain.ts";

/** Adds the kernels of the GRU step. */
export function registerGru(table: KernelTable, machine: Machine): void {
  const { memory, run } = machine;
  register<void>(table, machine, gruStepOp.primitive, (_, inputs) => {
    if (!allFloat32(inputs)) return NOT_FLOAT32;
    const { shape } = inputs[2]!;
    const out = memory.array("float32", shape);
    const at = inputs.map((x) => plain(machine, x));
    run.gruForward(...at, memory.address(out), sizeOf(shape.slice(0, -1)), shape.at(-1)!);
    return [out];
  });
  register<void>(table, machine, gruStepOp.backward, (_, [ct, ...rest]) => {
    // the gates' inputs and the state; the step's result is not needed
    const inputs = rest.slice(0, 3);
    if (!allFloat32([ct!, ...inputs])) return NOT_FLOAT32;
    const { shape } = inputs[2]!;
    const bars = inputs.map((x) => memory.array("float32", x.shape));
    const at = [ct!, ...inputs].map((x) => plain(machine, x));
    const to = bars.map((bar) => memory.address(bar));
    run.gruBackward(...at, ...to, sizeOf(shape.slice(0, -1)), shape.at(-1)!);
    return bars;
  });
}
