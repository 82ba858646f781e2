/** @file Steps of optimizers: every array read and written once. */
import type { NdArray } from "@spm/core";
import { type KernelTable, type Op, type Places, sizeOf } from "@spm/core/extend";
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
} from "@spm/optim/extend";
import type { KernelName } from "./kernels.ts";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { contiguous } from "./plain.ts";

const GRAIN = 64; // elements: whole vectors
const WORTH = 2 ** 15; // elements that are worth a thread

/** A decay, and what it leaves to 1. */
const split = (decay: number): readonly [number, number] => [decay, 1 - decay];

/** An update; `S` are the places of its slots. */
type UpdateOp<S extends Places, Options> = Op<
  [parameter: 1, grad: 1, ...S],
  [parameter: 1, ...S],
  Options
>;

/**
 * Which of the slots that an update was given is the kernel's k-th; undefined where it has none.
 */
type SlotOf<Options> = <T>(given: readonly T[], k: number, options: Options) => T | undefined;

const inOrder = <T>(given: readonly T[], k: number): T | undefined => given[k];

/** Adds the kernels of the optimizers' updates. */
export function registerUpdates(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory } = machine;

  /**
   * @param slots - how many the kernel takes
   * @param numbers - of the step, in the kernel's order
   * @param slotOf - in their order unless said
   */
  function update<S extends Places, Options>(
    op: UpdateOp<S, Options>,
    kernel: KernelName,
    slots: number,
    numbers: (options: Options) => readonly number[],
    slotOf?: SlotOf<Options>,
  ): void;
  function update(
    { primitive }: UpdateOp<Places, unknown>,
    kernel: KernelName,
    slots: number,
    numbers: (options: unknown) => readonly number[],
    slotOf: SlotOf<unknown> = inOrder,
  ): void {
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
        run[kernel](...at, to - from, ...constants);
      });
      return [next, ...nextSlots];
    });
  }

  update(sgdUpdate, "sgdStep", 1, (o) => [o.learningRate, o.l2, o.momentum, Number(o.nesterov)]);
  update(adamUpdate, "adamStep", 3, (o) => [
    ...[o.stepSize, ...split(o.beta1), ...split(o.beta2)],
    ...[o.epsilon, o.l2, o.keep],
  ]);
  update(
    rmspropUpdate,
    "rmspropStep",
    3,
    (o) => [o.learningRate, o.l2, ...split(o.alpha), o.epsilon, o.momentum],
    (given, k, { centered, momentum }) => {
      if (k === 0) return given[0];
      if (k === 1) return centered ? given[1] : undefined;
      return momentum > 0 ? given.at(-1) : undefined;
    },
  );
  update(adagradUpdate, "adagradStep", 1, (o) => [o.stepSize, o.l2, o.epsilon]);
  update(nadamUpdate, "nadamStep", 2, (o) => [
    ...[o.gradRate, o.momentRate, ...split(o.beta1), ...split(o.beta2)],
    ...[o.epsilon, o.l2],
  ]);
  update(radamUpdate, "radamStep", 2, (o) => [
    ...[o.stepSize, Number(o.adaptive), ...split(o.beta1), ...split(o.beta2)],
    ...[o.epsilon, o.l2],
  ]);
  update(adamaxUpdate, "adamaxStep", 2, (o) => [
    ...[o.stepSize, ...split(o.beta1), ...split(o.beta2)],
    ...[o.epsilon, o.l2],
  ]);
  update(lionUpdate, "lionStep", 1, (o) => [
    o.learningRate,
    ...split(o.beta1),
    ...split(o.beta2),
    o.keep,
  ]);
  update(averageUpdate, "averageStep", 0, (o) => [1 - o.decay]);
}
