/** @file Writes the modules under `csp/`: `pnpm --filter @spm/core generate`. */
import { writeFileSync } from "node:fs";
import { sources } from "./sources.ts";

for (const [path, text] of sources()) {
  writeFileSync(path, text);
  console.log(`${path}: ${text.length} characters`);
}
