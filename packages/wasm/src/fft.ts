/** @file The fast Fourier transform. */
import type { NdArray } from "@spm/core";
import type { KernelTable } from "@spm/core/extend";
import { fftOp } from "@spm/numeric";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { contiguous, rowsOf } from "./plain.ts";

/** Adds the kernel of the transform. */
export function registerFft(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  // Lengths are powers of two: all of them together are less than twice the longest.
  const known = new Map<number, Float64Array>();
  /** Address, for this kernel call, of cos and sin of 2πk/n for k < n/2. */
  const turnsAt = (n: number): number => {
    const turns =
      known.get(n) ??
      Float64Array.from({ length: n }, (_, i) => {
        const angle = (2 * Math.PI * (i >> 1)) / n;
        return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
      });
    known.set(n, turns);
    const there = memory.scratchArray("float64", [n]);
    there.data.set(turns);
    return memory.address(there);
  };

  register(table, machine, fftOp.primitive, ([x], sign) => {
    if (!allFloat32([x])) return NOT_FLOAT32;
    const out = memory.array("float32", x.shape);
    const { rows, width: n } = rowsOf(x.shape.slice(0, -1)); // of two numbers each
    run.fftRows(
      contiguous(machine, x),
      memory.address(out),
      rows,
      n,
      sign,
      turnsAt(n),
      memory.scratch(16 * n),
    );
    return [out];
  });
}
