/** @file The ledger of `npm test`, and vitest's reporter that prints it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type Before, handedOver, npmTestLedger } from "./npm-test.ts";

const before: Before = {
  begun: 1000,
  checks: [
    { name: "lint", seconds: 2 },
    { name: "types", seconds: 20 },
  ],
};
const files = [
  { name: "golden", seconds: 3 },
  { name: "unit", seconds: 40 },
  { name: "unit", seconds: 50 },
];

/** The ledger's name and seconds by line, without its title. */
const rows = (text: string): string[] =>
  text
    .split("\n")
    .flatMap((line) => /^ {2}(\S.*?) +([\d.]+) s of/.exec(line)?.slice(1).join(" ") ?? []);

test("checks, projects, what is between files, and the clock on the wall", () => {
  const text = npmTestLedger(before, 141_000, { seconds: 55, files });
  expect(rows(text)).toEqual([
    "lint 2.0",
    "types 20.0",
    "unit 90.0",
    "golden 3.0",
    "between files 17.0",
    "all 140.0",
  ]);
});

test("files that overlap leave nothing between them", () => {
  const text = npmTestLedger(before, 61_000, { seconds: 40, files });
  expect(rows(text).slice(-2)).toEqual(["between files 0.0", "all 60.0"]);
});

test("where a check failed, the ledger is of the checks", () => {
  expect(rows(npmTestLedger(before, 24_000))).toEqual(["lint 2.0", "types 20.0", "all 23.0"]);
});

test("it follows vitest's summary, and the exit code of failed tests stays", () => {
  const root = mkdtempSync(join(tmpdir(), "ledger-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const config = `export default { test: { name: "unit", globals: true } };`;
  writeFileSync(join(root, "vitest.config.js"), config);
  writeFileSync(join(root, "one.test.js"), `test("right", () => {}); test("wrong", () => fail());`);
  const vitest = dirname(createRequire(import.meta.url).resolve("vitest/package.json"));
  const reporter = fileURLToPath(new URL("reporter.ts", import.meta.url));
  const reporters = ["--reporter=default", `--reporter=${reporter}`];
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(vitest, "vitest.mjs"), "run", "--root", root, ...reporters],
    {
      encoding: "utf8",
      env: { PATH: process.env.PATH, NO_COLOR: "1", [handedOver]: JSON.stringify(before) },
    },
  );
  expect(status).toBe(1);
  expect(stdout).toMatch(/ Tests {2}1 failed \| 1 passed \(2\)[\s\S]*\nSeconds of npm test/);
  expect(rows(stdout).map((row) => row.replace(/ [\d.]+$/, ""))).toEqual([
    "lint",
    "types",
    "unit",
    "between files",
    "all",
  ]);
}, 60_000);
