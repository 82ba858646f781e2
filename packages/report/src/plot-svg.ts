/** @file The SVG of a plot as text. */

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
