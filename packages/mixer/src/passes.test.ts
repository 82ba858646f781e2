import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { planPasses } from "./passes.ts";
import { butterfly } from "./patterns.ts";

const page = readFileSync(
  new URL("../../../docs/design/memory-layout.md", import.meta.url),
  "utf8",
);

test.each([
  ["wasm   1024", 10, 10, 2, 2],
  ["wasm   2048", 11, 11, 2, 3],
  ["wasm   2048", 11, 13, 2, 3],
  ["GPU    1024", 10, 10, 3, 3],
  ["GPU    1024", 10, 12, 3, 3],
])(
  "figure 10 of the memory layout: %s, 2^%i coordinates, %i stages",
  (name, log, stages, ...most) => {
    const passes = planPasses(butterfly(2 ** log, stages).strides ?? [], ...most);
    const ranges = passes.map(({ stage, k }) =>
      k > 1 ? `${stage + 1}–${stage + k}` : `${stage + 1}`,
    );
    expect(page).toContain(`${name}  ${stages}      ${ranges.join(" | ")}\n`);
  },
);

test("a pass ends where strides don't double", () => {
  expect(planPasses([1, 2, 8, 16, 32, 64, 1], 3)).toEqual([
    { stage: 0, k: 2, m: 0 },
    { stage: 2, k: 3, m: 3 },
    { stage: 5, k: 1, m: 6 },
    { stage: 6, k: 1, m: 0 },
  ]);
  expect(planPasses([], 3)).toEqual([]);
});
