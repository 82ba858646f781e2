/**
 * @file Runs before every test file: a warning or an error on the console fails the test that
 * printed it.
 *
 * A test that expects one mocks it for itself:
 * `vi.spyOn(console, "warn").mockImplementation(() => {})`.
 */
import { format } from "node:util";
import { afterAll, afterEach } from "vitest";

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
