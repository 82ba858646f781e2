/** @file The programs of docs/guide.md run, and print what their `//>` lines say. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const guide = readFileSync(join(root, "docs/guide.md"), "utf8");
const programs = [...guide.matchAll(/## ([^\n]*)\n(?:(?!## )[\s\S])*?```ts\n([\s\S]*?)```/g)].map(
  (match) => ({
    section: match[1]!,
    program: match[2]!,
  }),
);
const folder = mkdtempSync(join(root, "test/integration/.guide-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("there is a program in every section that shows code", () => {
  expect(programs).toHaveLength(guide.split("```ts").length - 1);
});

test.each(programs)("$section", { timeout: 60_000 }, ({ program }) => {
  const file = join(folder, "program.ts");
  writeFileSync(file, program);
  const args = ["--import", "tsx", "--conditions=@spm/source", file];
  const printed = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" })
    .trimEnd()
    .split("\n");
  const promised = program
    .split("\n")
    .flatMap((line) => (line.startsWith("//>") ? [line.slice(4)] : []));
  expect(promised.length).toBeGreaterThan(0);
  expect(printed).toEqual(promised);
});
