/** @file The limit that kernels are measured against. */
import { compileKernelsSync } from "./kernel-exports.ts";
import { Machine } from "./machine.ts";

const ROUNDS = 20_000;
const FLOP = 96 * ROUNDS;

/**
 * GFLOP/s of multiplications and additions on four float32 lanes that wait for nothing, one thread:
 * the best of some 200 ms.
 * @example console.log(`${((100 * gflops) / f32x4Peak()).toFixed(0)} % of the peak`);
 */
export function f32x4Peak(): number {
  const { run } = new Machine(compileKernelsSync(), 2 ** 20);
  let best = Number.POSITIVE_INFINITY;
  for (const start = performance.now(); performance.now() - start < 200; ) {
    const before = performance.now();
    run.multiplyAdd(ROUNDS, 0.999, 0.001);
    best = Math.min(best, performance.now() - before);
  }
  return FLOP / best / 1e6;
}
