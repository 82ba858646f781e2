/** @file SVG as text: elements, lines of text, pictures, escaped characters. */

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters that XML doesn't have, lone surrogates among them. */
const NOT_XML = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/**
 * A value as text of HTML and XML: `&`, `<`, `>` and both quotes replaced by entities, characters
 * that XML doesn't have by U+FFFD. Every name and value of a page or picture passes through here.
 *
 * @example
 * ```ts
 * import { escapeXml } from "@spm/report/draw";
 * escapeXml("a < b"); // "a &lt; b"
 * ```
 */
export function escapeXml(value: unknown): string {
  return String(value)
    .replace(NOT_XML, "\uFFFD")
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** A number as SVG text, with at most two decimals. */
export const px = (v: number): string => String(Math.round(v * 100) / 100);

/** Attributes of an element: numbers in user units, text that is escaped. */
export type SvgAttributes = Readonly<Record<string, string | number | undefined>>;

/**
 * An SVG element.
 *
 * @param attributes - in their order; undefined ones are left out
 * @param content - SVG, not escaped
 * @example
 * ```ts
 * import { svgElement } from "@spm/report/draw";
 * svgElement("circle", { cx: 1 / 3, cy: 0, r: 2 }); // '<circle cx="0.33" cy="0" r="2"/>'
 * ```
 */
export function svgElement(
  name: string,
  attributes: SvgAttributes,
  ...content: readonly string[]
): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [` ${key}="${escapeXml(typeof value === "number" ? px(value) : value)}"`],
  );
  const open = `<${name}${written.join("")}`;
  return content.length === 0 ? `${open}/>` : `${open}>${content.join("")}</${name}>`;
}

/**
 * A line of escaped text; (x, y) is its start, or the place that the attribute `text-anchor` names.
 *
 * @example
 * ```ts
 * import { svgText } from "@spm/report/draw";
 * svgText(4, 12, "a < b", { "text-anchor": "end" });
 * ```
 */
export const svgText = (
  x: number,
  y: number,
  text: string,
  attributes: SvgAttributes = {},
): string => svgElement("text", { x, y, ...attributes }, escapeXml(text));

/** Elements drawn around another origin. */
export const shifted = (x: number, y: number, ...content: readonly string[]): string =>
  svgElement("g", { transform: `translate(${px(x)} ${px(y)})` }, ...content);

/**
 * A picture: an SVG for a file, a page or another picture.
 *
 * @param title - its accessible name
 * @param size - in user units
 * @param attributes - those of the root, such as `fill` and `font-size`
 * @param content - SVG, not escaped, a line each
 * @example
 * ```ts
 * import { svgPicture, svgText } from "@spm/report/draw";
 * const svg = svgPicture("a word", { width: 80, height: 20 }, {}, [svgText(4, 14, "word")]);
 * ```
 */
export function svgPicture(
  title: string,
  { width, height }: { readonly width: number; readonly height: number },
  attributes: SvgAttributes,
  content: readonly string[],
): string {
  const named: SvgAttributes = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${px(width)} ${px(height)}`,
    width,
    height,
    role: "img",
    "aria-label": title,
    "font-family": "system-ui, sans-serif",
    ...attributes,
  };
  const lines = [svgElement("title", {}, escapeXml(title)), ...content];
  return svgElement("svg", named, ...lines.map((line) => `\n${line}`), "\n");
}
