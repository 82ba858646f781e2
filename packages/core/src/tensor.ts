/**
 * @file Tensors and parameters: immutable values on a backend, and leaves that an optimizer may
 * replace. A tape tells values apart by the identity of these objects, not by their numbers.
 */
import type { DType, NdArray, TypedArray } from "./array.ts";
import type { Backend } from "./backend.ts";
import { BackendError, DTypeError, ShapeError, TapeError } from "./errors.ts";
import { showValue } from "./prints-as.ts";
import { type Shape, sameShape, showShape, sizeOf } from "./shape.ts";
import { Holder, Storage } from "./storage.ts";

/** Shape and dtype of a tensor, known before anything runs. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Dtype and shape [...] as in messages. @example showSpec(zeros([2, 3])) // "float32[2, 3]" */
export const showSpec = ({ dtype, shape }: Spec): string => `${dtype}${showShape(shape)}`;

/**
 * An immutable array of numbers [...] on one backend. `console.log(t)` and `String(t)` show its
 * dtype, shape and backend, then its rows: aligned, with NumPy's decimals and exponents, and with
 * long axes shortened in the middle above 1000 elements. Rows on a device are not shown;
 * `String(await to(t, reference))` shows them. A browser's console needs `console.log(String(t))`.
 * @example String(tensor([[1, 2], [3, 4]])); // Tensor float32[2, 2] on … [[1., 2.], [3., 4.]]
 */
export class Tensor extends Holder implements Spec {
  readonly shape: Shape;
  readonly dtype: DType;

  /**
   * @param source - a holder of the storage in which `handle` lies (default: the tensor gets a
   * storage of its own)
   */
  constructor(spec: Spec, backend: Backend, handle: unknown, source?: Holder) {
    super(backend, handle, source);
    this.shape = spec.shape;
    this.dtype = spec.dtype;
  }

  protected override unreadable(): TapeError {
    const released = this.invalid === "released";
    const got = released ? "a released one" : this.invalid;
    const stay =
      this instanceof Parameter
        ? "if its layer was replaced, make the optimizer again from the model's parameters"
        : "return it from the scope or keep() it";
    const help = released ? stay : "make the view again, or clone() it";
    return new TapeError("read", `a live tensor of shape ${showShape(this.shape)}`, got, help);
  }

  /** The array itself, without a copy and read-only. @throws BackendError on a device */
  ndarray(): NdArray {
    const { arrayOf, name } = this.backend;
    if (arrayOf !== undefined) return arrayOf(this.handle);
    const help = "use await data()";
    throw new BackendError("ndarray", "a tensor in CPU memory", `one on ${name}`, help);
  }

  /** A copy of the elements in row-major order, as they are at the time of the call. */
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

/**
 * A tensor itself, if it has the shape and dtype of another.
 * @throws DTypeError for anything but a tensor; ShapeError, DTypeError otherwise
 */
export function checkKind(op: string, what: string, x: Tensor, { shape, dtype }: Spec): Tensor {
  if (!(x instanceof Tensor))
    throw new DTypeError(op, `a tensor as ${what}`, kindOf(x), "make it one: tensor(value)");
  if (!sameShape(x.shape, shape))
    throw new ShapeError(op, `a ${what} of ${showShape(shape)}`, x.shape);
  if (x.dtype !== dtype)
    throw new DTypeError(op, `a ${what} of ${dtype}`, x.dtype, `cast it: cast(x, "${dtype}")`);
  return x;
}

/**
 * The kind of a value that is not what was expected, for messages; of a number or text, itself.
 * @example kindOf([1, 2]); // "an array of 2"
 */
export function kindOf(value: unknown): string {
  if (value instanceof Tensor) return `a tensor ${showSpec(value)}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "function") return value.name ? `the function ${value.name}` : "a function";
  if (typeof value !== "object" || value === null) return showValue(value);
  const name: unknown = value.constructor?.name;
  if (typeof name !== "string" || name === "Object") return "an object";
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}

/**
 * A leaf [...] that an optimizer may replace; {@link parameter} makes one.
 * @param value - the tensor that is copied
 * @param decay - whether weight decay applies
 * @example const p = new Parameter(zeros([2]), true);
 */
export class Parameter extends Tensor {
  /** Whether weight decay applies. */
  readonly decay: boolean;
  /** The number of assignments so far. */
  version = 0;
  /** The number of open tapes that used it. */
  recordings = 0;

  constructor(value: Tensor, decay: boolean) {
    const help = "parameter([1, 2]) takes numbers";
    if (!(value instanceof Tensor))
      throw new DTypeError("Parameter", "a tensor", kindOf(value), help);
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
   * Whether {@link assign} takes over the storage of a value, and needs no copy: a scope owns it,
   * nothing else holds the storage, and the number of bytes is the same (otherwise it may be a
   * window of a larger one).
   * @throws ShapeError, DTypeError, TapeError as {@link assign}
   */
  takes(value: Tensor): boolean {
    checkKind("assign", "value", value, this).assertReadable();
    this.assertAssignable();
    const { owner, storage } = value;
    return owner !== null && storage.holders === 1 && storage.bytes === this.storage.bytes;
  }

  /**
   * Replaces the value by another one: by its storage where it {@link takes} that, otherwise by a
   * copy. The old storage is invalidated: reads of its views throw.
   * @throws ShapeError, DTypeError unless shape and dtype agree; TapeError while a tape that used
   * the parameter is open
   */
  assign(value: Tensor): void {
    const passing = this.takes(value);
    const { backend, handle, storage } = value;
    const next = passing ? handle : backend.clone(handle);
    // the object is changed, not exchanged: heap copies of old views share it, and must throw too
    this.storage.invalidation ??= { replaced: true };
    this.storage.invalidation.replaced = true;
    this.hold(next, passing ? storage : new Storage(backend, next));
    this.version++;
  }
}
