/**
 * @file Signals that end a run: the first asks the work to come to an end, a second Ctrl-C ends the
 * process.
 */

/** The exit codes of a process that a signal ended, as shells have them: 128 and its number. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The exit code where the reader of the output has closed it, as after SIGPIPE: 128 + 13. */
export const READER_GONE = 141;

/**
 * Under npm one Ctrl-C arrives twice, from the terminal and from npm, which passes it on: within
 * this many ms it is one.
 */
const SAME_PRESS = 1000;

let running: ((code: number) => void) | undefined;

/**
 * Asks the work that runs to come to an end, after which the process has this exit code.
 * @returns false where none runs
 */
export function endWith(code: number): boolean {
  running?.(code);
  return running !== undefined;
}

/**
 * Runs `work` with a signal that SIGINT (Ctrl-C), SIGTERM or SIGHUP (a closed terminal) aborts, and
 * sets the exit code where it was interrupted: 130, 143, 129. A second SIGINT, a second later or
 * more, exits at once.
 *
 * @param work - resolves to whether it was interrupted
 * @param stderr - gets the message that the first one arrived.
 * @param ending - the work that is left to do then, for that message.
 */
export async function interruptible(
  work: (signal: AbortSignal) => Promise<boolean>,
  stderr: NodeJS.WritableStream,
  ending = "finishing this step and writing the report",
): Promise<void> {
  const controller = new AbortController();
  let [since, code] = [0, 0];
  const end = (by: number): void => {
    // a terminal that closes takes the reader along: whichever arrives first, it is the signal
    if (code === READER_GONE) code = by;
    if (controller.signal.aborted) return;
    [since, code] = [performance.now(), by];
    controller.abort();
    stderr.write(`\ninterrupted: ${ending}; Ctrl-C to quit at once\n`);
  };
  const handlers = Object.entries(SIGNALS).map(([name, by]) => {
    const handler = (): void => {
      const again = controller.signal.aborted && name === "SIGINT";
      if (again && performance.now() - since >= SAME_PRESS) process.exit(by);
      end(by);
    };
    process.on(name, handler);
    return { name, handler };
  });
  running = end;
  try {
    if (await work(controller.signal)) process.exitCode = code;
  } finally {
    running = undefined;
    for (const { name, handler } of handlers) process.off(name, handler);
  }
}
