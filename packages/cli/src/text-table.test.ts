import { expect, test } from "vitest";
import { textTable } from "./text-table.ts";

test("textTable aligns names to the left and numbers to the right", () => {
  const table = textTable(
    ["layer", "parameters"],
    [
      ["dense", "269,322"],
      ["a longer name", "1"],
    ],
  );
  expect(`\n${table}\n`).toMatchInlineSnapshot(`
    "
    layer          parameters
    ─────────────  ──────────
    dense             269,322
    a longer name           1
    "
  `);
});
