/**
 * @file Runs before every test file: a warning or an error on the console fails the test that
 * printed it, and tensors are equal when their elements are.
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

/** A tensor's fields are private: without this, `toEqual` would see its shape and dtype alone. */
expect.addEqualityTesters([
  function (a: unknown, b: unknown) {
    if (!(a instanceof Tensor && b instanceof Tensor)) return undefined;
    const whole = (x: Tensor) => [showSpec(x), elements(x.ndarray())];
    return a === b || this.equals(whole(a), whole(b));
  },
]);
