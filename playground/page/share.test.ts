/** @file A program comes out of its address as it went in; a damaged address has none. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf, hashOf } from "./share.ts";

test("there and back, any text", async () => {
  const text = fc.string({ unit: "binary", maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(text, async (code) => {
      const hash = await hashOf(code);
      expect(hash).toMatch(/^#code=[\w-]+$/);
      expect(await codeOf(hash)).toBe(new TextDecoder().decode(new TextEncoder().encode(code)));
    }),
    { numRuns: 10 },
  );
});

test("what an address packs is short", async () => {
  expect((await hashOf("console.log(1);\n".repeat(200))).length).toBeLessThan(100);
});

test.each(["", "#lesson=slope", "#code=", "#code=!!", "#code=AAAA", "#code=_____w"])(
  "no program in %s",
  async (hash) => {
    expect(await codeOf(hash)).toBeUndefined();
  },
);

test("a cut address, and one that unpacks to megabytes, have none", async () => {
  const hash = await hashOf("const x = [1, 2, 3, 4, 5, 6, 7];\n");
  expect(await codeOf(hash.slice(0, -8))).toBeUndefined();
  const large = await hashOf(" ".repeat(5_000_000));
  expect(large.length).toBeLessThan(10_000);
  expect(await codeOf(large)).toBeUndefined();
});
