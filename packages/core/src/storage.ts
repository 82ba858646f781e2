/**
 * @file Memory: storages, each counted by its holders, and the holders that scopes own.
 */
import type { Backend } from "./backend.ts";
import { TapeError } from "./errors.ts";

/**
 * A piece of a backend's memory, freed when its last holder is released.
 * @example x.storage.bytes; // of x's elements
 */
export class Storage {
  readonly backend: Backend;
  readonly memory: object;
  readonly bytes: number;
  /**
   * `replaced` once the storage is invalidated: its parameter got another value, and a read of what
   * holds it throws. An object, so that it is shared with copies on the heap. Absent until needed.
   */
  invalidation: { replaced: boolean } | undefined;
  /** The number of its holders; Infinity once it belongs to the garbage collector. */
  holders = 0;

  constructor(backend: Backend, handle: unknown, invalidation?: { replaced: boolean }) {
    this.backend = backend;
    this.memory = backend.memory(handle);
    this.bytes = backend.bytes(this.memory);
    this.invalidation = invalidation;
    this.#count(1);
  }

  release(): void {
    if (--this.holders > 0) return;
    this.#count(-1);
    this.backend.release?.(this.memory);
  }

  /** Leaves it to the garbage collector, if the backend has one. */
  detach(): void {
    if (!this.backend.collected || this.holders === Infinity) return;
    this.holders = Infinity;
    this.#count(-1);
  }

  #count(sign: 1 | -1): void {
    this.backend.live.storages += sign;
    this.backend.live.bytes += sign * this.bytes;
  }
}

/**
 * A backend's array and its storage. Scopes own holders; a tensor is one.
 * @param handle - the backend's array
 * @param source - a holder of the same storage (default: the holder gets a storage of its own)
 * @example new Holder(reference, wrap(new Float32Array(6), [2, 3])).storage.bytes; // 24
 */
export class Holder {
  /** One private field: a browser's console lists each of them before what is public. */
  readonly #has: { owner: object | null; storage: Storage; handle: unknown; alive: boolean };

  constructor(backend: Backend, handle: unknown, source?: Holder) {
    const storage = source?.storage ?? new Storage(backend, handle);
    storage.holders++;
    this.#has = { owner: null, storage, handle, alive: true };
  }

  /** Changes to another storage, and releases the one before. */
  protected hold(handle: unknown, storage: Storage): void {
    storage.holders++;
    this.#has.storage.release();
    this.#has.storage = storage;
    this.#has.handle = handle;
  }

  /** The scope that will release it; null if it is kept, a parameter, or made outside of all. */
  get owner(): object | null {
    return this.#has.owner;
  }

  set owner(scope: object | null) {
    this.#has.owner = scope;
  }

  get storage(): Storage {
    return this.#has.storage;
  }

  get backend(): Backend {
    return this.#has.storage.backend;
  }

  /** The backend's own array, for kernels. @throws TapeError when it was released or invalidated */
  get handle(): unknown {
    this.assertReadable();
    return this.#has.handle;
  }

  /** The reason why it can't be read; null if it can. */
  get invalid(): "released" | "a view of a parameter that was assigned since" | null {
    if (!this.#has.alive) return "released";
    const replaced = this.#has.storage.invalidation?.replaced;
    return replaced ? "a view of a parameter that was assigned since" : null;
  }

  /** @throws TapeError when it was released, or is a view of a parameter that was assigned since */
  assertReadable(): void {
    // not by `invalid`, which makes every op 5 % slower
    if (!this.#has.alive || this.#has.storage.invalidation?.replaced) throw this.unreadable();
  }

  protected unreadable(): TapeError {
    const help = "pull back inside of it";
    return new TapeError("vjp", "what its forward kept", "a scope that released it", help);
  }

  /** Releases the holder, and its storage with the last holder. A later read throws TapeError. */
  dispose(): void {
    if (!this.#has.alive) return;
    this.#has.alive = false;
    this.#has.owner = null;
    this.#has.storage.release();
  }

  /** {@link dispose}, at the end of a block: `using x = …`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Moves it to the JavaScript heap if the backend has `copyToHeap`, and leaves it to the garbage
   * collector if the backend is `collected`. On one that is neither, only `dispose` frees it.
   */
  detach(): void {
    const { backend, storage } = this;
    const handle = backend.copyToHeap?.(this.#has.handle) ?? this.#has.handle;
    if (handle !== this.#has.handle) {
      storage.invalidation ??= { replaced: false };
      this.hold(handle, new Storage(backend, handle, storage.invalidation));
    }
    this.storage.detach();
  }
}

/**
 * The arrays that a forward keeps for its own backward pass. Only the backward pass of the
 * same backend (or of the reference, `byReference`) reads them: they have no shape or dtype for
 * others.
 */
export interface Residual {
  /** Whether the reference's forward made it, and not a kernel of the backend. */
  readonly byReference: boolean;
  readonly holders: readonly Holder[];
}
