/** @file State as a flat dictionary of tensors and numbers, checked whole before it is restored. */
import { type Backend, clone, type DType, type Shape, Tensor } from "@spm/core";
import {
  copyArray,
  DTypeError,
  fromArray,
  ShapeError,
  sameShape,
  showShape,
  showSpec,
  ValueError,
} from "@spm/core/extend";

/** Tensors and numbers by name. */
export type State = Readonly<Record<string, Tensor | number>>;

/**
 * The value that a key must have: a whole number ≥ 0, a finite number, or a tensor of a shape and
 * dtype.
 */
export type Expected = "count" | "number" | { readonly shape: Shape; readonly dtype: DType };

/**
 * @param op - the name of its owner, the prefix of all its keys
 * @throws ValueError for a missing or unknown key, or a count that isn't a whole number ≥ 0;
 * ShapeError, DTypeError for a tensor of another shape or dtype
 */
export function checkState(
  op: string,
  state: State,
  expected: ReadonlyMap<string, Expected>,
): void {
  const where = `${op}.restore`;
  const keys = Object.keys(state);
  if (!keys.some((key) => key.startsWith(`${op}.`)))
    throw new ValueError(
      where,
      `the state of ${op} (keys "${op}.…")`,
      keys.length === 0 ? "no keys" : `"${keys[0]}"`,
    );
  for (const key of keys)
    if (!expected.has(key)) throw new ValueError(where, "no other keys", `"${key}"`);
  for (const [key, want] of expected) {
    const value = state[key];
    if (value === undefined) throw new ValueError(where, `the key "${key}"`, "a state without it");
    if (want === "number") {
      if (!Number.isFinite(value))
        throw new ValueError(where, `a number as "${key}"`, String(value));
    } else if (want === "count") {
      if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
        throw new ValueError(
          where,
          `a whole number ≥ 0 as "${key}"`,
          value instanceof Tensor ? showSpec(value) : value,
        );
    } else {
      if (!(value instanceof Tensor)) throw new ValueError(where, `a tensor as "${key}"`, value);
      value.assertReadable();
      if (!sameShape(value.shape, want.shape))
        throw new ShapeError(
          where,
          `"${key}" of shape ${showShape(want.shape)}`,
          showShape(value.shape),
        );
      if (value.dtype !== want.dtype)
        throw new DTypeError(
          where,
          `"${key}" of ${want.dtype}`,
          value.dtype,
          `cast it: cast(value, "${want.dtype}")`,
        );
    }
  }
}

/**
 * A copy on a backend.
 * @throws BackendError to move a tensor straight from one device to another
 */
export const copyTo = (value: Tensor, backend: Backend): Tensor =>
  value.backend === backend ? clone(value) : fromArray(copyArray(value.ndarray()), backend);
