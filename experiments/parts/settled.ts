/** @file The end of all work that a device was given. */
import { add, currentBackend, ones, scope } from "@spm/core";

/** Resolves when all enqueued work is done. In CPU memory it is done already. */
export async function settled(): Promise<void> {
  if (currentBackend().arrayOf !== undefined) return;
  const last = scope(() => add(ones([1]), 1));
  await last.data();
  last.dispose();
}
