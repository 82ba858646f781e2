/**
 * @file Tensors and parameters: immutable values, their storage counted by the tensors that look at
 * it.
 */
import { byteSize, type DType, type NdArray, type TypedArray } from "./array.ts";
import type { Backend } from "./backend.ts";
import { BackendError, DTypeError, ShapeError, TapeError } from "./errors.ts";
import { type Shape, sameShape, showShape, sizeOf } from "./shape.ts";

/** Shape and dtype of a tensor, known before anything runs. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A piece of a backend's memory. The last tensor to leave frees it. */
export class Storage {
  readonly backend: Backend;
  readonly memory: object;
  readonly bytes: number;
  /**
   * Once replaced, because its parameter got another value, it must not be read. Shared with copies
   * on the heap.
   */
  fate: { replaced: boolean } | undefined;
  /** How many tensors look at it; Infinity once it is the garbage collector's. */
  views = 0;

  constructor(
    backend: Backend,
    handle: unknown,
    { shape, dtype }: Spec,
    fate?: { replaced: boolean },
  ) {
    this.backend = backend;
    this.memory = backend.memory(handle);
    this.bytes = byteSize(shape, dtype);
    this.fate = fate;
    this.#count(1);
  }

  leave(): void {
    if (--this.views > 0) return;
    this.#count(-1);
    this.backend.release?.(this.memory);
  }

  /** No scope owns it any more: the garbage collector does, where the backend has one. */
  leaveToHeap(): void {
    if (!this.backend.collected || this.views === Infinity) return;
    this.views = Infinity;
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
  /** The memory that it looks at, */
  storage!: Storage;
  /** and the backend's own array there. */
  #handle: unknown;
  #alive = true;

  /**
   * @param source - the tensor whose storage `handle` looks at; without one the tensor has a
   * storage of its own
   */
  constructor(spec: Spec, backend: Backend, handle: unknown, source?: Tensor) {
    this.shape = spec.shape;
    this.dtype = spec.dtype;
    this.hold(handle, source?.storage ?? new Storage(backend, handle, spec));
  }

  /** Looks at other memory from now on. */
  protected hold(handle: unknown, storage: Storage): void {
    storage.views++;
    this.storage?.leave();
    this.storage = storage;
    this.#handle = handle;
  }

  get backend(): Backend {
    return this.storage.backend;
  }

  /** The backend's own array, for kernels. @throws TapeError when it is no longer there */
  get handle(): unknown {
    this.assertReadable();
    return this.#handle;
  }

  /**
   * @throws TapeError when this tensor was released, or looks at a parameter that was assigned
   * since
   */
  assertReadable(): void {
    if (this.#alive && !this.storage.fate?.replaced) return;
    const got = this.#alive ? "a view of a parameter that was assigned since" : "a released one";
    const released =
      this instanceof Parameter
        ? "if its layer was replaced, make the optimizer again from the model's parameters"
        : "return it from the scope or keep() it";
    const help = this.#alive ? "make the view again, or clone() it" : released;
    throw new TapeError("read", `a live tensor of shape ${showShape(this.shape)}`, got, help);
  }

  /**
   * The array itself, without a copy: CPU backends only, read-only by contract.
   * @throws BackendError on a device
   */
  ndarray(): NdArray {
    const { view, name } = this.backend;
    if (view !== undefined) return view(this.handle);
    throw new BackendError(
      "ndarray",
      "a tensor in CPU memory",
      `one on ${name}`,
      "use await data()",
    );
  }

  /**
   * A copy of the elements in row-major order. Enqueued at the call: later updates don't change it.
   */
  data(): Promise<TypedArray> {
    return this.backend.download(this.handle);
  }

  /** The only element. @throws ShapeError when there isn't exactly one */
  async item(): Promise<number> {
    if (sizeOf(this.shape) !== 1)
      throw new ShapeError("item", "exactly one element", `shape ${showShape(this.shape)}`);
    return (await this.data())[0]!;
  }

  /** Releases the storage when no other view of it is left. Later use throws TapeError. */
  dispose(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.owner = null;
    this.storage.leave();
  }

  /**
   * No scope owns it any more: the garbage collector does, of a copy where the backend's own memory
   * is not collected.
   */
  leaveToHeap(): void {
    const { backend, storage } = this;
    const handle = backend.escape?.(this.#handle) ?? this.#handle;
    if (handle !== this.#handle) {
      storage.fate ??= { replaced: false };
      this.hold(handle, new Storage(backend, handle, this, storage.fate));
    }
    this.storage.leaveToHeap();
  }

  toString(): string {
    return `Tensor(${this.dtype}${showShape(this.shape)})`;
  }
}

/** What a value is where a tensor belongs, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? `an array of ${value.length}` : typeof value;
}

/** A leaf that an optimizer may replace. */
export class Parameter extends Tensor {
  /** Whether weight decay applies. */
  readonly decay: boolean;
  /** How often it was assigned. */
  version = 0;
  /** How many open tapes used it. */
  recordings = 0;

  constructor(value: Tensor, decay: boolean) {
    super(value, value.backend, value.backend.clone(value.handle));
    this.decay = decay;
  }

  /** @throws TapeError while a tape that used it is open */
  assertAssignable(): void {
    if (this.recordings === 0) return;
    const help = "assign after the gradient is taken";
    throw new TapeError("assign", "no open tape that used this parameter", "one", help);
  }

  /**
   * Takes over another value: its memory where only its scope has it, otherwise a copy. Views of
   * the old one end: they throw instead of reading stale numbers.
   * @throws ShapeError, DTypeError when the value is of another kind; TapeError while a tape that
   * used it is open
   */
  assign(value: Tensor): void {
    const { shape, dtype } = this;
    const { backend, handle, owner, storage } = value;
    if (!sameShape(value.shape, shape))
      throw new ShapeError("assign", showShape(shape), showShape(value.shape));
    if (value.dtype !== dtype)
      throw new DTypeError("assign", dtype, value.dtype, `cast(value, "${dtype}")`);
    this.assertAssignable();
    const passing = owner !== null && storage.views === 1 && storage.bytes === this.storage.bytes;
    const next = passing ? handle : backend.clone(handle);
    this.storage.fate ??= { replaced: true };
    this.storage.fate.replaced = true;
    this.hold(next, passing ? storage : new Storage(backend, next, this));
    this.version++;
  }
}
