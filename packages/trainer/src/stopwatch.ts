/** @file Two clocks of training: one that stands still during evaluations, one that does not. */

/** What the clocks show, in seconds: without the pauses, and in all. */
export interface Clocks {
  readonly seconds: number;
  readonly elapsed: number;
}

/** Runs from its construction, or on from what another one showed. */
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
