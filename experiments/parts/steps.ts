/** @file A loop that an interruption can end. */
import { setImmediate } from "node:timers/promises";

/**
 * The numbers 0, 1, … of `count` steps, none after the signal is aborted. The event loop runs after
 * each step, so that an interruption is seen.
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
