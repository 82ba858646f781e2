/** @file A pool of device buffers: training steps ask for the same sizes in the same order. */

import { BackendError } from "@spm/core/extend";

/** The numbers that the WebGPU specification gives to `GPUBufferUsage`; Node has no such global. */
export const usage = {
  mapRead: 0x1,
  copySource: 0x4,
  copyTarget: 0x8,
  uniform: 0x40,
  storage: 0x80,
} as const;

const storageUsage = usage.storage | usage.copySource | usage.copyTarget;

/**
 * A buffer of the pool; `length` elements of it are in use. A captured step exchanges the buffers
 * of two of them.
 */
export interface PooledBuffer {
  buffer: GPUBuffer;
  /** Bytes from its beginning. */
  offset: number;
  /** The larger piece of which it is a part; null where it is a buffer of its own. */
  arena: Arena | null;
  readonly length: number;
  /** Unique; names the buffer in the cache of bind groups. */
  id: number;
  /** The batch of commands that used it last. */
  lastBatch: number;
}

/** A buffer in parts, which goes back to the pool with the last of them. */
interface Arena {
  readonly whole: PooledBuffer;
  parts: number;
}

/** The bytes of a buffer of `length` elements. */
export const sizeFor = (length: number): number =>
  Math.max(256, Math.ceil((length * 4) / 256) * 256);

/** Exchanges what two pieces of memory of one length stand for. */
export function exchange(a: PooledBuffer, b: PooledBuffer): void {
  [a.buffer, b.buffer] = [b.buffer, a.buffer];
  [a.id, b.id] = [b.id, a.id];
  [a.offset, b.offset] = [b.offset, a.offset];
  [a.arena, b.arena] = [b.arena, a.arena];
}

/** Bytes that the pool may hold beyond twice what was ever in use at once. */
const slack = 256 * 2 ** 20;

/**
 * Hands out buffers and takes them back. Of the idle ones of a size the oldest is next, so that the
 * buffers of a step depend on those in use and not on the order of releases, and steps soon repeat
 * each other. Sizes are rounded up to 256 bytes.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #drained: () => void;
  /** By size; the oldest is the last. */
  readonly #idle: Map<number, { buffer: GPUBuffer; id: number; lastBatch: number }[]> = new Map();
  /** Bytes of the largest buffer. */
  readonly #most: number;
  #nextId = 0;
  liveBuffers = 0;
  liveBytes = 0;
  idleBuffers = 0;
  idleBytes = 0;
  #mostBytes = 0;

  /** @param drained - called once buffers were destroyed */
  constructor(device: GPUDevice, drained: () => void) {
    this.#device = device;
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
    this.#most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    this.#drained = drained;
  }

  /**
   * A buffer of `length` elements with arbitrary contents.
   * @throws BackendError for more than one buffer holds
   */
  take(length: number): PooledBuffer {
    const most = this.#most;
    if (length * 4 > most)
      throw new BackendError(
        "gpu",
        `at most ${most} bytes in one tensor`,
        `${length * 4}`,
        "split the batch, or run it on the CPU",
      );
    const size = sizeFor(length);
    const idle = this.#idle.get(size)?.pop();
    this.liveBuffers++;
    this.liveBytes += size;
    this.#mostBytes = Math.max(this.#mostBytes, this.liveBytes);
    if (idle !== undefined) {
      this.idleBuffers--;
      this.idleBytes -= size;
      return { ...idle, length, offset: 0, arena: null };
    }
    return {
      offset: 0,
      arena: null,
      buffer: this.#device.createBuffer({ size, usage: storageUsage }),
      length,
      id: this.#nextId++,
      lastBatch: -1,
    };
  }

  /** Buffers of these lengths, one behind the other in one. */
  split(lengths: readonly number[]): PooledBuffer[] {
    const bytes = lengths.map(sizeFor);
    const whole = this.take(bytes.reduce((a, b) => a + b, 0) / 4);
    const { buffer, lastBatch } = whole;
    const arena = { whole, parts: lengths.length };
    let at = 0;
    return lengths.map((length, k) => {
      const offset = at;
      at += bytes[k] ?? 0;
      return { buffer, offset, arena, length, id: this.#nextId++, lastBatch };
    });
  }

  /** Takes a buffer back. */
  give({ buffer, id, lastBatch, arena }: PooledBuffer): void {
    if (arena !== null) {
      if (--arena.parts === 0) this.give(arena.whole);
      return;
    }
    const { size } = buffer;
    let idle = this.#idle.get(size);
    if (idle === undefined) {
      idle = [];
      this.#idle.set(size, idle);
    }
    const at = 1 + idle.findLastIndex((younger) => younger.id > id);
    idle.splice(at, 0, { buffer, id, lastBatch });
    this.liveBuffers--;
    this.liveBytes -= size;
    this.idleBuffers++;
    this.idleBytes += size;
  }

  /**
   * Whether the pool holds more than a loop over the same sizes can need. It holds much, since a
   * new buffer is expensive: the device clears it first.
   */
  get crowded(): boolean {
    return this.liveBytes + this.idleBytes > 2 * this.#mostBytes + slack;
  }

  /** Destroys the idle buffers, which no command may use that is not submitted yet. */
  drain(): void {
    for (const buffers of this.#idle.values()) for (const { buffer } of buffers) buffer.destroy();
    this.#drained();
    this.#idle.clear();
    this.idleBuffers = 0;
    this.idleBytes = 0;
  }
}
