/**
 * @file Runs before every test file: a warning or an error on the console fails the test that
 * printed it, tensors are equal when their elements are, and long lists of numbers are compared
 * fast.
 *
 * A test that expects one mocks it for itself:
 * `vi.spyOn(console, "warn").mockImplementation(() => {})`.
 */
import { format } from "node:util";
import { Tensor } from "@spm/core";
import { elements, showSpec } from "@spm/core/extend";
import { afterAll, afterEach, expect } from "vitest";

const printed: Error[] = [];

for (const method of ["warn", "error"] as const) {
  console[method] = (...args: unknown[]) => {
    printed.push(new Error(`console.${method} during a test: ${format(...args)}`));
  };
}
process.on("warning", (warning) => {
  printed.push(new Error(`process warning during a test: ${warning.name}: ${warning.message}`));
});

function failIfPrinted(): void {
  const [first] = printed.splice(0);
  if (first) throw first;
}

afterEach(failIfPrinted);
afterAll(failIfPrinted);

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
