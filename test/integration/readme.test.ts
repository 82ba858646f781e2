/**
 * @file What the README says is what happens: its programs run. (Its line counts are checked by
 * scripts/line-counts.mjs.)
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
const folder = mkdtempSync(join(root, "test/integration/.readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs one of the README's programs as its own process and returns the lines that it prints. */
function run(block: string): string[] {
  const file = join(folder, "program.ts");
  writeFileSync(file, block);
  const args = ["--import", "tsx", "--conditions=@spm/source", file];
  return execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }).trim().split("\n");
}

describe("README", () => {
  test("has two programs, each of about twenty lines", () => {
    const lengths = blocks.map(
      (block) => block.split("\n").filter((line) => line.trim() !== "").length,
    );
    expect(lengths).toHaveLength(2);
    for (const length of lengths) expect(length).toBeLessThanOrEqual(22);
  });

  test("its model of one's own learns", { timeout: 60_000 }, () => {
    const losses = run(blocks[0]!).map((line) => Number(/loss ([\d.]+)$/.exec(line)?.[1]));
    expect(losses).toHaveLength(3);
    expect(losses[2]).toBeLessThan(losses[0]! / 20);
  });

  test("its mixer keeps norms, and has the parameters that it says", { timeout: 60_000 }, () => {
    const [counts, norms, shape] = run(blocks[1]!);
    expect(counts).toBe("8192 1049600 [ 32, 1024 ]");
    const [before, after] = norms!.split(" ").map(Number);
    expect(after! / before!).toBeCloseTo(1, 6);
    expect(shape).toBe("[ 5120 ]");
  });
});
