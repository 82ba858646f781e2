/** @file Factorisations of @spm/linalg that end after a known number of steps; sums in float64. */
import type { NdArray } from "@spm/core";
import { dtypeOf, elements, isContiguous, type KernelTable, sizeOf } from "@spm/core/extend";
import { choleskyOp, luOp, qrOp, solveOp, triangularSolveOp } from "@spm/linalg/extend";
import { type Machine, register } from "./machine.ts";
import { contiguous, lastTwo } from "./plain.ts";

/** Bytes of an element of the two matrices that a kernel works on at a time. */
const WORD = 16;

/** The reason of a fallback where the reference says which matrix of the batch is at fault. */
export const REFUSED = "a matrix without that factorisation";

export const EMPTY = "rows of no elements";

/** Adds the kernels of LU, Cholesky's factorisation, and the solution of linear systems. */
export function registerFactorisations(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  const work = (elements: number): number => memory.scratch(WORD * Math.max(1, elements));

  register(table, machine, choleskyOp.primitive, ([a]) => {
    const { count, n, single } = batchOf(a);
    if (sizeOf(a.shape) === 0) return EMPTY;
    const out = memory.array(dtypeOf(a), a.shape);
    const x = rowMajor(machine, a);
    const fine = run.choleskyOf(x, memory.address(out), count, n, single, work(n * n));
    return fine === 1 ? [out] : REFUSED;
  });

  register(table, machine, luOp.primitive, ([a]) => {
    const { batch, count, m, n, single } = batchOf(a);
    if (sizeOf(a.shape) === 0) return EMPTY;
    const out = memory.array(dtypeOf(a), a.shape);
    const order = memory.array("int32", [...batch, m]);
    const parity = memory.array(dtypeOf(a), batch);
    const results = [out, order, parity] as const;
    const [at, rows, sign] = results.map((array) => memory.address(array));
    const x = rowMajor(machine, a);
    run.luOf(x, at ?? 0, rows ?? 0, sign ?? 0, count, m, n, single, work(m * n + m));
    return results;
  });

  register(table, machine, qrOp.primitive, ([a]) => {
    const { batch, count, m, n, single } = batchOf(a);
    if (sizeOf(a.shape) === 0) return EMPTY;
    const out = memory.array(dtypeOf(a), a.shape);
    const results = [out, memory.array(dtypeOf(a), [...batch, n, n])] as const;
    const [q, r] = results.map((array) => memory.address(array));
    run.qrOf(rowMajor(machine, a), q ?? 0, r ?? 0, count, m, n, single, work(2 * m * n + n));
    return results;
  });

  register(table, machine, solveOp.primitive, ([a, b]) => {
    const { count, n, single } = batchOf(a);
    if (sizeOf(b.shape) === 0) return EMPTY;
    const [, k] = lastTwo(b.shape);
    const out = memory.array(dtypeOf(b), b.shape);
    const [left, right] = [rowMajor(machine, a), rowMajor(machine, b)];
    const room = work(n * n + n + n * k);
    const fine = run.solveOf(left, right, memory.address(out), count, n, k, single, room);
    return fine === 1 ? [out] : REFUSED;
  });

  register(table, machine, triangularSolveOp.primitive, ([t, b], { upper, unitriangular }) => {
    const { count, n, single } = batchOf(t);
    if (sizeOf(b.shape) === 0) return EMPTY;
    const [, k] = lastTwo(b.shape);
    const out = memory.array(dtypeOf(b), b.shape);
    const to = memory.address(out);
    const [left, right] = [rowMajor(machine, t), rowMajor(machine, b)];
    const room = work(n * n + n * k);
    run.triangularOf(left, right, to, count, n, k, upper, unitriangular, single, room);
    return [out];
  });
}

/** The number of matrices of a batch, their size, and whether they are float32. */
export function batchOf({ shape, data }: NdArray): {
  batch: number[];
  count: number;
  m: number;
  n: number;
  single: boolean;
} {
  const [m, n] = lastTwo(shape);
  const batch = shape.slice(0, -2);
  return { batch, count: sizeOf(batch), m, n, single: data instanceof Float32Array };
}

/** Address of the elements in row-major order, for this kernel call. */
export function rowMajor(machine: Machine, x: NdArray): number {
  if (x.data instanceof Float32Array || isContiguous(x)) return contiguous(machine, x);
  const there = machine.memory.scratchArray("float64", x.shape);
  there.data.set(elements(x));
  return machine.memory.address(there);
}
