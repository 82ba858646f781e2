/**
 * @file Memory: pieces of it, counted by the views that look at them, and the views that scopes
 * own.
 */
import type { Backend } from "./backend.ts";
import { TapeError } from "./errors.ts";

/** A piece of a backend's memory. The last view to be released frees it. */
export class Storage {
  readonly backend: Backend;
  readonly memory: object;
  readonly bytes: number;
  /**
   * Once replaced, because its parameter got another value, it must not be read. Shared with copies
   * on the heap.
   */
  invalidation: { replaced: boolean } | undefined;
  /** How many views look at it; Infinity once it is the garbage collector's. */
  views = 0;

  constructor(backend: Backend, handle: unknown, invalidation?: { replaced: boolean }) {
    this.backend = backend;
    this.memory = backend.memory(handle);
    this.bytes = backend.bytes(this.memory);
    this.invalidation = invalidation;
    this.#count(1);
  }

  release(): void {
    if (--this.views > 0) return;
    this.#count(-1);
    this.backend.release?.(this.memory);
  }

  /** No scope owns it any more: the garbage collector does, where the backend has one. */
  detach(): void {
    if (!this.backend.collected || this.views === Infinity) return;
    this.views = Infinity;
    this.#count(-1);
  }

  #count(sign: 1 | -1): void {
    this.backend.live.storages += sign;
    this.backend.live.bytes += sign * this.bytes;
  }
}

/** A backend's array, and the storage that it looks at: what a scope owns. */
export class View {
  #owner: object | null = null;
  #storage!: Storage;
  #handle: unknown;
  #alive = true;

  /**
   * @param source - whose storage `handle` looks at; without one the view has a storage of its own
   */
  constructor(backend: Backend, handle: unknown, source?: View) {
    this.hold(handle, source?.storage ?? new Storage(backend, handle));
  }

  /** Looks at other memory from now on. */
  protected hold(handle: unknown, storage: Storage): void {
    storage.views++;
    this.#storage?.release();
    this.#storage = storage;
    this.#handle = handle;
  }

  /** The scope that will release it; null when kept, a parameter, or on the heap. */
  get owner(): object | null {
    return this.#owner;
  }

  set owner(scope: object | null) {
    this.#owner = scope;
  }

  get storage(): Storage {
    return this.#storage;
  }

  get backend(): Backend {
    return this.#storage.backend;
  }

  /** The backend's own array, for kernels. @throws TapeError when it is no longer there */
  get handle(): unknown {
    this.assertReadable();
    return this.#handle;
  }

  /** Why it can't be read; null where it can. */
  get invalid(): "released" | "a view of a parameter that was assigned since" | null {
    if (!this.#alive) return "released";
    return this.#storage.invalidation?.replaced
      ? "a view of a parameter that was assigned since"
      : null;
  }

  /** @throws TapeError when it was released, or looks at a parameter that was assigned since */
  assertReadable(): void {
    // not by `invalid`, which costs every op a twentieth
    if (!this.#alive || this.#storage.invalidation?.replaced) throw this.unreadable();
  }

  protected unreadable(): TapeError {
    const help = "pull back inside of it";
    return new TapeError("vjp", "what its forward kept", "a scope that released it", help);
  }

  /** Releases the storage when no other view of it is left. Later use throws TapeError. */
  dispose(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#owner = null;
    this.#storage.release();
  }

  /**
   * No scope owns it any more: the garbage collector does, of a copy where the backend's own memory
   * is not collected.
   */
  detach(): void {
    const { backend, storage } = this;
    const handle = backend.copyToHeap?.(this.#handle) ?? this.#handle;
    if (handle !== this.#handle) {
      storage.invalidation ??= { replaced: false };
      this.hold(handle, new Storage(backend, handle, storage.invalidation));
    }
    this.storage.detach();
  }
}

/**
 * What a forward keeps for its own backward pass: arrays of the backend that nobody but their maker
 * looks into. They have no shape or dtype for others, and take the memory that they take.
 */
export interface Residual {
  /** Whether the reference's forward made it, not a kernel of the backend. */
  readonly byReference: boolean;
  readonly views: readonly View[];
}
