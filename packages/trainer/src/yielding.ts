/** @file Turns of the event loop during a long computation. */

/**
 * A function to await between pieces of work: it lets the event loop run when `budget` milliseconds
 * have passed since its last turn, and otherwise returns at once.
 */
export function yielding(budget: number): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < budget) return;
    await new Promise<void>((resume) => {
      if (typeof setImmediate === "function") setImmediate(resume);
      else setTimeout(resume, 0);
    });
    last = performance.now();
  };
}
