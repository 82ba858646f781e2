/**
 * @file Runs before every test file: a warning or an error on the console fails the test that
 * printed it, and what a file leaves changed for the next file of its process fails that file.
 *
 * A test that expects a warning mocks it for itself:
 * `vi.spyOn(console, "warn").mockImplementation(() => {})`.
 */
import { format } from "node:util";
import { reference, setBackend } from "@spm/core";
import { afterAll, afterEach, expect } from "vitest";
import { changed, shared } from "./shared.ts";
import { printed } from "./worker.ts";

for (const method of ["warn", "error"] as const) {
  console[method] = (...args: unknown[]) => {
    printed.push(new Error(`console.${method} during a test: ${format(...args)}`));
  };
}

function failIfPrinted(): void {
  const [first] = printed.splice(0);
  if (first) throw first;
}

setBackend(reference); // a file may set one for good, as a program does
const before = shared();
// registered first, it runs last: by then a file's own hooks have put back what they changed
afterAll(() => {
  expect(changed(before, shared())).toEqual([]);
});
afterEach(failIfPrinted);
afterAll(failIfPrinted);
