/**
 * @file `npm run -s accuracy` measures float32 accuracy, here and in PyTorch, against PyTorch in
 * float64, and writes docs/accuracy.md. Exits with 77 where no Python has PyTorch.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { wasm } from "@spm/wasm";
import { notRun } from "../../ledger/budgets.ts";
import { pythonWith } from "../../python.ts";
import { filled } from "../filled.ts";
import { cases } from "./cases.ts";
import { errorOf, operandsOf, resultOf } from "./measure.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

interface FromPython {
  readonly torch: string;
  readonly results: Readonly<Record<string, Record<"truth" | "float32", number[]>>>;
}

const python = pythonWith("torch");
if (python === null) {
  console.log("not run: no python3 has PyTorch");
  process.exit(notRun);
}
const input = JSON.stringify(
  cases.map((one) => {
    const data = operandsOf(one);
    const operands = one.operands.map(({ shape }, k) => ({ shape, data: [...(data[k] ?? [])] }));
    return { name: one.name, torch: one.torch, operands };
  }),
);
const { status, stdout, stderr } = spawnSync(python, [path("torch_results.py")], {
  input,
  encoding: "utf8",
  maxBuffer: 2 ** 30,
});
if (status !== 0) throw new Error(stderr);
const { torch, results }: FromPython = JSON.parse(stdout);

const machine = await wasm();
const lines: string[] = [];
const worse: string[] = [];
for (const one of cases) {
  const theirs = results[one.name];
  if (theirs === undefined) throw new Error(`expected PyTorch's ${one.name}`);
  const errors = [
    await resultOf(one, "float32"),
    await resultOf(one, "float32", machine),
    theirs.float32,
  ].map((got) => errorOf(one, got, theirs.truth));
  const ours = Math.max(...errors.slice(0, 2).map(({ largest }) => largest));
  const above = ours - (errors[2]?.largest ?? 0);
  if (above > 2) worse.push(`${one.name} (${above.toFixed(1)})`);
  const cells = errors.flatMap(({ largest, mean }) => [largest.toFixed(2), mean.toFixed(2)]);
  const ulp = one.ulpOf === "each" ? "" : ", of the largest";
  lines.push(`| ${one.family} | ${one.name}${ulp} | ${cells.join(" | ")} |`);
}
await machine.dispose();

writeFileSync(
  path("../../../docs/accuracy.md"),
  `# Accuracy in float32

Made by \`npm run -s accuracy\`. The same float32 numbers go through each call on the reference, on
wasm and in PyTorch ${torch} on the CPU; the truth is PyTorch's result in float64. Errors are in
ulp, the distance of neighbouring float32 numbers at the truth; "of the largest" counts that of the
largest element of the result, where others are sums that cancel. 0.5 is a correctly rounded result.
Element by element it is the largest error, and the mean, of 4,096 numbers. A test measures our
columns again, against our own float64.

| | | reference, largest | mean | wasm, largest | mean | PyTorch, largest | mean |
| --- | --- | --- | --- | --- | --- | --- | --- |
${lines.join("\n")}

${filled(`Where ours is worse by more than 2 ulp: ${worse.join(", ") || "nowhere"}. Products on wasm
are summed in float32 as PyTorch's are, in another order: 256 terms one after the other, then those
sums. With k terms the error is at most (257 + k/256) 2⁻²⁴ Σ|aᵢbᵢ|, which a test holds. The
reference sums in float64.`)}
`,
);
console.log(lines.join("\n"));
