/** @file Steps of optimizers: each array is read and written once. */
import type { NdArray } from "@spm/core";
import { type KernelTable, type Places, sizeOf } from "@spm/core/extend";
import {
  adagradUpdate,
  adamaxUpdate,
  adamUpdate,
  averageUpdate,
  lionUpdate,
  nadamUpdate,
  radamUpdate,
  rmspropUpdate,
  sgdUpdate,
  type UpdateOp,
} from "@spm/optim/extend";
import type { KernelName } from "./kernels.ts";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { contiguous } from "./plain.ts";

const GRAIN = 64; // elements: whole vectors
const WORTH = 2 ** 15; // elements that are worth a thread

/** A decay β and 1 − β. */
const split = (decay: number): readonly [number, number] => [decay, 1 - decay];

/** The kernel of an update. */
interface UpdateKernel<Options> {
  readonly name: KernelName;
  /** The number of slots that the kernel takes. */
  readonly slots: number;
  /** The numbers of a step, in the kernel's order. */
  numbers(options: Options): readonly number[];
  /**
   * The kernel's k-th slot among those of the update; undefined where it has none.
   * @defaultValue the k-th
   */
  slotOf?<T>(given: readonly T[], k: number, options: Options): T | undefined;
}

/** Adds the kernel of one update. */
function registerUpdate<S extends Places, Options>(
  table: KernelTable<NdArray>,
  machine: Machine,
  op: UpdateOp<S, Options>,
  kernel: UpdateKernel<Options>,
): void;
function registerUpdate(
  table: KernelTable<NdArray>,
  machine: Machine,
  { primitive }: UpdateOp<Places, unknown>,
  { name, slots, numbers, slotOf = (given, k) => given[k] }: UpdateKernel<unknown>,
): void {
  const { memory } = machine;
  register(table, machine, primitive, ([parameter, gradient, ...given], options) => {
    if (!allFloat32([parameter, gradient, ...given])) return NOT_FLOAT32;
    const next = memory.array("float32", parameter.shape);
    const nextSlots = given.map(({ shape }) => memory.array("float32", shape));
    const addresses = [contiguous(machine, parameter), contiguous(machine, gradient)];
    const nextAddresses = [memory.address(next)];
    for (let k = 0; k < slots; k++) {
      const [slot, nextSlot] = [slotOf(given, k, options), slotOf(nextSlots, k, options)];
      addresses.push(slot === undefined ? 0 : contiguous(machine, slot));
      nextAddresses.push(nextSlot === undefined ? 0 : memory.address(nextSlot));
    }
    addresses.push(...nextAddresses);
    const constants = numbers(options);
    const pieces = machine.pieces(sizeOf(parameter.shape), GRAIN, WORTH);
    machine.parallelFor(pieces, (run, from, to) => {
      const at = addresses.map((address) => address && address + 4 * from);
      run[name](...at, to - from, ...constants);
    });
    return [next, ...nextSlots];
  });
}

/** Adds the kernels of the optimizers' updates. */
export function registerUpdates(table: KernelTable<NdArray>, machine: Machine): void {
  const add = <S extends Places, Options>(
    op: UpdateOp<S, Options>,
    kernel: UpdateKernel<Options>,
  ): void => registerUpdate(table, machine, op, kernel);

  add(sgdUpdate, {
    name: "sgdStep",
    slots: 1,
    numbers: (o) => [o.learningRate, o.l2, o.momentum, Number(o.nesterov)],
  });
  add(adamUpdate, {
    name: "adamStep",
    slots: 3,
    numbers: (o) => [o.stepSize, ...split(o.beta1), ...split(o.beta2), o.epsilon, o.l2, o.keep],
  });
  add(rmspropUpdate, {
    name: "rmspropStep",
    slots: 3,
    numbers: (o) => [o.learningRate, o.l2, ...split(o.alpha), o.epsilon, o.momentum],
    slotOf: (given, k, { centered, momentum }) => {
      if (k === 0) return given[0];
      if (k === 1) return centered ? given[1] : undefined;
      return momentum > 0 ? given.at(-1) : undefined;
    },
  });
  add(adagradUpdate, {
    name: "adagradStep",
    slots: 1,
    numbers: (o) => [o.stepSize, o.l2, o.epsilon],
  });
  add(nadamUpdate, {
    name: "nadamStep",
    slots: 2,
    numbers: (o) => [
      ...[o.gradRate, o.momentRate, ...split(o.beta1), ...split(o.beta2)],
      ...[o.epsilon, o.l2],
    ],
  });
  add(radamUpdate, {
    name: "radamStep",
    slots: 2,
    numbers: (o) => [
      ...[o.stepSize, Number(o.adaptive), ...split(o.beta1), ...split(o.beta2)],
      ...[o.epsilon, o.l2],
    ],
  });
  add(adamaxUpdate, {
    name: "adamaxStep",
    slots: 2,
    numbers: (o) => [o.stepSize, ...split(o.beta1), ...split(o.beta2), o.epsilon, o.l2],
  });
  add(lionUpdate, {
    name: "lionStep",
    slots: 1,
    numbers: (o) => [o.learningRate, ...split(o.beta1), ...split(o.beta2), o.keep],
  });
  add(averageUpdate, { name: "averageStep", slots: 0, numbers: (o) => [1 - o.decay] });
}
