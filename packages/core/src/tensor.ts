/** @file Tensors and parameters: immutable values, their storage counted by the views that look at it. */
import type { DType, NdArray, TypedArray } from "./array.ts";
import type { Backend } from "./backend.ts";
import { BackendError, DTypeError, ShapeError, TapeError } from "./errors.ts";
import { type Shape, sameShape, showShape, sizeOf } from "./shape.ts";

/** Shape and dtype of a tensor, known before anything runs. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

const bytesPerElement = { float32: 4, float64: 8, int32: 4, bool: 1 };

/** A piece of a backend's memory. The last view to leave frees it; on the garbage-collected heap nothing needs freeing. */
export class Storage {
  readonly backend: Backend;
  readonly memory: object;
  readonly bytes: number;
  views = 0;
  onHeap = false;

  constructor(backend: Backend, memory: object, { shape, dtype }: Spec) {
    this.backend = backend;
    this.memory = memory;
    this.bytes = sizeOf(shape) * bytesPerElement[dtype];
    this.#count(1);
  }

  leave(): void {
    if (--this.views > 0 || this.onHeap) return;
    this.#count(-1);
    this.backend.release(this.memory);
  }

  /** No scope owns it any more: the garbage collector does, where the backend has one. */
  leaveToHeap(): void {
    if (this.onHeap || !this.backend.collected) return;
    this.onHeap = true;
    this.#count(-1);
  }

  #count(sign: 1 | -1): void {
    this.backend.live.storages += sign;
    this.backend.live.bytes += sign * this.bytes;
  }
}

/** An immutable array of numbers on one backend. */
export class Tensor implements Spec {
  readonly shape: Shape;
  readonly dtype: DType;
  /** The scope that will release this tensor; null when kept, a parameter, or on the heap. */
  owner: object | null = null;
  /** The memory it looks at. */
  storage: Storage;
  protected raw: unknown;
  /** The parameter whose storage this is a view of, and its version then: the view ends when it is assigned. */
  readonly #parameter: Parameter | undefined;
  readonly #version: number | undefined;
  #alive = true;

  /** @param source - the tensor whose storage `handle` looks at; without one the tensor has a storage of its own */
  constructor({ shape, dtype }: Spec, backend: Backend, handle: unknown, source?: Tensor) {
    this.shape = shape;
    this.dtype = dtype;
    this.storage = source?.storage ?? new Storage(backend, backend.memory(handle), this);
    this.raw = handle;
    this.#parameter = source instanceof Parameter || source === undefined ? source : source.#parameter;
    this.#version = this.#parameter?.version;
    this.storage.views++;
  }

  get backend(): Backend {
    return this.storage.backend;
  }

  /** The backend's own array, for kernels. @throws TapeError when it is no longer there */
  get handle(): unknown {
    this.assertReadable();
    return this.raw;
  }

  /** @throws TapeError when this tensor was released, or looks at a parameter that was assigned since */
  assertReadable(): void {
    const stale = this.#parameter?.version !== this.#version;
    if (this.#alive && !stale) return;
    const what = `a live tensor of shape ${showShape(this.shape)}`;
    if (!this.#alive) throw new TapeError("read", what, "a released one", "return it from the scope or keep() it");
    throw new TapeError("read", what, "a view of a parameter that was assigned since", "make the view again");
  }

  /** The array itself, without a copy: CPU backends only, read-only by contract. @throws BackendError on a device */
  ndarray(): NdArray {
    const { view, name } = this.backend;
    if (view) return view(this.handle);
    throw new BackendError("ndarray", "a tensor in CPU memory", `one on ${name}`, "use await data()");
  }

  /** A copy of the elements in row-major order. Enqueued at the call: later updates don't change it. */
  data(): Promise<TypedArray> {
    return this.backend.download(this.handle);
  }

  /** The only element. @throws ShapeError when there isn't exactly one */
  async item(): Promise<number> {
    if (sizeOf(this.shape) !== 1) throw new ShapeError("item", "exactly one element", showShape(this.shape));
    return (await this.data())[0]!;
  }

  /** Releases the storage when no other view of it is left. Later use throws TapeError. */
  dispose(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.owner = null;
    this.storage.leave();
  }

  /** No scope owns it any more: the garbage collector does, of a copy where the backend's own memory is not collected. */
  leaveToHeap(): void {
    const { backend, storage } = this;
    const handle = backend.escape?.(this.raw) ?? this.raw;
    if (handle !== this.raw) {
      this.storage = new Storage(backend, backend.memory(handle), this);
      this.storage.views++;
      this.raw = handle;
      storage.leave();
    }
    this.storage.leaveToHeap();
  }

  toString(): string {
    return `Tensor(${this.dtype}${showShape(this.shape)})`;
  }
}

/** A leaf that an optimizer may replace. */
export class Parameter extends Tensor {
  /** Whether weight decay applies. */
  readonly decay: boolean;
  #version = 0;
  #recordings = 0;

  constructor(value: Tensor, decay: boolean) {
    super(value, value.backend, value.backend.clone(value.handle));
    this.decay = decay;
  }

  /** How often it was assigned. */
  get version(): number {
    return this.#version;
  }

  /** An open tape holds this parameter (+1), or lets go of it (−1). */
  recorded(change: 1 | -1): void {
    this.#recordings += change;
  }

  /** @throws TapeError while a tape that used this parameter is open */
  assertAssignable(): void {
    if (this.#recordings === 0) return;
    const help = "assign after the gradient is taken";
    throw new TapeError("assign", "no open tape that used this parameter", "one", help);
  }

  /**
   * Takes over another value: its storage where that is nobody else's, otherwise a copy. Views of the old one end: they throw instead of reading stale numbers.
   * @throws ShapeError, DTypeError when the value is of another kind; TapeError while a tape that used it is open
   */
  assign(value: Tensor): void {
    const { shape, dtype } = value;
    if (!sameShape(shape, this.shape)) throw new ShapeError("assign", showShape(this.shape), showShape(shape));
    if (dtype !== this.dtype) throw new DTypeError("assign", this.dtype, dtype, `cast(value, "${this.dtype}")`);
    this.assertAssignable();
    const { backend, storage } = value;
    const alone = storage.views === 1 && !storage.onHeap && storage.bytes === this.storage.bytes;
    const next =
      alone && !(value instanceof Parameter) ? value : new Tensor(value, backend, backend.clone(value.handle));
    this.storage.leave();
    this.storage = next.storage;
    this.storage.views++;
    this.raw = next.handle;
    if (next !== value) next.dispose();
    this.#version++;
  }
}
