/** @file The frame of a picture: its title, and a ground as light as that of charts. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { LIGHT } from "../palette.ts";
import { shifted, svgElement, svgPicture, svgText } from "../svg.ts";

/** Options of pictures. */
export interface PictureOptions {
  /** The title of the picture. */
  readonly title?: string;
}

const names: OptionNames<PictureOptions> = { title: true };

/** The title of a picture. @throws OptionError for an unknown option */
export function titleOf(op: string, options: PictureOptions, usual: string): string {
  checkOptions(op, options, names);
  return options.title ?? usual;
}

/** Height of the title. */
export const TOP = 24;

/**
 * A picture with its title above its content, on a ground of its own, so that a dark page shows it,
 * too. The origin of the content is `TOP` below the upper
 * edge.
 */
export function framed(
  width: number,
  height: number,
  title: string,
  content: readonly string[],
): string {
  const heading = svgText(0, 14, title, { "font-size": 13, "font-weight": 600 });
  const size = { width, height: height + TOP };
  const attributes = { "font-size": 11, color: LIGHT.ink, fill: "currentColor" };
  const ground = svgElement("rect", { ...size, fill: LIGHT.ground });
  const inside = shifted(0, TOP, ...content.map((line) => `\n${line}`), "\n");
  return svgPicture(title, size, attributes, [ground, heading, inside]);
}
