/**
 * @file A backend without a garbage collector or kernels, whose freed memory is poisoned: what
 * reads or frees it too late throws.
 */
import type { Backend, NdArray } from "@spm/core";
import { elements, wrap } from "@spm/core/extend";

/** The reference's arithmetic on memory that must be freed by hand, exactly once. */
export function poisoningBackend(): Backend {
  const allocated = new Set<object>();
  const live = { storages: 0, bytes: 0 };
  const fallbacks = new Map<string, number>();

  const take = (array: NdArray): NdArray => {
    const copy = wrap(elements(array).slice(), array.shape);
    allocated.add(copy.data);
    return copy;
  };
  const alive = (handle: unknown): NdArray => {
    const array = handle as NdArray;
    if (!allocated.has(array.data))
      throw new Error("poisoning backend: memory read after it was freed");
    return array;
  };

  return {
    name: "poisoning",
    kernels: new Map(),
    collected: false,
    live,
    upload: (array) => (allocated.has(array.data) ? array : take(array)),
    arrayOf: alive,
    clone: (handle) => take(alive(handle)),
    download: async (handle) => elements(alive(handle)).slice(),
    memory: (handle) => (handle as NdArray).data,
    bytes: (memory) => (memory as NdArray["data"]).byteLength,
    release(memory) {
      if (!allocated.delete(memory)) throw new Error("poisoning backend: memory freed twice");
      (memory as NdArray["data"]).fill(Number.NaN);
    },
    fallback: (primitive) => void fallbacks.set(primitive, (fallbacks.get(primitive) ?? 0) + 1),
    report: () => ({
      name: "poisoning",
      liveStorages: allocated.size,
      liveBytes: live.bytes,
      fallbacks: [...fallbacks].map(([primitive, count]) => ({
        primitive,
        reason: "no kernel",
        count,
      })),
    }),
    dispose: async () => allocated.clear(),
    [Symbol.asyncDispose]: async () => allocated.clear(),
  };
}
