/** @file Variables with dynamic extent: set while a function runs, restored even if it throws. */

/** A variable that {@link during} sets. */
export type Dynamic<T> = { value: T };

/** Runs `f` while `variable` has another value. */
export function during<T, R>(variable: Dynamic<T>, value: T, f: () => R): R {
  const before = variable.value;
  variable.value = value;
  try {
    return f();
  } finally {
    variable.value = before;
  }
}
