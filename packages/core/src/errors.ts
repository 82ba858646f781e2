/**
 * @file The typed errors of the framework; all of them read
 * `<op>: expected <condition>, got <value>`.
 */

/**
 * What every error of the framework is: an operation, the condition it expects, and the value it
 * got.
 *
 * @param op - who complains, e.g. `"matmul"`
 * @param expected - the condition, with its numbers, e.g. `"inner sizes to agree"`
 * @param got - the value that broke it
 * @param help - what to do about it, printed on a line of its own
 */
export class SpmError extends Error {
  constructor(op: string, expected: string, got: unknown, help?: string) {
    super(
      `${op}: expected ${expected}, ` +
        `got ${String(got)}${help === undefined ? "" : `\nhelp: ${help}`}`,
    );
    this.name = new.target.name;
  }
}

/** A shape, rank or axis does not fit. */
export class ShapeError extends SpmError {}

/** A dtype does not fit; the help line says how to cast. */
export class DTypeError extends SpmError {}

/** A number, index or option lies outside of its range. */
export class ValueError extends SpmError {}

/** A tensor, tape or scope is used outside of its life. */
export class TapeError extends SpmError {}

/** A backend lacks a kernel, a device, memory, or is mixed with another one. */
export class BackendError extends SpmError {}
