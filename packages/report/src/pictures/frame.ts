/** @file The frame of a picture, with its title, in the text colour of the page. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { shifted, svgPicture, svgText } from "../svg.ts";

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
 * A picture with its title above its content. The origin of the content is `TOP` below the upper
 * edge.
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
