/** @file Two clocks of training: one that is paused during evaluations, one that isn't. */

/** The time of both clocks in seconds: without the pauses, and in all. */
export interface Clocks {
  readonly seconds: number;
  readonly elapsed: number;
}

/** Runs from its construction, or continues from the time of another one. */
export class Stopwatch {
  readonly #start: number;
  #paused: number;
  #pausedSince: number | undefined;

  constructor({ seconds, elapsed }: Clocks = { seconds: 0, elapsed: 0 }) {
    this.#start = performance.now() - 1000 * elapsed;
    this.#paused = 1000 * (elapsed - seconds);
  }

  /** Seconds without the pauses, and seconds in all. */
  read(): Clocks {
    const now = performance.now();
    const running = (this.#pausedSince ?? now) - this.#start - this.#paused;
    return { seconds: running / 1000, elapsed: (now - this.#start) / 1000 };
  }

  /** Runs `f` while the first clock is paused. */
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
