/** @file Tensors and parameters: immutable values, their storage counted by the views that look at it. */
import type { DType, NdArray, TypedArray } from "./array.ts";
import type { Backend } from "./backend.ts";
import { BackendError, DTypeError, ShapeError, TapeError } from "./errors.ts";
import { type Shape, sameShape, showShape, sizeOf } from "./shape.ts";

/** A piece of a backend's memory. The last tensor to leave frees it; on the garbage-collected heap nothing needs freeing. */
export class Storage {
  readonly backend: Backend;
  readonly memory: object;
  readonly bytes: number;
  #views = 0;
  #onHeap = false;

  constructor(backend: Backend, memory: object, bytes: number) {
    this.backend = backend;
    this.memory = memory;
    this.bytes = bytes;
    this.#count(1);
  }

  get views(): number {
    return this.#views;
  }

  enter(): void {
    this.#views++;
  }

  leave(): void {
    if (--this.#views > 0 || this.#onHeap) return;
    this.#count(-1);
    this.backend.release(this.memory);
  }

  /** No scope owns it any more: the garbage collector does, where the backend has one. */
  leaveToHeap(): void {
    if (this.#onHeap || !this.backend.collected) return;
    this.#onHeap = true;
    this.#count(-1);
  }

  get onHeap(): boolean {
    return this.#onHeap;
  }

  #count(sign: 1 | -1): void {
    this.backend.live.storages += sign;
    this.backend.live.bytes += sign * this.bytes;
  }
}

const bytesPerElement = { float32: 4, float64: 8, int32: 4, bool: 1 } as const;

/** Bytes that `shape` elements of `dtype` take. */
export const byteSize = (shape: Shape, dtype: DType): number => sizeOf(shape) * bytesPerElement[dtype];

/** An immutable array of numbers on one backend. */
export class Tensor {
  readonly shape: Shape;
  readonly dtype: DType;
  /** The scope that will release this tensor; null when kept, a parameter, or on the heap. */
  owner: object | null = null;
  protected held: Storage;
  protected raw: unknown;
  /** Set on views of a parameter's storage: they end when it is assigned. */
  readonly #parameter: Parameter | null;
  readonly #version: number;
  #alive = true;

  /** @param source - the tensor whose storage `handle` looks at, for views */
  constructor(shape: Shape, dtype: DType, storage: Storage, handle: unknown, source?: Tensor) {
    this.shape = shape;
    this.dtype = dtype;
    this.held = storage;
    this.raw = handle;
    this.#parameter = source instanceof Parameter ? source : source === undefined ? null : source.#parameter;
    this.#version = this.#parameter?.version ?? 0;
    storage.enter();
  }

  get backend(): Backend {
    return this.held.backend;
  }

  get storage(): Storage {
    return this.held;
  }

  /** The backend's own array, for kernels. @throws TapeError when it is no longer there */
  get handle(): unknown {
    this.assertReadable();
    return this.raw;
  }

  /** @throws TapeError when this tensor was released, or looks at a parameter that was assigned since */
  assertReadable(): void {
    const what = `a live tensor of shape ${showShape(this.shape)}`;
    if (!this.#alive) throw new TapeError("read", what, "a released one", "return it from the scope or keep() it");
    if (this.#parameter !== null && this.#parameter.version !== this.#version)
      throw new TapeError(
        "read",
        what,
        "a view of a parameter that was assigned since",
        "make the view again, or clone() it",
      );
  }

  /** The array itself, without a copy: CPU backends only, read-only by contract. @throws BackendError on a device */
  ndarray(): NdArray {
    const { view } = this.backend;
    if (view === undefined)
      throw new BackendError("ndarray", "a tensor in CPU memory", `one on ${this.backend.name}`, "use await data()");
    return view(this.handle);
  }

  /** A copy of the elements in row-major order. Enqueued at the call: later updates don't change it. */
  data(): Promise<TypedArray> {
    return this.backend.download(this.handle);
  }

  /** The only element. @throws ShapeError when there isn't exactly one */
  async item(): Promise<number> {
    if (sizeOf(this.shape) !== 1) throw new ShapeError("item", "exactly one element", `shape ${showShape(this.shape)}`);
    return (await this.data())[0]!;
  }

  /** Releases the storage when no other view of it is left. Later use throws TapeError. */
  dispose(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.owner = null;
    this.held.leave();
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
    const own = adopt(value);
    super(value.shape, value.dtype, own.storage, own.handle);
    own.dispose();
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

  /** @throws TapeError while a tape that used it is open */
  assertAssignable(): void {
    if (this.#recordings === 0) return;
    const help = "assign after the gradient is taken";
    throw new TapeError("assign", "no open tape that used this parameter", "one", help);
  }

  /**
   * Takes over another value. Views of the old one end: they throw instead of reading stale numbers.
   * @throws ShapeError, DTypeError when the value is of another kind; TapeError while a tape that used it is open
   */
  assign(value: Tensor): void {
    if (!sameShape(value.shape, this.shape))
      throw new ShapeError("assign", showShape(this.shape), showShape(value.shape));
    if (value.dtype !== this.dtype)
      throw new DTypeError("assign", this.dtype, value.dtype, `cast(value, "${this.dtype}")`);
    this.assertAssignable();
    const own = adopt(value);
    this.held.leave();
    this.held = own.storage;
    this.raw = own.handle;
    this.held.enter();
    own.dispose();
    this.#version++;
  }
}

/** A tensor whose storage belongs to nobody else: the value's own where it is the only view and whole, otherwise a copy. */
function adopt(value: Tensor): Tensor {
  const { backend, storage, shape, dtype } = value;
  if (
    storage.views === 1 &&
    !storage.onHeap &&
    storage.bytes === byteSize(shape, dtype) &&
    !(value instanceof Parameter)
  )
    return new Tensor(shape, dtype, storage, value.handle);
  const handle = backend.clone(value.handle);
  return new Tensor(shape, dtype, new Storage(backend, backend.memory(handle), byteSize(shape, dtype)), handle);
}
