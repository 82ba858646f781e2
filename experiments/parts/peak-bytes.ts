/** @file The most bytes that a computation holds. */
import type { Backend } from "@spm/core";

/** A result, and bytes. */
export interface Peak<T> {
  readonly value: T;
  /** The most bytes of storages alive at once, beyond those that were alive before. */
  readonly bytes: number;
}

/**
 * Runs `f` and follows the count of bytes that core keeps for a backend: tensors and residuals, not
 * what a kernel needs while it runs.
 * @example peakBytes(backend, () => scope(() => step())).bytes;
 */
export function peakBytes<T>({ live }: Pick<Backend, "live">, f: () => T): Peak<T> {
  const before = live.bytes;
  let [now, peak] = [before, before];
  const count = { configurable: true, enumerable: true };
  Object.defineProperty(live, "bytes", {
    ...count,
    get: () => now,
    set: (bytes: number) => {
      now = bytes;
      peak = Math.max(peak, now);
    },
  });
  try {
    const value = f();
    return { value, bytes: peak - before };
  } finally {
    Object.defineProperty(live, "bytes", { ...count, writable: true, value: now });
  }
}
