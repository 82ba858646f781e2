/** @file Ctrl-C: the first asks the work to come to an end, the second ends the process. */

/** The exit code of a process that SIGINT ended, as shells have it: 128 + 2. */
export const INTERRUPTED = 130;

/**
 * Under npm one Ctrl-C arrives twice, from the terminal and from npm, which passes it on: within
 * this many ms it is one.
 */
const SAME_PRESS = 1000;

/**
 * Runs `work` with a signal that the first SIGINT aborts; a second SIGINT, a second later or more,
 * exits at once.
 *
 * @param stderr - gets the message that the first one arrived.
 * @param ending - the work that is left to do then, for that message.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  stderr: NodeJS.WritableStream,
  ending = "finishing this step and writing the report",
): Promise<T> {
  const controller = new AbortController();
  let pressed = 0;
  const onInterrupt = (): void => {
    if (controller.signal.aborted) {
      if (performance.now() - pressed >= SAME_PRESS) process.exit(INTERRUPTED);
      return;
    }
    pressed = performance.now();
    controller.abort();
    stderr.write(`\ninterrupted: ${ending}; again to quit at once\n`);
  };
  process.on("SIGINT", onInterrupt);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}
