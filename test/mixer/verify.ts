/**
 * @file `npm run -s verify:mixer`: measures, prints and writes docs/verification.md, and draws the
 * picture of docs/mixer.md. Exits with 1, and writes nothing, where a bound is broken; with
 * `-- --check` it writes nothing in any case.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { wasm } from "@spm/wasm";
import { openSoftwareGpu } from "../gpu/software-gpu.ts";
import { butterflyFigure } from "./butterfly-figure.ts";
import { page } from "./verification.ts";
import { problems } from "./verification-bounds.ts";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const gpu = await openSoftwareGpu();
const text = await page(20, { wasm: await wasm(), gpu });
await gpu?.dispose();
console.log(text);
const broken = problems(text);
for (const problem of broken) console.error(problem);
if (broken.length > 0) process.exitCode = 1;
else if (!values.check) {
  const docs = (path: string) => fileURLToPath(new URL(`../../docs/${path}`, import.meta.url));
  writeFileSync(docs("verification.md"), text);
  writeFileSync(docs("images/butterfly.svg"), butterflyFigure());
}
