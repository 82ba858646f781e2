/** @file Programs of docs/guide.md and of the models' pages print what their `//>` lines say. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const models = readdirSync(join(root, "packages/models/src"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `packages/models/src/${name}/README.md`);
const pages = ["docs/guide.md", ...models].map((path) => readFileSync(join(root, path), "utf8"));
const programs = pages.flatMap((page) =>
  [...page.matchAll(/^##? ([^\n]*)\n(?:(?!^##? )[\s\S])*?```ts\n([\s\S]*?)```/gm)].map((match) => ({
    section: match[1]!,
    program: match[2]!,
  })),
);
const folder = mkdtempSync(join(root, "test/integration/.guide-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("there is a program in every section that shows code", () => {
  expect(models.length).toBeGreaterThan(1);
  expect(programs).toHaveLength(pages.join("").split("```ts").length - 1);
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
