/** @file SVG as text: characters made safe, the frame of a plot. */

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

/**
 * An element's text, with ids of its own: Plot counts its clip paths through the life of the
 * process.
 */
export function serialize(element: Element, prefix: string): string {
  const ids = new Map<string, string>();
  return element.outerHTML.replace(/plot-clip-\d+/g, (id) => {
    if (!ids.has(id)) ids.set(id, `${prefix}-clip-${ids.size}`);
    return ids.get(id) as string;
  });
}
