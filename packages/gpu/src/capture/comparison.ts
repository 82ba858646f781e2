/** @file A repetition beside a call that ran: the same numbers, and the same bits. */
import type { Executor, Memory } from "../executor.ts";

/** Elements on the device, as they are now: what is enqueued later doesn't change them. */
export const readAll = (
  executor: Executor,
  memories: readonly Memory[],
): Promise<readonly Float32Array[]> =>
  Promise.all(memories.map((memory) => executor.read(memory, 0, memory.length)));

/** The place at which two lists of arrays differ; null: none, bit by bit. */
export function firstDifference(
  got: readonly Float32Array[],
  want: readonly Float32Array[],
): string | null {
  for (const [k, values] of want.entries()) {
    const at = values.findIndex((value, i) => !Object.is(value, got[k]?.[i]));
    const place = `element ${at} of tensor ${k} of what it leaves`;
    if (at >= 0) return `${got[k]?.[at]} instead of ${values[at]} (${place})`;
  }
  return null;
}
