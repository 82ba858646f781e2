/** @file Loops that an interruption ends. */
import { setImmediate } from "node:timers/promises";

/**
 * The items of a list, none after the signal is aborted. The event loop runs before each,
 * so that an interruption comes through.
 *
 * @example for await (const kind of uninterrupted(kinds, signal)) cells.push(measure(kind));
 */
export async function* uninterrupted<Item>(
  items: Iterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  for (const item of items) {
    await setImmediate();
    if (signal.aborted) return;
    yield item;
  }
}

/**
 * The numbers 0, 1, … of `count` steps, none after the signal is aborted. The event loop gets its
 * turn after each, so that an interruption comes through.
 *
 * @example for await (const step of steps(100, signal)) trainStep(optimizer, loss).dispose();
 */
export async function* steps(
  count: number,
  signal: AbortSignal,
): AsyncGenerator<number, void, undefined> {
  for (let step = 0; step < count && !signal.aborted; step++) {
    yield step;
    await setImmediate();
  }
}
