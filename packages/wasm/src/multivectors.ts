/** @file Geometric products of multivectors. */
import type { NdArray } from "@spm/core";
import type { KernelTable } from "@spm/core/extend";
import { geometricProductOp } from "@spm/nn/extend";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { contiguous, rowsOf } from "./plain.ts";

/** Multiplications that are worth a thread. */
const LEAST = 65536;

/** Adds the kernel. */
export function registerMultivectors(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory } = machine;
  register(table, machine, geometricProductOp.primitive, ([a, b]) => {
    if (!allFloat32([a, b])) return NOT_FLOAT32;
    const y = memory.array("float32", a.shape);
    const { rows, width } = rowsOf(a.shape);
    const [to, as, bs] = [memory.address(y), contiguous(machine, a), contiguous(machine, b)];
    const pieces = machine.pieces(rows, 1, Math.ceil(LEAST / width ** 2));
    machine.parallelFor(pieces, (run, from, end) => {
      const at = 4 * from * width;
      run.geometricProducts(to + at, as + at, bs + at, end - from, width);
    });
    return [y];
  });
}
