/** @file Work on a backend other than the current one. */
import { type Backend, current } from "./backend.ts";
import { checkBackend } from "./ops/check-backend.ts";
import { synchronous } from "./scope.ts";
import { during } from "./tape.ts";

/**
 * Runs `f` while new tensors are made on another backend; afterwards the current one is as before.
 * Await outside of it: what else runs meanwhile never sees this backend.
 * @throws BackendError for anything but a backend; TapeError when `f` returns a promise
 * @example withBackend(reference, () => tensor([1, 2]).backend.name); // "reference"
 */
export const withBackend = <T>(backend: Backend, f: () => T): T =>
  during(current, checkBackend("withBackend", backend), () => synchronous("withBackend", f));
