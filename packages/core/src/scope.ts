/** @file Ownership: a scope releases what was made in it, except what it returns and what was kept. */
import { TapeError } from "./errors.ts";
import { isRecording, withoutTapes } from "./tape.ts";
import { Parameter, Tensor } from "./tensor.ts";

const scopes: Tensor[][] = [];

/** Hands a new tensor to the innermost scope, or to the heap. */
export function own<T extends Tensor>(tensor: T): T {
  moveTo(scopes.at(-1), tensor);
  return tensor;
}

function moveTo(scope: Tensor[] | undefined, tensor: Tensor): void {
  tensor.owner = scope ?? null;
  if (scope === undefined) tensor.leaveToHeap();
  else scope.push(tensor);
}

/**
 * Runs `f` and releases the tensors made in it. What the result reaches (tensors in arrays, objects, maps, sets) moves to the
 * parent scope; what was {@link keep}t outlives all; nothing is released while an outer tape still records.
 * @throws TapeError when `f` returns a promise: scopes are synchronous
 * @example const norm = scope(() => sqrt(sum(square(x)))); // the square and the sum are gone
 */
export function scope<T>(f: () => T): T {
  const made: Tensor[] = [];
  scopes.push(made);
  let result: T | undefined;
  try {
    result = synchronous("scope", f());
    return result;
  } finally {
    scopes.pop();
    const parent = scopes.at(-1);
    const survivors = isRecording() ? made : reachable(result);
    for (const t of survivors) if (t.owner === made) moveTo(parent, t);
    for (const t of made) if (t.owner === made) t.dispose();
  }
}

/** The value itself, unless it is a promise. @throws TapeError */
export function synchronous<T>(op: string, value: T): T {
  if (value instanceof Promise) throw new TapeError(op, "a synchronous function", "a promise", "await outside of it");
  return value;
}

/** A tensor that no scope releases; `dispose()` does. @example state.h = keep(h) */
export function keep<T extends Tensor>(tensor: T): T {
  tensor.assertReadable();
  tensor.owner = null;
  return tensor;
}

/** Runs `f` without recording: for evaluation, sampling and updates. It is a {@link scope}, too. */
export const noGrad = <T>(f: () => T): T => withoutTapes(() => scope(f));

/** Every tensor that a value holds, directly or inside of arrays, objects, maps and sets. */
export function reachable(value: unknown, found: Set<Tensor> = new Set(), seen: Set<object> = new Set()): Set<Tensor> {
  if (typeof value !== "object" || value === null || seen.has(value) || ArrayBuffer.isView(value)) return found;
  seen.add(value);
  if (value instanceof Tensor) {
    if (!(value instanceof Parameter)) found.add(value);
  } else if (value instanceof Map) for (const [k, v] of value) reachable([k, v], found, seen);
  else for (const v of value instanceof Set ? value : Object.values(value)) reachable(v, found, seen);
  return found;
}
