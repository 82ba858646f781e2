/** @file Messages while data is read: its columns, bad rows, and how far a long read is. */
import type { LoadContext } from "@spm/data/datasets";
import type { ProgressStream } from "@spm/trainer";
import { formatCount, formatPercent } from "@spm/trainer/format";

/** Milliseconds of reading before the first line, and between two lines of a terminal. */
const [QUIET, REDRAW] = [1000, 200];

/**
 * A context that tells a stream: a terminal redraws one line while files are read, elsewhere each
 * tenth of a file is a line.
 */
export function reading(
  stdout: ProgressStream,
): Required<Pick<LoadContext, "tell" | "onProgress">> {
  const terminal = stdout.isTTY === true;
  const begun = performance.now();
  let [drawn, tenths, open] = [begun + QUIET, 0, false];
  return {
    tell(line) {
      if (open) stdout.write("\r\x1b[K");
      open = false;
      stdout.write(`${line}\n`);
    },
    onProgress({ rows, bytes, total }) {
      const share = total === undefined || bytes === undefined ? undefined : bytes / total;
      const text = `reading: ${formatCount(rows)} samples`;
      const line = share === undefined ? text : `${text}, ${formatPercent(share)}`;
      const now = performance.now();
      if (now < drawn) return;
      if (terminal) {
        stdout.write(`\r${line}\x1b[K`);
        [drawn, open] = [now + REDRAW, true];
      } else if (Math.floor(10 * (share ?? 0)) > tenths) {
        tenths = Math.floor(10 * (share ?? 0));
        stdout.write(`${line}\n`);
      }
    },
  };
}
