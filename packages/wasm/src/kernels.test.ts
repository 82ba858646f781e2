/** @file The committed kernels are what the sources compile to, bit by bit. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { moduleSource } from "../generate/module-source.ts";

test.each([false, true])(
  "src/kernels*.ts is what `pnpm --filter @spm/wasm generate` writes, relaxed: %s",
  { timeout: 240_000 },
  async (relaxed) => {
    const { path, text } = await moduleSource(relaxed);
    expect(readFileSync(path, "utf8")).toBe(text);
  },
);
