/** @file The committed kernels are what the sources compile to, bit by bit. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { moduleSource } from "../generate/module-source.ts";

test("src/kernels.ts is what `pnpm --filter @spm/wasm generate` writes", { timeout: 240_000 }, async () => {
  const { path, text } = await moduleSource(false);
  expect(readFileSync(path, "utf8")).toBe(text);
});
