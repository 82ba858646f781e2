/** @file The colours of both themes, read from the style sheet, and their contrast (WCAG 1.4.3). */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("page.css", import.meta.url), "utf8");
const [light = "", dark = ""] = css.match(/:root \{[^}]*\}/g) ?? [];
const coloursOf = (block: string): Record<string, string> =>
  Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, k, v]) => [k, v]));

/** Relative luminance of #rrggbb. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const v = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** Text, and the grounds that it stands on. */
const pairs: readonly (readonly [string, ...string[]])[] = [
  ["ink", "ground", "field", "active", "selected", "wrong-ground"],
  ["soft", "ground", "field", "active"],
  ["accent", "ground"],
  ["on-accent", "accent"],
  ["wrong", "ground", "wrong-ground"],
  ["warn", "ground"],
  ...["keyword", "string", "number", "name"].map(
    (name) => [name, "field", "active", "wrong-ground"] as const,
  ),
];

test("black on white has 21 : 1", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 10);
});

describe.each([
  { theme: "light", colours: coloursOf(light) },
  { theme: "dark", colours: { ...coloursOf(light), ...coloursOf(dark) } },
])("$theme", ({ colours }) => {
  test.each(pairs)("%s is read on %s", (text, ...grounds) => {
    for (const ground of grounds)
      expect(
        contrast(colours[text] ?? "", colours[ground] ?? ""),
        `${text} on ${ground}`,
      ).toBeGreaterThanOrEqual(4.5);
  });
});
