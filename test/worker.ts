/**
 * @file What a worker of vitest does once, before its first test file: tensors are equal when their
 * elements are, long lists of numbers are compared fast, and warnings of the process are collected.
 */
import { Tensor } from "@spm/core";
import { elements, showSpec } from "@spm/core/extend";
import { expect } from "vitest";

/** What was printed, or warned of, and has not yet failed a test. */
export const printed: Error[] = [];

process.on("warning", (warning) => {
  printed.push(new Error(`process warning during a test: ${warning.name}: ${warning.message}`));
});

type Numbers = ArrayLike<unknown>;
const isList = (a: unknown): a is Numbers =>
  Array.isArray(a) || (ArrayBuffer.isView(a) && !(a instanceof DataView));

/**
 * Whether two lists of one kind hold the same numbers; undefined: vitest may say how they differ.
 */
function sameNumbers(a: unknown, b: unknown): true | undefined {
  if (!(isList(a) && isList(b)) || a.constructor !== b.constructor || a.length !== b.length)
    return undefined;
  for (let i = 0; i < a.length; i++)
    if (typeof a[i] !== "number" || !Object.is(a[i], b[i])) return undefined;
  return true;
}

/** A tensor's fields are private: without this, `toEqual` would see its shape and dtype alone. */
expect.addEqualityTesters([
  sameNumbers,
  function (a: unknown, b: unknown) {
    if (!(a instanceof Tensor && b instanceof Tensor)) return undefined;
    const whole = (x: Tensor) => [showSpec(x), elements(x.ndarray())];
    return a === b || this.equals(whole(a), whole(b));
  },
]);
