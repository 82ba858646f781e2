/** @file Owners of the memory that is made while a function runs: a call, or a key of a table. */
import type { Executor, Memory } from "./executor.ts";

/** The memory that functions which run now have made. */
export class Attempts {
  readonly #release: (memory: Memory) => void;
  /** One for each function, the innermost last. */
  readonly #made: Set<Memory>[] = [];

  constructor(release: (memory: Memory) => void) {
    this.#release = release;
  }

  /** Notes new memory. @returns it */
  add<M extends Memory>(memory: M): M {
    this.#made.at(-1)?.add(memory);
    return memory;
  }

  /** Forgets memory that was released. */
  delete(memory: Memory): void {
    this.#made.at(-1)?.delete(memory);
  }

  /** Runs `f`. Where it throws, all that it made is released. */
  run<T>(f: () => T): { readonly result: T; readonly made: Iterable<Memory> } {
    const made = new Set<Memory>();
    this.#made.push(made);
    try {
      return { result: f(), made };
    } catch (error) {
      for (const memory of [...made]) this.#release(memory);
      throw error;
    } finally {
      this.#made.pop();
    }
  }
}

/** Memory that goes with its key. */
const ofKeys = new FinalizationRegistry<() => void>((release) => release());

/**
 * The result of `make`. The memory that it makes outlives the kernel call: it is released once
 * `key` is garbage.
 */
export function lasting<T>(executor: Executor, key: object, make: () => T): T {
  const { result, made } = executor.attempt(make);
  ofKeys.register(key, () => {
    for (const memory of made) executor.release(memory);
  });
  return result;
}
