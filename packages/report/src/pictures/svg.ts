/** @file The frame of a picture: an SVG that stands alone or within a page. */

/** A number as SVG prints it: two decimals at most. */
export const px = (v: number): string => String(Math.round(v * 100) / 100);

const entities = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
]);

/** Text made safe for XML. */
const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => entities.get(c) ?? c);

/**
 * An `<svg>` with a title above its content; text takes the colour of the page. The content's own
 * origin lies at (0, 0), `TOP` below the upper edge.
 */
export function framed(
  width: number,
  height: number,
  title: string,
  content: readonly string[],
): string {
  const full = height + TOP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(full)}" ` +
      `viewBox="0 0 ${px(width)} ${px(full)}" role="img" aria-label="${escaped(title)}" ` +
      'font-family="system-ui, sans-serif" font-size="11" fill="currentColor">',
    `<text x="0" y="14" font-size="13" font-weight="600">${escaped(title)}</text>`,
    `<g transform="translate(0 ${TOP})">`,
    ...content,
    "</g>",
    "</svg>",
  ].join("\n");
}

/** Height of the title. */
export const TOP = 24;

/** Where text stands against its point. */
export type Anchor = "start" | "middle" | "end";

/** A line of text. */
export const label = (x: number, y: number, text: string, anchor: Anchor = "start"): string =>
  `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escaped(text)}</text>`;
