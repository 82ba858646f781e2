/**
 * @file Ownership: a scope releases the tensors made in it, except those that it returns and those
 * that are kept.
 */
import { TapeError } from "./errors.ts";
import { checkFunction, checkTensors } from "./ops/check.ts";
import type { Holder } from "./storage.ts";
import { isRecording, withoutTapes } from "./tape.ts";
import { Tensor } from "./tensor.ts";

const scopes: Holder[][] = [];

/**
 * Makes the innermost scope the owner of holders. Outside of all scopes they have no owner: then
 * they move to the JavaScript heap if the backend has `copyToHeap`, and are the garbage collector's
 * if the backend is `collected`; on a GPU, which is neither, only `dispose()` frees them. Where the
 * heap has no room all of them are released.
 * @example own([new Tensor(x, reference, x.ndarray())]);
 */
export function own<const Holders extends readonly Holder[]>(holders: Holders): Holders {
  const scope = scopes.at(-1);
  try {
    for (const holder of holders) {
      if (scope === undefined) holder.detach();
      else scope.push(holder);
      holder.owner = scope ?? null;
    }
  } catch (error) {
    for (const holder of holders) holder.dispose();
    throw error;
  }
  return holders;
}

/**
 * Runs `f` and releases the tensors made in it. Those in the result (tensors, also in arrays,
 * objects, maps and sets; [...] each) move to the parent scope; what went through {@link keep}
 * outlives every scope; and while a tape opened outside records, all move to the parent scope: its
 * pullback still reads them. Functions in the result are not looked into: a pullback is to be
 * called inside of the scope that recorded it.
 * @throws TapeError when `f` returns a promise: scopes are synchronous
 * @example const norm = scope(() => sqrt(sum(square(x)))); // the square and the sum are gone
 */
export function scope<T>(f: () => T): T {
  const made: Holder[] = [];
  scopes.push(made);
  let result: T | undefined;
  try {
    result = synchronous("scope", f);
    return result;
  } finally {
    scopes.pop();
    try {
      if (isRecording()) for (const holder of made) pass(holder, made);
      else if (made.length > 0) moveToParent(result, made);
    } finally {
      for (const holder of made) if (holder.owner === made) holder.dispose();
    }
  }
}

/** Releases a tensor of the innermost scope before the scope ends, unless a tape records. */
export function releaseEarly(tensor: Tensor): void {
  if (tensor.owner !== null && tensor.owner === scopes.at(-1) && !isRecording()) tensor.dispose();
}

/**
 * The result of a function that is not to wait: what is set while it runs is set for all.
 * @param op - who asks, for the message
 * @throws TapeError for a promise, whose own rejection is then ignored
 * @example synchronous("mine", () => 3); // 3
 */
export function synchronous<T>(op: string, f: () => T): T {
  const value = checkFunction(op, f)();
  if (typeof (value as PromiseLike<T> | null)?.then !== "function") return value;
  (value as PromiseLike<T>).then(undefined, () => {});
  throw new TapeError(op, "a synchronous function", "a promise", "await outside of it");
}

/**
 * The tensor itself [...], which no scope releases now: `dispose()` does.
 * @example state.h = keep(h);
 */
export function keep<T extends Tensor>(tensor: T): T {
  checkTensors("keep", tensor);
  tensor.assertReadable();
  tensor.owner = null;
  return tensor;
}

/**
 * Runs `f` while no tape records, in a {@link scope}: for evaluation, sampling and updates.
 * @throws TapeError when `f` returns a promise
 * @example const logits = noGrad(() => model.forward(x));
 */
export const noGrad = <T>(f: () => T): T => withoutTapes(() => scope(f));

/** Moves a holder that a scope made to the parent scope. */
function pass(holder: Holder, made: Holder[]): void {
  if (holder.owner === made) own([holder]);
}

/**
 * Moves the tensors of a result to the parent scope, also those in arrays, objects, maps and sets.
 */
function moveToParent(result: unknown, made: Holder[]): void {
  if (typeof result !== "object" || result === null) return;
  const found = new Set<object>([result]); // it grows while it is walked
  for (const value of found) {
    if (value instanceof Tensor) pass(value, made);
    if (value instanceof Tensor || ArrayBuffer.isView(value)) continue;
    const listed = Array.isArray(value) || value instanceof Set || value instanceof Map;
    const parts: Iterable<unknown> = listed ? value : Object.values(value);
    for (const part of parts) if (typeof part === "object" && part !== null) found.add(part);
  }
}
