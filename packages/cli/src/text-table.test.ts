/** @file Tables and texts fit the columns that there are. */
import { expect, test, vi } from "vitest";
import { program } from "./program.ts";
import { folded } from "./terminal.ts";
import { textTable } from "./text-table.ts";

const head = ["layer", "parameters", "test accuracy", "seconds per epoch"];
const rows = [
  ["dense", "269,322", "98.12 %", "10.5"],
  ["a longer name", "1", "9.00 %", "2.10"],
];

test("textTable aligns names to the left and numbers to the right", () => {
  expect(`\n${textTable(head, rows, 80)}\n`).toMatchInlineSnapshot(`
    "
    layer          parameters  test accuracy  seconds per epoch
    ─────────────  ──────────  ─────────────  ─────────────────
    dense             269,322        98.12 %               10.5
    a longer name           1         9.00 %               2.10
    "
  `);
});

test("a narrow one has heads of several lines, then several tables, then shorter cells", () => {
  expect(`\n${textTable(head, rows, 50)}\n`).toMatchInlineSnapshot(`
    "
                                         seconds
                                   test      per
    layer          parameters  accuracy    epoch
    ─────────────  ──────────  ────────  ───────
    dense             269,322   98.12 %     10.5
    a longer name           1    9.00 %     2.10
    "
  `);
  expect(`\n${textTable(head, rows, 30)}\n`).toMatchInlineSnapshot(`
    "
    layer          parameters
    ─────────────  ──────────
    dense             269,322
    a longer name           1

                       test
    layer          accuracy
    ─────────────  ────────
    dense           98.12 %
    a longer name    9.00 %

                   seconds
                       per
    layer            epoch
    ─────────────  ───────
    dense             10.5
    a longer name     2.10
    "
  `);
  expect(`\n${textTable(head, rows, 22)}\n`).toMatchInlineSnapshot(`
    "
    layer     parameters
    ────────  ──────────
    dense        269,322
    a longe…           1

                  test
    layer     accuracy
    ────────  ────────
    dense      98.12 %
    a longe…    9.00 %

              seconds
                  per
    layer       epoch
    ────────  ───────
    dense        10.5
    a longe…     2.10
    "
  `);
  for (let width = 18; width < 60; width++)
    for (const line of textTable(head, rows, width).split("\n"))
      expect(line.length).toBeLessThanOrEqual(width);
  expect(textTable(["a"], [], 10)).toBe("a\n─");
});

test("folded breaks between words, keeps columns and indents, and hangs what follows", () => {
  expect(folded("one two three", 7)).toBe("one two\nthree");
  expect(folded("  name    of something long", 16, 10)).toBe(
    "  name    of\n          something\n          long",
  );
  expect(folded("a/very/long/path stands alone", 12)).toBe("a/very/long/path\nstands alone");
  expect(folded("\nshort\n", 80)).toBe("\nshort\n");
});

test.each([60, 80, 120])("the help of every command fits %d columns", (columns) => {
  vi.stubEnv("COLUMNS", String(columns));
  const spm = program();
  const widths = [spm, ...spm.commands].map((command) => {
    let text = "";
    command.configureOutput({ writeOut: (part) => (text += part) });
    command.outputHelp();
    expect(text).toContain(`Usage: ${command === spm ? "spm" : `spm ${command.name()}`}`);
    return Math.max(...text.split("\n").map((line) => line.length));
  });
  for (const width of widths) expect(width).toBeLessThanOrEqual(columns);
  expect(Math.max(...widths)).toBeGreaterThan(columns - 12); // it uses what there is
  vi.unstubAllEnvs();
});
