/** @file Steps of optimizers: every array read and written once. */
import { type NdArray, sizeOf } from "@spm/core";
import { type AdamUpdate, adamUpdate, type SgdUpdate, sgdUpdate } from "@spm/optim";
import { allFloat32, type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { plain } from "./plain.ts";

/** Adds the kernels of Adam, AdamW, AMSGrad and SGD. */
export function registerUpdates(table: KernelTable, machine: Machine): void {
  const { memory, run } = machine;
  /** Addresses of the inputs and of new arrays for the next values; 0 for slots that there are not. */
  const operands = (arrays: readonly NdArray[], slots: number) => {
    const shape = arrays[0]!.shape;
    const next = arrays.slice(1).map(() => memory.array("float32", shape)); // the parameter's and each slot's
    const room = <T>(list: readonly T[], count: number, f: (x: T) => number): number[] =>
      Array.from({ length: count }, (_, k) => (list[k] === undefined ? 0 : f(list[k])));
    return {
      next,
      count: sizeOf(shape),
      from: room(arrays, slots + 2, (a) => plain(machine, a)),
      to: room(next, slots + 1, (a) => memory.address(a)),
    };
  };

  register<AdamUpdate>(table, machine, adamUpdate.primitive, (_, arrays, options) => {
    if (!allFloat32(arrays)) return NOT_FLOAT32;
    const { next, count, from, to } = operands(arrays, 3);
    const { stepSize, beta1, beta2, eps, l2, keep } = options;
    run.adamStep(...from, ...to, count, stepSize, beta1, beta2, eps, l2, keep);
    return next;
  });
  register<SgdUpdate>(table, machine, sgdUpdate.primitive, (_, arrays, options) => {
    if (!allFloat32(arrays)) return NOT_FLOAT32;
    const { next, count, from, to } = operands(arrays, 1);
    const { learningRate, l2, momentum, nesterov } = options;
    run.sgdStep(...from, ...to, count, learningRate, l2, momentum, nesterov);
    return next;
  });
}
