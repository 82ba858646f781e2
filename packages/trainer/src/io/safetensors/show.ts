/** @file The content of a file, as a short text for a message. */

/** A text as JSON, cut where it is long. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** A short text, whatever the value is. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "string") return quote(value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
