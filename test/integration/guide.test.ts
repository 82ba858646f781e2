/**
 * @file Programs of the guide, the tutorials, the landing page and the models' pages print what
 * their `//>` lines say. (The programs of the packages' READMEs run as installed: test/packaging.)
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { packageNames, programPages, promisedLines } from "../package-page.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = programPages.map((path) => readFileSync(join(root, path), "utf8"));
const programs = pages.flatMap((text) =>
  [...text.matchAll(/^##? ([^\n]*)\n(?:(?!^##? )[\s\S])*?```ts\n([\s\S]*?)```/gm)].map((match) => ({
    section: match[1]!,
    program: match[2]!,
  })),
);

test("there is a program in every section that shows code", () => {
  expect(pages.length).toBeGreaterThan(10);
  const shown = pages.map((text) => text.split("```ts\n").length - 1);
  expect(programs).toHaveLength(shown.reduce((a, b) => a + b));
});

/** Imports each program in turn, as a process of its own would, and writes down what it prints. */
const driver = `
import { writeFileSync } from "node:fs";
import { reference, setBackend } from "@spm/core";
const printed = [];
for (let k = 0; k < ${programs.length}; k++) {
  setBackend(reference);
  printed[k] = "";
  process.stdout.write = (text) => (printed[k] += text, true);
  await import(\`./\${k}.ts\`).catch((error) => { printed[k] += String(error?.stack ?? error); });
}
writeFileSync("printed.json", JSON.stringify(printed));
process.exit(0);
`;

describe("programs", () => {
  const folder = mkdtempSync(join(root, ".guide-")); // of the clone, and of no package
  afterAll(() => rmSync(folder, { recursive: true }));
  let printed: readonly string[] = [];
  beforeAll(async () => {
    for (const [k, { program }] of programs.entries())
      writeFileSync(join(folder, `${k}.ts`), program);
    writeFileSync(join(folder, "driver.ts"), driver);
    const args = ["--import", "tsx", "--conditions=@spm/source", "driver.ts"];
    await run(process.execPath, args, { cwd: folder });
    printed = JSON.parse(readFileSync(join(folder, "printed.json"), "utf8"));
  }, 120_000);

  test.each(programs.map(({ section, program }, k) => ({ section, program, k })))(
    "$section",
    ({ program, k }) => {
      const promised = promisedLines(program);
      expect(promised.length).toBeGreaterThan(0);
      expect(printed[k]?.trimEnd().split("\n")).toEqual(promised);
    },
  );
});

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
  const imports =
    'import { tensor } from "@spm/core";\nimport type { Tensor } from "./other.ts";\n';
  const code = "const x: Tensor = tensor([1]);\nconst y: Tensor = 3;\nconsole.log(x, y);\n";
  writeFileSync(mine!, imports + code);
  const [program = "", ...args] = command.split(" ");
  await expect(run(program, [...args, mine!], { cwd: root })).rejects.toMatchObject({
    // and no other
    stdout: expect.stringMatching(/^[^\n]*mine\.ts\(4,7\): error TS2322: [^\n]*\n$/),
  });
});
