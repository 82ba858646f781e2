/** @file Steps of optimizers: every array read and written once. */
import { type NdArray, type Op, sizeOf } from "@spm/core";
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
} from "@spm/optim";
import type { KernelName } from "./kernels.ts";
import { allFloat32, type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { plain } from "./plain.ts";

const GRAIN = 64; // elements: whole vectors
const WORTH = 2 ** 15; // elements that are worth a thread

/** A decay, and what it leaves to 1. */
const split = (decay: number): readonly [number, number] => [decay, 1 - decay];

/** Adds the kernels of the optimizers' updates. */
export function registerUpdates(table: KernelTable, machine: Machine): void {
  const { memory } = machine;
  /**
   * @param slots - how many the kernel takes
   * @param numbers - of the step, in the kernel's order
   * @param place - which of the given slots is the kernel's k-th; the k-th unless said. Beyond
   * them: absent
   */
  const update = <Options>(
    { primitive }: Op<Options>,
    kernel: KernelName,
    slots: number,
    numbers: (options: Options) => readonly number[],
    place: (k: number, options: Options, given: number) => number = (k) => k,
  ): void =>
    register<Options>(table, machine, primitive, (_, arrays, options) => {
      if (!allFloat32(arrays)) return NOT_FLOAT32;
      const [parameter, gradient, ...given] = arrays as [NdArray, NdArray, ...NdArray[]];
      const next = [parameter, ...given].map(({ shape }) => memory.array("float32", shape));
      const addresses = [plain(machine, parameter), plain(machine, gradient)];
      const nextAddresses = [memory.address(next[0]!)];
      for (let k = 0; k < slots; k++) {
        const slot = place(k, options, given.length);
        addresses.push(slot < given.length ? plain(machine, given[slot]!) : 0);
        nextAddresses.push(slot < given.length ? memory.address(next[slot + 1]!) : 0);
      }
      addresses.push(...nextAddresses);
      const constants = numbers(options);
      const pieces = machine.pieces(sizeOf(parameter.shape), GRAIN, WORTH);
      machine.together(pieces, (run, from, to) => {
        const at = addresses.map((address) => address && address + 4 * from);
        run[kernel](...at, to - from, ...constants);
      });
      return next;
    });

  update(sgdUpdate, "sgdStep", 1, (o) => [o.learningRate, o.l2, o.momentum, Number(o.nesterov)]);
  update(adamUpdate, "adamStep", 3, (o) => [
    ...[o.stepSize, ...split(o.beta1), ...split(o.beta2)],
    ...[o.eps, o.l2, o.keep],
  ]);
  update(
    rmspropUpdate,
    "rmspropStep",
    3,
    (o) => [o.learningRate, o.l2, ...split(o.alpha), o.eps, o.momentum],
    (k, o, given) => [0, o.centered ? 1 : given, o.momentum > 0 ? given - 1 : given][k]!,
  );
  update(adagradUpdate, "adagradStep", 1, (o) => [o.stepSize, o.l2, o.eps]);
  update(nadamUpdate, "nadamStep", 2, (o) => [
    ...[o.gradRate, o.momentRate, ...split(o.beta1), ...split(o.beta2)],
    ...[o.eps, o.l2],
  ]);
  update(radamUpdate, "radamStep", 2, (o) => [
    ...[o.stepSize, Number(o.adaptive), ...split(o.beta1), ...split(o.beta2)],
    ...[o.eps, o.l2],
  ]);
  update(adamaxUpdate, "adamaxStep", 2, (o) => [
    ...[o.stepSize, ...split(o.beta1), ...split(o.beta2)],
    ...[o.eps, o.l2],
  ]);
  update(lionUpdate, "lionStep", 1, (o) => [
    o.learningRate,
    ...split(o.beta1),
    ...split(o.beta2),
    o.keep,
  ]);
  update(averageUpdate, "averageStep", 0, (o) => [1 - o.decay]);
}
