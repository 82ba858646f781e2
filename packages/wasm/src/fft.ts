/** @file The fast Fourier transform. */
import { fftOp, sizeOf } from "@spm/core";
import { allFloat32, type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { plain } from "./plain.ts";

/** Adds the kernel of the transform. */
export function registerFft(table: KernelTable, machine: Machine): void {
  const { memory, run } = machine;
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

  register<1 | -1>(table, machine, fftOp.primitive, (_, [x], sign) => {
    if (!allFloat32([x!])) return NOT_FLOAT32;
    const n = x!.shape.at(-2)!;
    const out = memory.array("float32", x!.shape);
    const rows = sizeOf(x!.shape.slice(0, -2));
    run.fftRows(
      plain(machine, x!),
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
