/** @file The typed errors of SPM; all read `<op>: expected <condition>, got <value>`. */

/**
 * The class of every error of SPM: an operation, the condition that it expects, the value that it
 * got.
 * @param op - the operation, e.g. `"matmul"`
 * @param expected - the condition, with its numbers, e.g. `"inner sizes to agree"`
 * @param got - the value that breaks it
 * @param help - the remedy, on a line of its own (default: none)
 * @example new SpmError("rng", "an integer", 0.5).message; // "rng: expected an integer, got 0.5"
 * @example new SpmError("flip", "an axis", [2, 3]).message; // "flip: expected an axis, got [2, 3]"
 */
export class SpmError extends Error {
  constructor(op: string, expected: string, got: unknown, help?: string) {
    super(`${op}: expected ${expected}, got ${asText(got)}${help ? `\nhelp: ${help}` : ""}`);
    this.name = new.target.name;
  }
}

/** A value as text: a list in brackets, also what has no text, such as `{ toString: 1 }`. */
function asText(value: unknown): string {
  try {
    return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
  } catch {
    return "an object without a text";
  }
}

/**
 * A shape, rank or axis does not fit.
 * @example new ShapeError("add", "[2]", "[3]").message; // "add: expected [2], got [3]"
 */
export class ShapeError extends SpmError {}

/**
 * A dtype does not fit; the help line has the cast.
 * @example new DTypeError("exp", "float32", "int32", 'cast(x, "float32")');
 */
export class DTypeError extends SpmError {}

/**
 * A number, index or option is outside of its range.
 * @example new ValueError("topk", "k in [0, 3]", 4).name; // "ValueError"
 */
export class ValueError extends SpmError {}

/**
 * A tensor, tape or scope is used after its end.
 * @example new TapeError("read", "a live tensor", "a released one");
 */
export class TapeError extends SpmError {}

/**
 * A backend lacks a kernel, a device or memory, or is mixed with another one.
 * @example new BackendError("add", "all tensors on wasm", "one on gpu");
 */
export class BackendError extends SpmError {}
