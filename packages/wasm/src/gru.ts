/** @file The step of a gated recurrent unit, both passes. */
import type { NdArray } from "@spm/core";
import { each, type KernelTable } from "@spm/core/extend";
import { gruStepOp } from "@spm/nn/extend";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { contiguous, rowsOf } from "./plain.ts";

/** Adds the kernels of the GRU step. */
export function registerGru(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  register(table, machine, gruStepOp.primitive, (inputs) => {
    if (!allFloat32(inputs)) return NOT_FLOAT32;
    const [, , { shape }] = inputs;
    const out = memory.array("float32", shape);
    const at = inputs.map((x) => contiguous(machine, x));
    const { rows, width } = rowsOf(shape);
    run.gruForward(...at, memory.address(out), rows, width);
    return [out];
  });
  register(table, machine, gruStepOp.backward, ([ct, , x, u, h]) => {
    const inputs = [x, u, h] as const;
    if (!allFloat32([ct, ...inputs])) return NOT_FLOAT32;
    const cotangents = each(inputs, ({ shape }) => memory.array("float32", shape));
    const at = [ct, ...inputs].map((x) => contiguous(machine, x));
    const to = cotangents.map((array) => memory.address(array));
    const { rows, width } = rowsOf(ct.shape);
    run.gruBackward(...at, ...to, rows, width);
    return cotangents;
  });
}
