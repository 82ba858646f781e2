/** @file Every golden case passes, and the checker tells right from wrong. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { checkFolder } from "./check-folder.ts";
import { numbersError } from "./golden-tensor.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "golden-"));
afterAll(() => rmSync(scratch, { recursive: true }));

test.each(["float64", "float32"] as const)(
  "every case passes in %s",
  async (precision) => {
    const verdicts = (await checkFolder(folder, precision)).flatMap((file) => file.verdicts);
    expect(verdicts.filter((v) => v.verdict !== "passed")).toEqual([]);
    expect(verdicts.length).toBe(1128);
  },
  30_000,
);

const vector = (...data: readonly (number | string)[]) =>
  `{"shape": [${data.length}], "data": [${data.join(", ")}]}`;
const neg = (name: string, output: string, gradient = vector(-1, -1)) =>
  `{"cases": [{"name": "${name}", "inputs": {"x": ${vector(1, 2)}}, "options": {},
    "output": ${output}, "grad_output": ${vector(1, 1)}, "grads": {"x": ${gradient}}}]}`;

async function check(json: string) {
  writeFileSync(join(scratch, "case.json"), json);
  return (await checkFolder(scratch))[0]?.verdicts[0];
}

test("a right case passes, whatever its file is called", async () => {
  expect(await check(neg("neg", vector(-1, -2)))).toEqual({
    name: "neg",
    verdict: "passed",
    error: 0,
  });
});

test.each([
  ["a wrong value", neg("neg", vector(-1, -2.0001))],
  ["a value off by twice the tolerance", neg("neg", vector(-1, -2 - 4e-9))],
  ["a wrong gradient", neg("neg", vector(-1, -2), vector(-1, 1))],
  ["a wrong shape", neg("neg", vector(-1, -2, -3))],
  ["NaN", neg("neg", vector(-1, "NaN"))],
  ["an infinity that is not ours", neg("neg", vector(-1, "-Infinity"))],
  ["an op that throws", neg("concat", vector(1, 2))],
])("%s fails", async (_, json) => {
  expect((await check(json))?.verdict).toBe("failed");
});

test("an op we lack is not yet, by name", async () => {
  expect(await check(neg("lgamma", vector(0, 0)))).toEqual({ name: "lgamma", verdict: "not yet" });
});

test.each([
  ["no JSON", "{"],
  ["no known kind", `{"hello": {}}`],
  ["a list", "[]"],
  ["no cases", `{"cases": []}`],
  ["a field missing", `{"cases": [{"name": "neg"}]}`],
  ["data that does not fill its shape", neg("neg", `{"shape": [3], "data": [1]}`)],
])("%s is an error, not a pass", async (_, json) => {
  await expect(check(json)).rejects.toThrow(/case\.json/);
});

test("the error is relative to the largest value and blind to nothing", () => {
  expect(numbersError([1, 2], [1, 4])).toBe(0.5);
  expect(numbersError([0], [1e-9])).toBeCloseTo(1e-3);
  expect(numbersError([Number.POSITIVE_INFINITY, 1], [Number.POSITIVE_INFINITY, 2])).toBe(0.5);
  expect(numbersError([Number.NaN], [Number.NaN])).toBe(Number.POSITIVE_INFINITY);
  expect(numbersError([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
});
