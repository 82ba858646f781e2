/** @file Matrix products: packed panels; a row or a column alone goes without packing. */
import type { NdArray } from "@spm/core";
import {
  broadcastArray,
  broadcastShapes,
  type KernelTable,
  matmulOp,
  sizeOf,
  wrap,
} from "@spm/core/extend";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { eachOuter, inBytes, lastTwo, plainArray } from "./plain.ts";

/** A matrix in memory: its address, and the bytes from row to row and from column to column. */
interface PlacedMatrix {
  readonly at: number;
  readonly row: number;
  readonly column: number;
}

/** Adds the kernel of the matrix product. */
export function registerMatmul(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  register(table, machine, matmulOp.primitive, ([a, b]) => {
    if (!allFloat32([a, b])) return NOT_FLOAT32;
    const lead = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
    const [m, k] = lastTwo(a.shape);
    const [, n] = lastTwo(b.shape);
    const out = memory.array("float32", [...lead, m, n]);
    if (sizeOf(out.shape) === 0) return [out];
    const [left, right] = [overBatch(machine, a, lead), overBatch(machine, b, lead)];
    const scratch = memory.scratch(4 * run.gemmScratch(m, n, k));
    const matrix = ({ stride }: NdArray, base: number, offset: number): PlacedMatrix => {
      const [row, column] = inBytes(4, stride.length)(stride);
      return { at: base + 4 * offset, row, column };
    };
    const [leftAt, rightAt] = [memory.address(left), memory.address(right)];
    let c = memory.address(out);
    eachOuter(lead, [left.stride, right.stride], ([i, j]) => {
      multiply(machine, [m, n, k], matrix(left, leftAt, i), matrix(right, rightAt, j), c, scratch);
      c += 4 * m * n;
    });
    return [out];
  });
}

/** The matrices of a batch, repeated by steps of 0 where they are broadcast. */
function overBatch(machine: Machine, x: NdArray, lead: readonly number[]): NdArray {
  const whole = sizeOf(x.shape) === 0 ? wrap(x.data, x.shape, x.stride, 0) : x;
  const plainEnough = whole.stride.slice(-2).every((s) => s >= 0);
  return broadcastArray(plainEnough ? whole : plainArray(machine, whole), [
    ...lead,
    ...x.shape.slice(-2),
  ]);
}

const GRAIN = 64; // rows: many, since each piece packs all of B
const WORTH = 2 ** 18; // multiplications that are worth a thread

function multiply(
  machine: Machine,
  [m, n, k]: readonly [number, number, number],
  a: PlacedMatrix,
  b: PlacedMatrix,
  c: number,
  scratch: number,
): void {
  const { run } = machine;
  if (k > 0 && (m === 1 || n === 1)) {
    // One row, or, transposed, one column.
    const [width, x, step, rows, columns] =
      m === 1 ? [n, a.at, a.column, b.row, b.column] : [m, b.at, b.row, a.column, a.row];
    const other = m === 1 ? b.at : a.at;
    if (columns === 4 || width === 1)
      return void run.rowTimesRows(width, k, x, step, other, rows, c);
    if (rows === 4 && step === 4) return void run.rowTimesColumns(width, k, x, other, columns, c);
  }
  const pieces = machine.pieces(m, GRAIN, WORTH / Math.max(1, n * k));
  machine.parallelFor(pieces, (calls, from, to, i) => {
    const room = i === 0 ? scratch : machine.memory.scratch(4 * machine.run.gemmScratch(m, n, k));
    const left = a.at + from * a.row;
    calls.gemm(
      to - from,
      n,
      k,
      left,
      a.row,
      a.column,
      b.at,
      b.row,
      b.column,
      c + 4 * from * n,
      room,
    );
  });
}
