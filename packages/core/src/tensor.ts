/**
 * @file Tensors and parameters: immutable values on a backend, and leaves that an optimizer may
 * replace. The tape knows a value by its object.
 */
import type { DType, NdArray, TypedArray } from "./array.ts";
import type { Backend } from "./backend.ts";
import { BackendError, DTypeError, ShapeError, TapeError } from "./errors.ts";
import { type Shape, sameShape, showShape, sizeOf } from "./shape.ts";
import { Storage, View } from "./storage.ts";

/** Shape and dtype of a tensor, known before anything runs. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A spec as messages and tables print it. @example showSpec(zeros([2, 3])) // "float32[2, 3]" */
export const showSpec = ({ dtype, shape }: Spec): string => `${dtype}${showShape(shape)}`;

/**
 * An immutable array of numbers on one backend. `console.log(t)` and `String(t)` show its dtype,
 * shape and backend, and under them its rows: aligned, those of more than 1000 elements abridged,
 * with the decimals and exponents that NumPy would take. What can't be read without waiting is not
 * shown: `String(await to(t, reference))` is. A browser's console needs `console.log(String(t))`.
 * @example String(tensor([[1, 2], [3, 4]])); // Tensor float32[2, 2] on … [[1., 2.], [3., 4.]]
 */
export class Tensor extends View implements Spec {
  readonly shape: Shape;
  readonly dtype: DType;

  /**
   * @param source - the tensor whose storage `handle` looks at; without one the tensor has a
   * storage of its own
   */
  constructor(spec: Spec, backend: Backend, handle: unknown, source?: View) {
    super(backend, handle, source);
    this.shape = spec.shape;
    this.dtype = spec.dtype;
  }

  protected override unreadable(): TapeError {
    const released = this.invalid === "released";
    const got = released ? "a released one" : this.invalid;
    const kept =
      this instanceof Parameter
        ? "if its layer was replaced, make the optimizer again from the model's parameters"
        : "return it from the scope or keep() it";
    const help = released ? kept : "make the view again, or clone() it";
    return new TapeError("read", `a live tensor of shape ${showShape(this.shape)}`, got, help);
  }

  /**
   * The array itself, without a copy: CPU backends only, read-only by contract.
   * @throws BackendError on a device
   */
  ndarray(): NdArray {
    const { view, name } = this.backend;
    if (view !== undefined) return view(this.handle);
    const help = "use await data()";
    throw new BackendError("ndarray", "a tensor in CPU memory", `one on ${name}`, help);
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
    this.storage.invalidation ??= { replaced: true };
    this.storage.invalidation.replaced = true;
    this.hold(next, passing ? storage : new Storage(backend, next));
    this.version++;
  }
}
