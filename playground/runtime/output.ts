/** @file The entries of a program, in its order and within bounds. */
import type { Entry } from "../messages.ts";

/** Things and characters that a program may show; a page that draws more is of no use. */
const [MOST, CHARACTERS] = [5000, 8_000_000];

/** Takes things to show. */
export interface Output {
  /** Shows something after all that came before; a promise is waited for. */
  show(entry: Entry | Promise<Entry>): void;
  /** Waits until all is shown. */
  settled(): Promise<void>;
}

/** The length of an entry as text. */
const lengthOf = (entry: Entry): number => JSON.stringify(entry).length;

/**
 * An output that sends entries at once while none is waited for.
 * @param fail - is told of a promise that was rejected
 */
export function outputTo(send: (entry: Entry) => void, fail: (error: unknown) => void): Output {
  let [waiting, sent, characters] = [0, 0, 0];
  let tail: Promise<void> = Promise.resolve();
  const post = (entry: Entry): void => {
    if (sent >= MOST || characters >= CHARACTERS) return;
    sent++;
    characters += lengthOf(entry);
    send(entry);
    if (sent < MOST && characters < CHARACTERS) return;
    send({ kind: "log", level: "warn", parts: ["That is all that is shown of this output."] });
  };
  return {
    show(entry) {
      if (waiting === 0 && !(entry instanceof Promise)) {
        post(entry);
        return;
      }
      waiting++;
      tail = tail
        .then(() => entry)
        .then(post, fail)
        .then(() => {
          waiting--;
        });
    },
    async settled() {
      while (waiting > 0) await tail;
    },
  };
}
