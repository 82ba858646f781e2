/** @file The peak that kernels are measured against. */
import { compileKernelsSync } from "./kernel-exports.ts";
import { Machine } from "./machine.ts";

const REPEATS = 20_000;
const FLOP = 96 * REPEATS;

/**
 * The peak of one thread in GFLOP/s: independent multiplications and additions on four float32
 * lanes, the best of 200 ms.
 * @example console.log(`${f32x4Peak().toFixed(1)} GFLOP/s`);
 */
export function f32x4Peak(): number {
  const { run } = new Machine(compileKernelsSync(), 2 ** 20);
  let best = Number.POSITIVE_INFINITY;
  for (const start = performance.now(); performance.now() - start < 200; ) {
    const before = performance.now();
    run.multiplyAdd(REPEATS, 0.999, 0.001);
    best = Math.min(best, performance.now() - before);
  }
  return FLOP / best / 1e6;
}
