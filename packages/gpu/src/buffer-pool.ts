/** @file Device buffers that are used again: a training step asks for the same sizes in the same order, step after step. */

/** The numbers that the WebGPU specification gives to `GPUBufferUsage`; Node has no such global. */
export const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, uniform: 0x40, storage: 0x80 } as const;

const storageUsage = usage.storage | usage.copySource | usage.copyTarget;

/** A buffer out of the pool; `length` elements of it are in use. */
export interface PooledBuffer {
  readonly buffer: GPUBuffer;
  readonly length: number;
  /** Unique; names the buffer in the cache of bind groups. */
  readonly id: number;
  /** The batch of commands that used it last. */
  lastBatch: number;
}

/** Bytes that the pool may hold beyond twice what was ever in use at once. */
const slack = 256 * 2 ** 20;

/**
 * Hands out buffers, and takes them back to hand them out again: of the idle ones of a size the oldest, so that what a step gets depends on
 * what is in use and not on the order in which things were released, and steps soon repeat each other. Sizes are rounded up to 256 bytes.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #drained: () => void;
  /** By size; the oldest is the last. */
  readonly #idle: Map<number, { buffer: GPUBuffer; id: number; lastBatch: number }[]> = new Map();
  #nextId = 0;
  liveBuffers = 0;
  liveBytes = 0;
  idleBuffers = 0;
  idleBytes = 0;
  #mostBytes = 0;

  /** @param drained - told when buffers are gone for good */
  constructor(device: GPUDevice, drained: () => void) {
    this.#device = device;
    this.#drained = drained;
  }

  take(length: number): PooledBuffer {
    const size = Math.max(256, Math.ceil((length * 4) / 256) * 256);
    const idle = this.#idle.get(size)?.pop();
    this.liveBuffers++;
    this.liveBytes += size;
    this.#mostBytes = Math.max(this.#mostBytes, this.liveBytes);
    if (idle !== undefined) {
      this.idleBuffers--;
      this.idleBytes -= size;
      return { ...idle, length };
    }
    return {
      buffer: this.#device.createBuffer({ size, usage: storageUsage }),
      length,
      id: this.#nextId++,
      lastBatch: -1,
    };
  }

  give({ buffer, id, lastBatch }: PooledBuffer): void {
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

  /** Whether more is held than a loop over the same sizes can need: a new buffer is dear, the device clears it first. */
  get crowded(): boolean {
    return this.liveBytes + this.idleBytes > 2 * this.#mostBytes + slack;
  }

  /** Destroys what is idle. Nothing that was not submitted may use it. */
  drain(): void {
    for (const buffers of this.#idle.values()) for (const { buffer } of buffers) buffer.destroy();
    this.#drained();
    this.#idle.clear();
    this.idleBuffers = 0;
    this.idleBytes = 0;
  }
}
