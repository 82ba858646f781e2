/**
 * @file The committed kernels are what the sources compile to, bit by bit. Both modules have the
 * same sources: `npm run test:full` compiles the relaxed one, too.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { full } from "../../../test/full.ts";
import { moduleSource } from "../generate/module-source.ts";

test.each(full ? [false, true] : [false])(
  "src/kernels*.ts is what `pnpm --filter @spm/wasm generate` writes, relaxed: %s",
  { timeout: 240_000 },
  async (relaxed) => {
    const { path, text } = await moduleSource(relaxed);
    expect(readFileSync(path, "utf8")).toBe(text);
  },
);
