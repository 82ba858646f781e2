/**
 * @file Programs of docs/guide.md, of the packages' READMEs and of the models' pages print what
 * their `//>` lines say.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { packageNames, promisedLines } from "../package-page.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const models = readdirSync(join(root, "packages/models/src"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `packages/models/src/${name}/README.md`);
const readmes = packageNames.map((name) => `packages/${name}/README.md`);
const pages = ["docs/guide.md", ...readmes, ...models].map((path) => ({
  text: readFileSync(join(root, path), "utf8"),
  // a folder from which what the page imports is found by its name
  home: path.startsWith("packages/cli/") ? "packages/cli" : "test/integration",
}));
const programs = pages.flatMap(({ text, home }) =>
  [...text.matchAll(/^##? ([^\n]*)\n(?:(?!^##? )[\s\S])*?```ts\n([\s\S]*?)```/gm)].map((match) => ({
    section: match[1]!,
    program: match[2]!,
    home,
  })),
);

test("there is a program in every section that shows code", () => {
  expect(models.length).toBeGreaterThan(1);
  const shown = pages.map(({ text }) => text.split("```ts\n").length - 1);
  expect(programs).toHaveLength(shown.reduce((a, b) => a + b));
});

test.concurrent.for(programs)(
  "$section",
  { timeout: 60_000 },
  async ({ program, home }, { expect, onTestFinished }) => {
    const folder = mkdtempSync(join(root, home, ".guide-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "program.ts");
    writeFileSync(file, program);
    const args = ["--import", "tsx", "--conditions=@spm/source", file];
    const { stdout } = await run(process.execPath, args, { cwd: folder });
    const promised = promisedLines(program);
    expect(promised.length).toBeGreaterThan(0);
    expect(stdout.trimEnd().split("\n")).toEqual(promised);
  },
);
