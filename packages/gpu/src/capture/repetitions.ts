/** @file The repetitions of a device, told of the release of memory that they read. */
import type { CapturedCounts, Memory } from "../executor.ts";
import type { Repetition } from "./repetition.ts";

/** All repetitions of a device. */
export class Repetitions {
  readonly #all: Set<Repetition> = new Set();
  /** Those that read a piece of memory. */
  readonly #reading: Map<Memory, Set<Repetition>> = new Map();

  /** Tells a repetition of the release of what it reads, until it is dropped. */
  add(repetition: Repetition): void {
    this.#all.add(repetition);
    for (const memory of repetition.watches)
      this.#reading.set(memory, (this.#reading.get(memory) ?? new Set()).add(repetition));
  }

  /** Disposes of a repetition. */
  drop(repetition: Repetition): void {
    if (!this.#all.delete(repetition)) return;
    for (const memory of repetition.watches) {
      const others = this.#reading.get(memory);
      others?.delete(repetition);
      if (others?.size === 0) this.#reading.delete(memory);
    }
    repetition.dispose();
  }

  /** Disposes of all. */
  clear(): void {
    for (const repetition of [...this.#all]) this.drop(repetition);
  }

  /** Notes that memory was released. */
  released(memory: Memory): void {
    for (const repetition of this.#reading.get(memory) ?? []) repetition.break();
  }

  /** The counts of all together. */
  counts(): CapturedCounts {
    const total = (count: (one: Repetition) => number): number =>
      [...this.#all].reduce((sum, one) => sum + count(one), 0);
    return {
      steps: this.#all.size,
      launches: total(({ launches }) => launches),
      buffers: total(({ buffers }) => buffers.count),
      bytes: total(({ buffers }) => buffers.bytes),
    };
  }
}
