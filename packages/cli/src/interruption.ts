/** @file Ctrl-C: the first asks the work to come to an end, the second ends the process. */

/** The exit code of a process that SIGINT ended, as shells have it: 128 + 2. */
export const INTERRUPTED = 130;

/**
 * Runs `work` with a signal that the first SIGINT aborts; the second SIGINT exits at once.
 *
 * @param stderr - is told that the first was heard.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  stderr: NodeJS.WritableStream,
): Promise<T> {
  const controller = new AbortController();
  const onInterrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    stderr.write("\ninterrupted: finishing this step and writing the report; again to quit at once\n");
  };
  process.on("SIGINT", onInterrupt);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}
