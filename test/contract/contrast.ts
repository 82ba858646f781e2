/**
 * @file The contrast of a picture's text with what lies under it, on a light page and a dark one,
 * by WCAG 2: that of black on white is 21.
 */

/** Parts of 255. */
export type Rgb = readonly [r: number, g: number, b: number];

/** The grounds of pages: white, and VitePress's dark one. */
const pages: Readonly<Record<"light" | "dark", Rgb>> = {
  light: [255, 255, 255],
  dark: [27, 27, 31],
};

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((v) => {
    const part = v / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast of two colours: 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const names: Readonly<Record<string, Rgb>> = { white: [255, 255, 255], black: [0, 0, 0] };

/** A colour as pictures write it. @throws Error for another */
function rgb(text: string): Rgb {
  const named = names[text];
  if (named !== undefined) return named;
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
  if (hex !== undefined) {
    const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
    const part = (at: number): number => Number.parseInt(full.slice(at, at + 2), 16);
    return [part(0), part(2), part(4)];
  }
  const [, h, s, l] = /^hsl\(([\d.]+) ([\d.]+)% ([\d.]+)%\)$/.exec(text) ?? [];
  const [, r, g, b] = /^rgb\((\d+)[ ,]+(\d+)[ ,]+(\d+)\)$/.exec(text) ?? [];
  if (r !== undefined) return [Number(r), Number(g), Number(b)];
  if (h === undefined) throw new Error(`contrast: expected a colour, got ${text}`);
  const [hue, saturation, light] = [Number(h), Number(s) / 100, Number(l) / 100];
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12;
    const most = saturation * Math.min(light, 1 - light);
    return 255 * (light - most * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** A colour of which some lies over another. */
export const mixed = (under: Rgb, over: Rgb, alpha: number): Rgb =>
  under.map((v, i) => v * (1 - alpha) + (over[i] ?? 0) * alpha) as unknown as Rgb;

/** The filter of the site's dark theme for drawings. */
export const darkFilter = "invert(0.89) hue-rotate(180deg)";

/** A colour behind {@link darkFilter}. */
function turnedDark(colour: Rgb): Rgb {
  const [r, g, b] = colour.map((v) => 0.89 * 255 + (1 - 2 * 0.89) * v) as unknown as Rgb;
  const grey = 0.213 * r + 0.715 * g + 0.072 * b;
  return [r, g, b].map((v) => Math.min(255, Math.max(0, 2 * grey - v))) as unknown as Rgb;
}

interface Style {
  readonly x: number;
  readonly y: number;
  readonly fill: string;
  readonly color: string;
  readonly alpha: number;
  readonly anchor: string;
}

interface Rect {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly fill: string;
  readonly alpha: number;
}

/** Text of a picture that is hard to read somewhere. */
export interface Faint {
  readonly text: string;
  readonly theme: string;
  /** Rounded down to a tenth. */
  readonly contrast: number;
}

type Attributes = Readonly<Record<string, string | undefined>>;

/** What an element inherits and sets. */
function styled(outer: Style, name: string, set: Attributes): Style {
  const [, dx = 0, dy = 0] =
    /^translate\(([-\d.]+)[ ,]+([-\d.]+)\)/.exec(set.transform ?? "") ?? [];
  const placed = name === "svg" || name === "text" || name === "tspan";
  const inline = Object.fromEntries(
    (set.style ?? "").split(";").map((part) => part.split(":").map((word) => word.trim())),
  );
  return {
    x: outer.x + Number(dx) + (placed ? Number.parseFloat(set.x ?? "0") : 0),
    y: outer.y + Number(dy) + (placed ? Number.parseFloat(set.y ?? "0") : 0),
    fill: inline.fill ?? set.fill ?? outer.fill,
    color: inline.color ?? set.color ?? outer.color,
    alpha: outer.alpha * Number(set.opacity ?? 1) * Number(set["fill-opacity"] ?? 1),
    anchor: set["text-anchor"] ?? outer.anchor,
  };
}

/**
 * The texts of an SVG whose contrast is below `least` in some theme, as an image on a page, or as a
 * drawing that the dark site turns dark. Reads
 * what our pictures are made of: groups that are shifted, rectangles, text; fills by attribute.
 */
export function faintTexts(svg: string, least: number): Faint[] {
  const start: Style = { x: 0, y: 0, fill: "black", color: "black", alpha: 1, anchor: "start" };
  const open: Style[] = [start];
  const rects: Rect[] = [];
  const faint: Faint[] = [];
  const drawn = svg.replaceAll(/<(style|title|desc|clipPath|defs)\b[\s\S]*?<\/\1>/g, "");
  const parts = drawn.matchAll(/<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|([^<]+)/g);
  for (const [, closing, name = "", list = "", empty, text] of parts) {
    const outer = open.at(-1) ?? start;
    const colourOf = ({ fill }: { fill: string }): string =>
      fill === "currentColor" ? outer.color : fill;
    if (text !== undefined && text.trim() !== "") {
      const width = text.length * 6;
      const at = { start: 0.5, middle: 0, end: -0.5 }[outer.anchor] ?? 0;
      const point = [outer.x + at * width, outer.y - 4] as const;
      const under = rects.filter(({ from, to }) =>
        point.every((v, i) => v >= (from[i] ?? 0) && v <= (to[i] ?? 0)),
      );
      for (const [theme, page] of Object.entries(pages)) {
        const ground = under.reduce(
          (below, rect) => mixed(below, rgb(rect.fill), rect.alpha),
          page,
        );
        const ink = mixed(ground, rgb(colourOf(outer)), outer.alpha);
        const found: readonly (readonly [string, number])[] = [
          [theme, contrast(ink, ground)],
          ...(theme === "light" && !svg.includes("<image")
            ? [["turned dark", contrast(turnedDark(ink), turnedDark(ground))] as const]
            : []),
        ];
        for (const [shown, got] of found)
          if (got < least) faint.push({ text, theme: shown, contrast: Math.floor(got * 10) / 10 });
      }
    }
    if (closing === "/") open.pop();
    if (closing === "/" || name === "") continue;
    const attributes: Attributes = Object.fromEntries(
      [...list.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    const style = styled(outer, name, attributes);
    if (name === "rect" && style.fill !== "none") {
      const [x, y, w, h] = ["x", "y", "width", "height"].map((key) => Number(attributes[key] ?? 0));
      const from = [style.x + x!, style.y + y!] as const;
      const fill = style.fill === "currentColor" ? style.color : style.fill;
      rects.push({ from, to: [from[0] + w!, from[1] + h!], fill, alpha: style.alpha });
    }
    if (empty !== "/") open.push(style);
  }
  return faint;
}
