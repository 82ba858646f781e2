/**
 * @file The memory of a repeated step: buffers of its own for all that a call makes, used again
 * where what they held was released.
 */
import { type PooledBuffer, sizeFor } from "../buffer-pool.ts";
import { isMade, survivors } from "./match.ts";
import type { MemoryId, Noted } from "./recording.ts";

/** The buffers of a repeated step. */
export interface MemoryPlan {
  /** By memory id; those from outside have none. */
  readonly buffers: ReadonlyMap<MemoryId, PooledBuffer>;
  /** All of them, each once. */
  readonly owned: readonly PooledBuffer[];
  /**
   * Memory that outlives the call, as JavaScript holds it, and the buffer to which a repetition
   * writes it: afterwards the two are exchanged.
   */
  readonly kept: readonly { readonly id: MemoryId; readonly memory: PooledBuffer }[];
}

/**
 * Plans the memory of a recording.
 * @param results - the memory that the step returns
 * @param placed - memory that has a buffer already
 * @param take - takes a buffer of so many elements from the pool
 */
export function planMemory(
  recording: Noted,
  results: ReadonlySet<MemoryId>,
  placed: ReadonlyMap<MemoryId, PooledBuffer>,
  take: (length: number) => PooledBuffer,
): MemoryPlan {
  const { events, memories, origins } = recording;
  const buffers = new Map(placed);
  const owned = [...placed.values()];
  const idle = new Map<number, PooledBuffer[]>();
  const lasting = new Set(survivors(recording));
  const fresh = (id: MemoryId): void => {
    const buffer = take(memories[id]?.length ?? 0);
    owned.push(buffer);
    buffers.set(id, buffer);
  };
  for (const [id, origin] of origins.entries()) if (origin === "argument") fresh(id);
  const dying = memories.flatMap((memory, id) => {
    const at = recording.released.get(memory);
    return at !== undefined && origins[id] === "launch" ? [{ id, at }] : [];
  });
  dying.sort((a, b) => a.at - b.at);
  let next = 0;
  for (const [k, event] of events.entries()) {
    for (; next < dying.length && (dying[next]?.at ?? k) <= k; next++) {
      const buffer = buffers.get(dying[next]?.id ?? -1);
      if (buffer === undefined || buffer.arena !== null) continue;
      const { size } = buffer.buffer;
      idle.set(size, [...(idle.get(size) ?? []), buffer]);
    }
    if ("upload" in event) fresh(event.upload);
    else
      for (const id of event.results) {
        if (placed.has(id)) continue;
        const again =
          lasting.has(id) || results.has(id)
            ? undefined
            : idle.get(sizeFor(memories[id]?.length ?? 0))?.pop();
        if (again === undefined) fresh(id);
        else buffers.set(id, again);
      }
  }
  const kept = [...lasting].flatMap((id) => {
    const memory = memories[id] as PooledBuffer | undefined;
    return memory && !results.has(id) && isMade(recording, id) ? [{ id, memory }] : [];
  });
  return { buffers, owned, kept };
}
