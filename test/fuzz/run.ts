/**
 * @file `npm run -s fuzz -- --files N --seed S`: the reader of safetensors against N damaged files.
 */
import { parseArgs } from "node:util";
import { fuzzSafetensors } from "./fuzz-safetensors.ts";

const { values } = parseArgs({
  options: { files: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const { read, refused, failures, slowest } = fuzzSafetensors(
  Number(values.files),
  Number(values.seed),
);
for (const failure of failures.slice(0, 20)) console.log(failure);
console.log(
  `${read} read, ${refused} refused, ${failures.length} failed; slowest ${slowest.toFixed(1)} ms`,
);
process.exitCode = failures.length > 0 ? 1 : 0;
