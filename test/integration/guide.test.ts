/**
 * @file Programs of docs/guide.md and of the models' pages print what their `//>` lines say. (The
 * programs of the packages' READMEs run as installed: test/packaging.)
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { packageNames, promisedLines } from "../package-page.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const models = readdirSync(join(root, "packages/models/src"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `packages/models/src/${name}/README.md`);
const pages = ["docs/guide.md", ...models].map((path) => readFileSync(join(root, path), "utf8"));
const programs = pages.flatMap((text) =>
  [...text.matchAll(/^##? ([^\n]*)\n(?:(?!^##? )[\s\S])*?```ts\n([\s\S]*?)```/gm)].map((match) => ({
    section: match[1]!,
    program: match[2]!,
  })),
);

test("there is a program in every section that shows code", () => {
  expect(models.length).toBeGreaterThan(1);
  const shown = pages.map((text) => text.split("```ts\n").length - 1);
  expect(programs).toHaveLength(shown.reduce((a, b) => a + b));
});

test.concurrent.for(programs)(
  "$section",
  { timeout: 60_000 },
  async ({ program }, { expect, onTestFinished }) => {
    const folder = mkdtempSync(join(root, ".guide-")); // of the clone, and of no package
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

test("every package is found by its name in any folder of the clone", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(Object.keys(devDependencies).filter((name) => name.startsWith("@spm/"))).toEqual(
    packageNames.map((name) => `@spm/${name}`),
  );
});

test("the guide's command checks the types of one's own file", { timeout: 120_000 }, async () => {
  const [, command = ""] = /```sh\n(npm run .*) mine\.ts\n```/.exec(pages[0] ?? "") ?? [];
  const folder = mkdtempSync(join(root, ".guide-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [mine, other] = ["mine.ts", "other.ts"].map((name) => join(folder, name));
  writeFileSync(other!, 'import type { Tensor } from "@spm/core";\nexport type { Tensor };\n');
  const check = (value: string): Promise<unknown> => {
    const imports =
      'import { tensor } from "@spm/core";\nimport type { Tensor } from "./other.ts";\n';
    writeFileSync(mine!, `${imports}const x: Tensor = ${value};\nconsole.log(await x.data());\n`);
    const [program = "", ...args] = command.split(" ");
    return run(program, [...args, mine!], { cwd: root });
  };
  await expect(check("tensor([1])")).resolves.toMatchObject({ stdout: "" });
  await expect(check("3")).rejects.toMatchObject({
    stdout: expect.stringMatching(/mine\.ts\(3,7\): error TS2322: /),
  });
});
