/** @file Two clocks of training: one that stands still during evaluations, one that does not. */

/** Runs from its construction. */
export class Stopwatch {
  readonly #start = performance.now();
  #paused = 0;
  #pausedSince: number | undefined;

  /** Seconds without the pauses, and seconds in all. */
  read(): { readonly seconds: number; readonly elapsed: number } {
    const now = performance.now();
    const running = (this.#pausedSince ?? now) - this.#start - this.#paused;
    return { seconds: running / 1000, elapsed: (now - this.#start) / 1000 };
  }

  /** Runs `f` while the first clock stands still. */
  async pausedFor(f: () => Promise<void>): Promise<void> {
    const since = performance.now();
    this.#pausedSince = since;
    try {
      await f();
    } finally {
      this.#paused += performance.now() - since;
      this.#pausedSince = undefined;
    }
  }
}
