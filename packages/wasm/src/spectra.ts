/** @file Eigenvalues and singular values of @spm/linalg, by iterations in float64. */
import type { NdArray } from "@spm/core";
import { dtypeOf, type KernelTable, sizeOf } from "@spm/core/extend";
import { eighOp, pinvOp, svdOp } from "@spm/linalg/extend";
import { batchOf, EMPTY, REFUSED, rowMajor } from "./factor.ts";
import { type Machine, register } from "./machine.ts";

/** Adds the kernels of eigenvalues, singular values and pseudoinverses. */
export function registerSpectra(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  /** The bytes of `count` rows of n numbers, whole vectors. */
  const rows = (count: number, n: number): number => 16 * count * Math.ceil(n / 2);
  const room = (m: number, n: number): number =>
    memory.scratch(rows(2 * n, m) + rows(2 * n + 4, n));
  /** The signs of vectors are those of their sums with these weights. */
  const weights = (n: number): number => {
    const there = memory.scratchArray("float64", [n]);
    for (let k = 0; k < n; k++) there.data[k] = Math.cos(k);
    return memory.address(there);
  };

  register(table, machine, eighOp.primitive, ([a]) => {
    const { batch, count, n, single } = batchOf(a);
    if (sizeOf(a.shape) === 0) return EMPTY;
    const w = memory.array(dtypeOf(a), [...batch, n]);
    const v = memory.array(dtypeOf(a), a.shape);
    const [to, at] = [memory.address(w), memory.address(v)];
    const x = rowMajor(machine, a);
    const fine = run.eighOf(x, to, at, count, n, single, weights(n), room(0, n));
    return fine === 1 ? [w, v] : REFUSED;
  });

  register(table, machine, svdOp.primitive, ([a]) => {
    const { batch, count, m, n, single } = batchOf(a);
    if (sizeOf(a.shape) === 0) return EMPTY;
    const [k, long] = [Math.min(m, n), Math.max(m, n)];
    const u = memory.array(dtypeOf(a), [...batch, m, k]);
    const s = memory.array(dtypeOf(a), [...batch, k]);
    const vh = memory.array(dtypeOf(a), [...batch, k, n]);
    const [left, to, right] = [memory.address(u), memory.address(s), memory.address(vh)];
    const x = rowMajor(machine, a);
    const work = room(long, k);
    const by = weights(k);
    const fine = run.svdOf(x, left, to, right, count, long, k, m < n, single, by, work);
    return fine === 1 ? [u, s, vh] : REFUSED;
  });

  register(table, machine, pinvOp.primitive, ([a], { atol, rtol }) => {
    const { batch, count, m, n, single } = batchOf(a);
    if (sizeOf(a.shape) === 0) return EMPTY;
    const [k, long] = [Math.min(m, n), Math.max(m, n)];
    const p = memory.array(dtypeOf(a), [...batch, n, m]);
    const rank = memory.array("int32", batch);
    const [to, at] = [memory.address(p), memory.address(rank)];
    const x = rowMajor(machine, a);
    const work = room(long, k);
    const fine = run.pinvOf(x, to, at, count, long, k, m < n, single, atol, rtol, work);
    return fine === 1 ? [p, rank] : REFUSED;
  });
}
