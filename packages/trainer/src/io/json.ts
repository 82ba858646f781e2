/** @file JSON that keeps every number: NaN, the infinities and −0, too. */

export type { Json } from "@spm/nn/extend";

/** The key of a number that JSON can't represent. */
const MARK = "$number";

/** The text of a value, from which every number is read back bit by bit. */
export function stringifyExactly(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "number" && (!Number.isFinite(item) || Object.is(item, -0))
      ? { [MARK]: Object.is(item, -0) ? "-0" : String(item) }
      : item,
  );
}

/** The value of a {@link stringifyExactly} text. @throws SyntaxError for text that isn't JSON */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, (_, item: unknown) =>
    typeof item === "object" && item !== null && MARK in item ? Number(item[MARK]) : item,
  );
}
