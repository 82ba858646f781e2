/**
 * @file Workers on the same memory: jobs are kernel calls, taken by whoever is free, this thread
 * included.
 */
import { BackendError } from "@spm/core/extend";
import type { DeferredKernels, Kernels } from "./kernel-exports.ts";
import type { KernelName } from "./kernels.ts";
import { SLOT, SLOTS, SPINS, threadSource, WORDS_BYTES, words } from "./thread-source.ts";

/** A kernel, and what it is called with. */
export type KernelCall = readonly [kernel: KernelName, ...args: readonly (number | boolean)[]];

/** As much of a worker as is used; Node's and browsers' both have it. */
interface Thread {
  terminate(): unknown;
}

/** Bytes of the block that a team shares. */
export const CONTROL_BYTES: number = WORDS_BYTES + 8 * SLOTS * SLOT;

/** Milliseconds. */
const NAP = 0.1;

/** A browser's main thread must not sleep. */
const mayWait = nodeWorkers() !== undefined || typeof document === "undefined";

/** Whether this place has memory that threads share, and threads. */
export const hasThreads = (): boolean =>
  typeof SharedArrayBuffer === "function" &&
  (nodeWorkers() !== undefined || typeof Worker === "function");

/** How many threads this machine runs at once, as far as it says. */
export function coreCount(): number {
  const { process, navigator } = globalThis as Surroundings;
  return (
    process?.getBuiltinModule?.("node:os").availableParallelism() ??
    navigator?.hardwareConcurrency ??
    1
  );
}

/** As much of what Node and browsers say of themselves as is used. */
interface Surroundings {
  readonly process?: { getBuiltinModule?(name: "node:os"): { availableParallelism(): number } };
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

/** As much of Node's `worker_threads` as is used. */
interface WorkerThreads {
  readonly Worker: new (
    url: URL,
    options: { workerData: object; execArgv: string[] },
  ) => Thread & { unref(): void };
}

function nodeWorkers(): WorkerThreads | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): WorkerThreads };
  };
  return process?.getBuiltinModule?.("node:worker_threads");
}

/** Starts a worker that no process stays alive for. */
function start(data: object): Thread {
  const node = nodeWorkers();
  if (node !== undefined) {
    const url = new URL(`data:text/javascript,${encodeURIComponent(threadSource)}`);
    const worker = new node.Worker(url, { workerData: data, execArgv: [] });
    worker.unref();
    return worker;
  }
  const url = URL.createObjectURL(new Blob([threadSource], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.postMessage(data);
  return worker;
}

/** Threads that take jobs from a ring of slots in their shared memory. */
export class ThreadPool {
  readonly #kernels: Kernels;
  readonly #indices: ReadonlyMap<string, number>;
  readonly #words: Int32Array;
  readonly #slots: Float64Array;
  readonly #threads: readonly Thread[];
  readonly #collected: KernelCall[] = [];
  /** The kernels' namesakes: they only note with what they were called. */
  readonly collect: DeferredKernels;

  /** @param control - address of {@link CONTROL_BYTES} bytes, eight to a line
   * @param count - threads, this one included */
  constructor(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    kernels: Kernels,
    control: number,
    count: number,
  ) {
    this.#kernels = kernels;
    this.#indices = new Map(WebAssembly.Module.exports(module).map(({ name }, k) => [name, k]));
    this.#words = new Int32Array(memory.buffer, control, WORDS_BYTES / 4).fill(0);
    this.#slots = new Float64Array(memory.buffer, control + WORDS_BYTES, SLOTS * SLOT);
    const note = (kernel: string) => [
      kernel,
      (...args: readonly (number | boolean)[]) =>
        this.#collected.push([kernel as KernelName, ...args]),
    ];
    this.collect = Object.fromEntries(Object.keys(kernels).map(note)) as DeferredKernels;
    this.#threads = Array.from({ length: count - 1 }, () => start({ module, memory, control }));
  }

  /** Runs what was noted. @throws BackendError when one traps */
  runCollected(): void {
    this.run(this.#collected.splice(0));
  }

  /**
   * Runs calls that don't depend on each other, and returns when all are done.
   * @throws BackendError when one traps
   */
  run(calls: readonly KernelCall[]): void {
    for (let k = 0; k < calls.length; k += SLOTS) this.#runSome(calls.slice(k, k + SLOTS));
  }

  #runSome(calls: readonly KernelCall[]): void {
    const control = this.#words;
    const first = Atomics.load(control, words.limit);
    const limit = (first + calls.length) | 0;
    calls.forEach(([kernel, ...args], k) => {
      const slot = ((first + k) & (SLOTS - 1)) * SLOT;
      this.#slots[slot] = this.#indices.get(kernel)!;
      this.#slots[slot + 1] = args.length;
      this.#slots.set(args.map(Number), slot + 2);
    });
    Atomics.store(control, words.limit, limit);
    if (Atomics.load(control, words.sleeping) > 0) Atomics.notify(control, words.limit);
    for (;;) {
      const ticket = Atomics.load(control, words.next);
      if (ticket === limit) break;
      if (Atomics.compareExchange(control, words.next, ticket, (ticket + 1) | 0) !== ticket)
        continue;
      const [kernel, ...args] = calls[(ticket - first) | 0]!;
      try {
        this.#kernels[kernel](...args);
      } catch {
        Atomics.store(control, words.failed, 1);
      }
      Atomics.add(control, words.done, 1);
    }
    this.#awaitOthers(limit);
    if (Atomics.exchange(control, words.failed, 0) !== 0)
      throw new BackendError(
        "wasm",
        "kernels that run through",
        `a trap in ${calls.map(([kernel]) => kernel)[0]}`,
      );
  }

  /**
   * Waits for the others' last jobs: turning, and where they take longer than a turn on a free core
   * would, asleep in between.
   */
  #awaitOthers(limit: number): void {
    const control = this.#words;
    for (let spins = 0; ; spins++) {
      const done = Atomics.load(control, words.done);
      if (done === limit) return;
      if (spins > SPINS && mayWait) Atomics.wait(control, words.done, done, NAP);
    }
  }

  /** Jobs that other threads ran. */
  get helped(): number {
    return Atomics.load(this.#words, words.helped);
  }

  /** Ends the threads. */
  async stop(): Promise<void> {
    Atomics.store(this.#words, words.stop, 1);
    Atomics.notify(this.#words, words.limit);
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}
