/**
 * @file Reads JSON as Python's `json` writes it: NaN and Infinity may stand where a number does.
 */
import { readFileSync } from "node:fs";

/** A JSON value. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** What a folder of golden values should not hold. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
  constructor(where: string, expected: string, got: Json | undefined) {
    super(`${where}: expected ${expected}, got ${JSON.stringify(got)?.slice(0, 60) ?? "nothing"}`);
  }
}

const nonFinite = new Map<string, number>([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);
const marker = "\uE000"; // private use: in no name or text of a golden file

/** Parses a file. @throws MalformedError when it is no JSON, SystemError when it can't be read */
export function readJson(path: string): Json {
  const text = readFileSync(path, "utf8");
  // Outside of strings only: a string is matched first and left as it is.
  const strict = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
    token.startsWith('"') ? token : `"${marker}${token}"`,
  );
  try {
    return JSON.parse(strict, (_, value: Json) =>
      typeof value === "string" && value.startsWith(marker) ? nonFinite.get(value.slice(1)) : value,
    ) as Json;
  } catch (error) {
    throw new MalformedError(path, "JSON", (error as Error).message);
  }
}

export function asObject(value: Json | undefined, where: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new MalformedError(where, "an object", value);
  return value as JsonObject;
}

export function asList(value: Json | undefined, where: string): readonly Json[] {
  if (!Array.isArray(value)) throw new MalformedError(where, "a list", value);
  return value;
}

export function asString(value: Json | undefined, where: string): string {
  if (typeof value !== "string") throw new MalformedError(where, "a string", value);
  return value;
}

export function asNumber(value: Json | undefined, where: string): number {
  if (typeof value !== "number") throw new MalformedError(where, "a number", value);
  return value;
}

/** A list of numbers. */
export function asNumbers(value: Json | undefined, where: string): number[] {
  return asList(value, where).map((item, i) => asNumber(item, `${where}[${i}]`));
}
