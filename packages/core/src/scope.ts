/**
 * @file Ownership: a scope releases what was made in it, except what it returns and what was kept.
 */
import { TapeError } from "./errors.ts";
import type { View } from "./storage.ts";
import { isRecording, withoutTapes } from "./tape.ts";
import { Tensor } from "./tensor.ts";

const scopes: View[][] = [];

/** Hands a view to the innermost scope, or to the heap. */
export function own<V extends View>(view: V): V {
  const scope = scopes.at(-1);
  view.owner = scope ?? null;
  if (scope === undefined) view.detach();
  else scope.push(view);
  return view;
}

/**
 * Runs `f` and releases the tensors made in it. What the result reaches (tensors in arrays,
 * objects, maps, sets) moves to the parent scope; what was {@link keep}t outlives all; nothing is
 * released while an outer tape still records.
 * @throws TapeError when `f` returns a promise: scopes are synchronous
 * @example const norm = scope(() => sqrt(sum(square(x)))); // the square and the sum are gone
 */
export function scope<T>(f: () => T): T {
  const made: View[] = [];
  scopes.push(made);
  let result: T | undefined;
  try {
    result = synchronous("scope", f());
    return result;
  } finally {
    scopes.pop();
    if (isRecording()) for (const view of made) pass(view, made);
    else if (made.length > 0) moveToParent(result, made);
    for (const view of made) if (view.owner === made) view.dispose();
  }
}

/**
 * Releases a tensor of the innermost scope before that ends; not where an outer tape may still ask
 * for it.
 */
export function releaseEarly(tensor: Tensor): void {
  if (tensor.owner !== null && tensor.owner === scopes.at(-1) && !isRecording()) tensor.dispose();
}

/**
 * The value itself, unless it is a promise, whose own failure then goes unheard.
 * @throws TapeError
 */
export function synchronous<T>(op: string, value: T): T {
  if (typeof (value as PromiseLike<T> | null)?.then !== "function") return value;
  (value as PromiseLike<T>).then(undefined, () => {});
  throw new TapeError(op, "a synchronous function", "a promise", "await outside of it");
}

/** A tensor that no scope releases; `dispose()` does. @example state.h = keep(h) */
export function keep<T extends Tensor>(tensor: T): T {
  tensor.assertReadable();
  tensor.owner = null;
  return tensor;
}

/** Runs `f` without recording: for evaluation, sampling and updates. It is a {@link scope}, too. */
export const noGrad = <T>(f: () => T): T => withoutTapes(() => scope(f));

/** Hands what a scope made to its parent. */
function pass(view: View, made: View[]): void {
  if (view.owner === made) own(view);
}

/**
 * Hands on what a result reaches: every tensor that a value holds, directly or inside of arrays,
 * objects, maps and sets.
 */
function moveToParent(value: unknown, made: View[], seen?: Set<object>): void {
  if (value instanceof Tensor) {
    pass(value, made);
    return;
  }
  if (typeof value !== "object" || value === null || seen?.has(value) || ArrayBuffer.isView(value))
    return;
  const visited = (seen ?? new Set<object>()).add(value);
  const listed = Array.isArray(value) || value instanceof Set || value instanceof Map;
  const parts: Iterable<unknown> = listed ? value : Object.values(value);
  for (const part of parts) moveToParent(part, made, visited);
}
