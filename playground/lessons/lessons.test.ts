/** @file Each lesson has a title, a text and a program, whose imports there are. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { lessonOf, readLessons } from "./read-lessons.ts";

const lessons = readLessons(fileURLToPath(new URL(".", import.meta.url)));

test("the comment on top is the text, the rest the program", () => {
  const source =
    "/**\n * @file A title\n *\n * One\n * two.\n *\n * Three.\n */\nlet x = 1; /* y */\n";
  expect(lessonOf("name", source)).toEqual({
    ...{
      name: "name",
      title: "A title",
      text: ["One two.", "Three."],
      code: "let x = 1; /* y */\n",
    },
  });
  expect(() => lessonOf("name", "let x;")).toThrow("name: expected");
});

test.each(lessons)("$title imports what there is", async ({ text, code }) => {
  expect(text.length).toBeGreaterThan(0);
  const imports = [...code.matchAll(/import \{([^}]*)\} from "([^"]+)"/g)];
  expect(imports.length).toBe(code.match(/^import /gm)?.length);
  for (const [, names = "", from = ""] of imports) {
    const found: object = await import(from);
    for (const name of names.split(",").map((word) => word.trim()))
      if (name !== "") expect(Object.keys(found)).toContain(name);
  }
});
