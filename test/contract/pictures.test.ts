/** @file Pictures of the pages can be read on a light page and on a dark one. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { darkFilter, faintTexts } from "./contrast.ts";

const folder = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const pictures = readdirSync(folder).filter((name) => name.endsWith(".svg"));
const read = (name: string): string => readFileSync(folder + name, "utf8");

test("the contrast of text in every picture is at least 4.5, in both themes", () => {
  expect(pictures.length).toBeGreaterThan(50);
  const faint = pictures.flatMap((name) =>
    faintTexts(read(name), 4.5).map((text) => ({ name, ...text })),
  );
  expect(faint).toEqual([]);
  const style = new URL("../../docs/.vitepress/theme/style.css", import.meta.url);
  expect(readFileSync(style, "utf8")).toContain(`.dark .drawing {\n  filter: ${darkFilter};`);
});

test("text without a ground of its own is found on the dark page, grey text on both", () => {
  const picture = read("butterfly.svg");
  const bare = picture.replace(/<rect[^>]*>/, "");
  expect(bare).not.toBe(picture);
  expect(faintTexts(bare, 4.5)).toContainEqual({
    text: "distance 1",
    theme: "dark",
    contrast: 2.9,
  });
  expect(faintTexts(picture.replace('fill="#5c6778"', 'fill="#999"'), 4.5)).toContainEqual({
    text: "distance 1",
    theme: "light",
    contrast: 2.8,
  });
});
