/** @file The backend on which a training or an evaluation computes. */
import { type Backend, currentBackend, type Parameter, withBackend } from "@spm/core";

/** That of the first of several parameters; the current one where there are none. */
export const backendOf = (parameters: Iterable<Parameter>): Backend => {
  for (const { backend } of parameters) return backend;
  return currentBackend();
};

/**
 * Calls a hook while new tensors are made on a backend, and awaits it. What it does after an
 * `await` of its own is on the current backend again.
 */
export async function called(
  backend: Backend,
  hook: () => void | Promise<void> | undefined,
): Promise<void> {
  const results: unknown[] = [];
  withBackend(backend, () => void results.push(hook()));
  await results[0];
}
