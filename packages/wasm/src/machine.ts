/**
 * @file The machine that kernels run on: a memory, the compiled functions on it, and threads; and
 * the registration of a kernel in the backend's table.
 */
import type { NdArray } from "@spm/core";
import type { Kernel, KernelTable, Places, Primitive } from "@spm/core/extend";
import { bindKernels, type DeferredKernels, type Kernels } from "./kernel-exports.ts";
import { WasmMemory } from "./memory.ts";
import { CONTROL_BYTES, ThreadPool } from "./thread-pool.ts";

/** One WebAssembly instance, and with `threads` > 1 as many more on the same memory. */
export class Machine {
  readonly memory: WasmMemory;
  readonly run: Kernels;
  readonly threads: number;
  readonly fallbacks: Map<string, { primitive: string; reason: string; count: number }> = new Map();
  #pool: ThreadPool | null = null;

  /** @param module - compiled for shared memory where there are several threads */
  constructor(module: WebAssembly.Module, bytes: number, threads = 1) {
    this.memory = new WasmMemory(bytes, threads > 1);
    this.run = bindKernels(module, this.memory.memory);
    this.threads = threads;
    if (threads > 1)
      this.#pool = new ThreadPool(
        module,
        this.memory.memory,
        this.run,
        this.memory.block(CONTROL_BYTES),
        threads,
      );
  }

  /**
   * Runs a kernel on each piece, in parallel where there are threads: no piece may read what
   * another writes.
   * @param call - calls one kernel of `run`, with numbers written out: a list of them costs more
   * than a small kernel
   */
  parallelFor(
    pieces: readonly (readonly [from: number, to: number])[],
    call: (run: DeferredKernels, from: number, to: number, k: number) => void,
  ): void {
    const pool = pieces.length > 1 ? this.#pool : null;
    const run: DeferredKernels = pool === null ? this.run : pool.collect;
    let k = 0;
    for (const [from, to] of pieces) call(run, from, to, k++);
    pool?.runCollected();
  }

  /**
   * Cuts [0, count) into pieces for the threads, each but the last a multiple of `grain`: only for
   * calls whose result does not depend on where the cuts are.
   * @param least - the smallest piece worth a thread
   */
  pieces(count: number, grain: number, least: number): [from: number, to: number][] {
    if (this.threads === 1) return count > 0 ? [[0, count]] : [];
    return cut(count, Math.max(1, Math.min(this.threads, Math.floor(count / least))), grain);
  }

  /** Ends the threads; later calls run on the calling thread. */
  async stop(): Promise<void> {
    const pool = this.#pool;
    this.#pool = null;
    await pool?.stop();
  }

  /** Counts a call that the reference ran. */
  fallback(primitive: string, reason: string): void {
    const key = `${primitive}: ${reason}`;
    const seen = this.fallbacks.get(key) ?? { primitive, reason, count: 0 };
    seen.count++;
    this.fallbacks.set(key, seen);
  }
}

/** [0, count) in at most so many pieces, each but the last a multiple of `grain`. */
export function cut(count: number, pieces: number, grain: number): [from: number, to: number][] {
  const size = Math.ceil(count / pieces / grain) * grain;
  const cuts: [number, number][] = [];
  for (let from = 0; from < count; from += size) cuts.push([from, Math.min(count, from + size)]);
  return cuts;
}

/**
 * Adds a kernel for a primitive. `body` returns the outputs, or the reason of a fallback; its
 * scratch is freed when it ends.
 */
export function register<I extends Places, O extends Places, Options>(
  table: KernelTable<NdArray>,
  machine: Machine,
  primitive: Primitive<I, O, Options>,
  body: Kernel<NdArray, NoInfer<I>, NoInfer<O>, NoInfer<Options>>,
): void {
  table.set(primitive, (inputs, options, recorded, residual) => {
    try {
      return body(inputs, options, recorded, residual);
    } finally {
      machine.memory.endCall();
    }
  });
}

/** The reason of a fallback for float64 and integer arrays. */
export const NOT_FLOAT32 = "not float32";

/** The reason of a fallback for a backward whose forward kept no residual. */
export const NO_RESIDUAL = "no residual";

/** Whether all arrays are float32. */
export const allFloat32 = (arrays: readonly NdArray[]): boolean =>
  arrays.every((a) => a.data instanceof Float32Array);
