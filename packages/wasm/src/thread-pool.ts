/**
 * @file Workers on the same memory: jobs are kernel calls, taken by any free thread, the calling
 * one included.
 */
import { BackendError } from "@spm/core/extend";
import type { DeferredKernels, Kernels } from "./kernel-exports.ts";
import type { KernelName } from "./kernels.ts";
import { busyWord, SLOT, SLOTS, SPINS, threadSource, WORDS_BYTES, words } from "./thread-source.ts";

/** A kernel and its arguments. */
export type KernelCall = readonly [kernel: KernelName, ...args: readonly (number | boolean)[]];

/** A worker, in Node as in browsers. */
interface Thread {
  terminate(): unknown;
  /** Whether it still runs; a browser doesn't say. */
  alive(): boolean;
}

/** Bytes of the block that the threads of a pool share. */
export const CONTROL_BYTES: number = WORDS_BYTES + 8 * SLOTS * SLOT;

/** Milliseconds that a waiting thread sleeps at a time. */
const NAP = 0.1;

/** Naps after which it asks for the first time whether the workers are alive: a power of two. */
const ROLL_CALL = 256;

/** Whether this thread may sleep: a browser's main thread may not. */
const mayWait = nodeWorkers() !== undefined || typeof document === "undefined";

/** Whether the engine has threads, and memory that they share. */
export const hasThreads = (): boolean =>
  typeof SharedArrayBuffer === "function" &&
  (nodeWorkers() !== undefined || typeof Worker === "function");

/** The number of threads that this machine runs at once; 1 where it does not say. */
export function coreCount(): number {
  const { process, navigator } = globalThis as Globals;
  return (
    process?.getBuiltinModule?.("node:os").availableParallelism() ??
    navigator?.hardwareConcurrency ??
    1
  );
}

/** The globals of Node and browsers that are used. */
interface Globals {
  readonly process?: { getBuiltinModule?(name: "node:os"): { availableParallelism(): number } };
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

/** The part of Node's `worker_threads` that is used. */
interface WorkerThreads {
  readonly Worker: new (
    url: URL,
    options: { workerData: object; transferList: object[]; execArgv: string[] },
  ) => { terminate(): unknown; unref(): void; on(event: "error", listener: () => void): void };
  readonly MessageChannel: new () => { port1: object; port2: { postMessage(value: 0): unknown } };
}

function nodeWorkers(): WorkerThreads | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): WorkerThreads };
  };
  return process?.getBuiltinModule?.("node:worker_threads");
}

/** Starts a worker, which keeps no process alive. */
function start(data: object): Thread {
  const node = nodeWorkers();
  if (node !== undefined) {
    const url = new URL(`data:text/javascript,${encodeURIComponent(threadSource)}`);
    const { port1: port, port2 } = new node.MessageChannel();
    const workerData = { ...data, port };
    const worker = new node.Worker(url, { workerData, transferList: [port], execArgv: [] });
    worker.unref();
    worker.on("error", () => {}); // a thread that ends is noticed where its work is missing
    // A worker's end is an event, which waits while this thread computes. But its port is closed
    // with it, and Node's postMessage says at once whether anybody is at the other end.
    const answers = (): boolean => port2.postMessage(0) === true;
    const alive = answers() ? answers : (): boolean => true;
    return { terminate: () => worker.terminate(), alive };
  }
  const url = URL.createObjectURL(new Blob([threadSource], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.postMessage(data);
  return { terminate: () => worker.terminate(), alive: () => true };
}

/** Threads that take jobs from a ring of slots in their shared memory. */
export class ThreadPool {
  readonly #kernels: Kernels;
  readonly #indices: ReadonlyMap<string, number>;
  readonly #words: Int32Array;
  readonly #slots: Float64Array;
  readonly #threads: readonly Thread[];
  readonly #collected: KernelCall[] = [];
  /** Functions of the kernels' names that only record their calls. */
  readonly #collect: DeferredKernels;

  /**
   * @param control - address of {@link CONTROL_BYTES} bytes
   * @param count - threads, the calling one included
   */
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
    this.#collect = Object.fromEntries(Object.keys(kernels).map(note)) as DeferredKernels;
    this.#threads = Array.from({ length: count - 1 }, (_, k) =>
      start({ module, memory, control, busy: busyWord(k) }),
    );
  }

  /**
   * Runs the calls that `collect` makes; none of them where it throws.
   * @throws BackendError when one traps, or its thread ends
   */
  runCollected(collect: (run: DeferredKernels) => void): void {
    this.#collected.length = 0;
    collect(this.#collect);
    this.run(this.#collected.splice(0));
  }

  /**
   * Runs calls that don't depend on each other, and returns when all are done.
   * @throws BackendError when one traps, or its thread ends
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
    const left = this.#awaitOthers(limit);
    const failed = Atomics.exchange(control, words.failed, 0) !== 0;
    if (left !== null) {
      const help = `run the step again; threads left: ${left + 1}`;
      const got = `one that ended in the middle of ${calls[0]?.[0]}`;
      throw new BackendError("wasm", "threads that end their work", got, help);
    }
    if (failed)
      throw new BackendError("wasm", "kernels that run through", `a trap in ${calls[0]?.[0]}`);
  }

  /**
   * Waits for the others' last jobs: spinning, and after {@link SPINS} turns asleep in between.
   * @returns null; or the number of workers that are left, where one ended with a job
   */
  #awaitOthers(limit: number): number | null {
    const control = this.#words;
    let naps = 0;
    for (let spins = 0; ; spins++) {
      const done = Atomics.load(control, words.done);
      if (done === limit) return null;
      if (spins <= SPINS) continue;
      if (mayWait) Atomics.wait(control, words.done, done, NAP);
      if (++naps < ROLL_CALL || (naps & (naps - 1)) !== 0) continue; // after twice the time each
      if (this.#threads.some((thread, k) => this.#isBusy(k) && thread.alive())) continue;
      if (Atomics.load(control, words.done) === limit) return null;
      Atomics.store(control, words.done, limit); // what is missing will never be done
      return this.#threads.filter((thread) => thread.alive()).length;
    }
  }

  #isBusy(k: number): boolean {
    return Atomics.load(this.#words, busyWord(k)) !== 0;
  }

  /** The number of jobs that other threads ran. */
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
