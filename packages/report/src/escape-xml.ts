/** @file Text made safe to stand in HTML and SVG. */

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text with the five characters that XML gives a meaning replaced by their entities.
 *
 * @example
 * ```ts
 * import { escapeXml } from "@spm/report";
 * escapeXml("a < b"); // "a &lt; b"
 * ```
 */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
