/**
 * @file The machine that kernels run on: a memory, the compiled functions on it, and threads; and
 * the registration of a kernel in the backend's table.
 */
import type { NdArray } from "@spm/core";
import {
  BackendError,
  type Kernel,
  type KernelTable,
  type Places,
  type Primitive,
} from "@spm/core/extend";
import { bindKernels, type DeferredKernels, type Kernels } from "./kernel-exports.ts";
import { WasmMemory } from "./memory.ts";
import { CONTROL_BYTES, ThreadPool } from "./thread-pool.ts";

/** One WebAssembly instance, and with `threads` > 1 as many more on the same memory. */
export class Machine {
  readonly memory: WasmMemory;
  readonly run: Kernels;
  readonly threads: number;
  readonly fallbacks: Map<string, { primitive: string; reason: string; count: number }> = new Map();
  readonly #pool: ThreadPool | null;
  #stopped = false;

  /** @param module - compiled for shared memory where there are several threads */
  constructor(module: WebAssembly.Module, bytes: number, threads = 1) {
    this.memory = new WasmMemory(bytes, threads > 1);
    this.run = bindKernels(module, this.memory.memory);
    this.threads = threads;
    const { memory } = this.memory;
    this.#pool =
      threads > 1
        ? new ThreadPool(module, memory, this.run, this.memory.block(CONTROL_BYTES), threads)
        : null;
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
    const each = (run: DeferredKernels): void => {
      let k = 0;
      for (const [from, to] of pieces) call(run, from, to, k++);
    };
    const pool = pieces.length > 1 ? this.#pool : null;
    if (pool === null) each(this.run);
    else pool.runCollected(each);
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

  /**
   * Runs a kernel call, whose scratch is free when it ends. Where it throws or returns the reason
   * of a fallback, nothing that it made is left.
   * @throws BackendError after {@link stop}
   */
  call<T>(body: () => T): T {
    this.assertOpen();
    let done = false;
    try {
      const result = body();
      done = typeof result !== "string";
      return result;
    } finally {
      this.memory.endCall(done);
    }
  }

  /** @throws BackendError after {@link stop} */
  assertOpen(): void {
    if (this.#stopped)
      throw new BackendError("wasm", "an open backend", "a disposed one", "open another: wasm()");
  }

  /** Ends the threads; nothing is computed any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#pool?.stop();
  }

  /** Counts a call that the reference runs. @throws BackendError after {@link stop} */
  fallback(primitive: string, reason: string): void {
    this.assertOpen();
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
 * Adds a kernel for a primitive. `body` returns the outputs, or the reason of a fallback.
 */
export function register<I extends Places, O extends Places, Options>(
  table: KernelTable<NdArray>,
  machine: Machine,
  primitive: Primitive<I, O, Options>,
  body: Kernel<NdArray, NoInfer<I>, NoInfer<O>, NoInfer<Options>>,
): void {
  table.set(primitive, (inputs, options, recorded, residual) =>
    machine.call(() => body(inputs, options, recorded, residual)),
  );
}

/** The reason of a fallback for float64 and integer arrays. */
export const NOT_FLOAT32 = "not float32";

/** The reason of a fallback for a backward whose forward kept no residual. */
export const NO_RESIDUAL = "no residual";

/** Whether all arrays are float32. */
export const allFloat32 = (arrays: readonly NdArray[]): boolean =>
  arrays.every((a) => a.data instanceof Float32Array);
