/** @file JSON that keeps every number: NaN, the infinities and −0, too. */

/** A value that JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Stands for a number that JSON has no word for. */
const MARK = "$number";

/** The text of a value; numbers read back bit by bit. */
export function stringifyExactly(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "number" && (!Number.isFinite(item) || Object.is(item, -0))
      ? { [MARK]: Object.is(item, -0) ? "-0" : String(item) }
      : item,
  );
}

/** What {@link stringifyExactly} wrote. @throws SyntaxError for what is not JSON */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, (_, item: unknown) =>
    typeof item === "object" && item !== null && MARK in item ? Number(item[MARK]) : item,
  );
}
