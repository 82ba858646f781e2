/** @file Two clocks of training: one that stands still during evaluations, one that does not. */

/** Runs from its construction. */
export class Stopwatch {
  readonly #start = performance.now();
  #paused = 0;

  /** Seconds without the pauses, and seconds in all. */
  read(): { readonly seconds: number; readonly elapsed: number } {
    const elapsed = (performance.now() - this.#start) / 1000;
    return { seconds: elapsed - this.#paused, elapsed };
  }

  /** Runs `f` while the first clock stands still. */
  async pausedFor<T>(f: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await f();
    } finally {
      this.#paused += (performance.now() - start) / 1000;
    }
  }
}
