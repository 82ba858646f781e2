/** @file Weighted sums along neighbours on a circle, and their transposes. */
import type { NdArray } from "@spm/core";
import { type KernelTable, sizeOf } from "@spm/core/extend";
import { neighbourProductsOp, neighbourSumOp } from "@spm/nn/extend";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { contiguous, lastTwo } from "./plain.ts";

/** Multiplications that are worth a thread. */
const LEAST = 16384;

/** Adds the kernels of both primitives. */
export function registerNeighbours(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory } = machine;
  const placesOf = (shifts: readonly number[]): number => {
    const places = memory.scratchArray("int32", [shifts.length]);
    places.data.set(shifts);
    return memory.address(places);
  };
  /** The rows of all matrices, in pieces for the threads. */
  const piecesOf = (x: NdArray, links: number): [number, number][] => {
    const [n, width] = lastTwo(x.shape);
    const rows = n === 0 ? 0 : sizeOf(x.shape.slice(0, -1));
    return machine.pieces(rows, 1, Math.ceil(LEAST / Math.max(1, links * width)));
  };

  register(table, machine, neighbourSumOp.primitive, ([w, v], { shifts, transposed }) => {
    if (!allFloat32([w, v])) return NOT_FLOAT32;
    const y = memory.array("float32", v.shape);
    const [n, width] = lastTwo(v.shape);
    const [at, links] = [placesOf(shifts), shifts.length];
    const [to, ws, vs] = [memory.address(y), contiguous(machine, w), contiguous(machine, v)];
    machine.parallelFor(piecesOf(v, links), (run, from, end) => {
      run.neighbourSum(to, ws, vs, at, from, end, n, links, width, transposed);
    });
    return [y];
  });

  register(table, machine, neighbourProductsOp.primitive, ([a, b], { shifts }) => {
    if (!allFloat32([a, b])) return NOT_FLOAT32;
    const y = memory.array("float32", [...a.shape.slice(0, -1), shifts.length]);
    const [n, width] = lastTwo(a.shape);
    const [at, links] = [placesOf(shifts), shifts.length];
    const [to, as, bs] = [memory.address(y), contiguous(machine, a), contiguous(machine, b)];
    machine.parallelFor(piecesOf(a, links), (run, from, end) => {
      run.neighbourProducts(to, as, bs, at, from, end, n, links, width);
    });
    return [y];
  });
}
