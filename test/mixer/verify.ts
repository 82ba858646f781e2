/** @file `npm run -s verify:mixer`: measures, prints and writes docs/verification.md. Exits with 1 where a bound is broken. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { page } from "./verification.ts";
import { problems } from "./verification-bounds.ts";

const text = page(20);
console.log(text);
const broken = problems(text);
for (const problem of broken) console.error(problem);
if (broken.length > 0) process.exitCode = 1;
else writeFileSync(fileURLToPath(new URL("../../docs/verification.md", import.meta.url)), text);
