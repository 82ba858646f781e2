/**
 * @file Writes the compiled kernels as ES modules under `src/`: `pnpm --filter @spm/wasm generate`.
 */
import { writeFileSync } from "node:fs";
import { moduleSource } from "./module-source.ts";

for (const relaxed of [false, true]) {
  const { path, text } = await moduleSource(relaxed);
  writeFileSync(path, text);
  console.log(`${path}: ${text.length} characters`);
}
