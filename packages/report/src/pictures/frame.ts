/** @file The frame of a picture: a title above, in the colours of the page around it. */
import { shifted, svgPicture, svgText } from "../svg.ts";

/** Height of the title. */
export const TOP = 24;

/**
 * A picture with its title above its content; text takes the colour of the page. The content's own
 * origin lies at (0, 0), `TOP` below the upper edge.
 */
export function framed(
  width: number,
  height: number,
  title: string,
  content: readonly string[],
): string {
  const heading = svgText(0, 14, title, { "font-size": 13, "font-weight": 600 });
  const attributes = { "font-size": 11, fill: "currentColor" };
  const inside = shifted(0, TOP, ...content.map((line) => `\n${line}`), "\n");
  return svgPicture(title, { width, height: height + TOP }, attributes, [heading, inside]);
}
