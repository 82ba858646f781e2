/** @file Paths of `npm run spm` mean what they mean in the folder where it is typed. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { toCallersFolder } from "./callers-folder.ts";

afterEach(() => vi.restoreAllMocks());

test.each([
  ["spm", ["/elsewhere"]],
  ["start", ["/elsewhere"]],
  ["test", []],
  [undefined, []],
])("npm's script %s", (script, gone) => {
  const chdir = vi.spyOn(process, "chdir").mockImplementation(() => {});
  toCallersFolder({ INIT_CWD: "/elsewhere", npm_lifecycle_event: script });
  expect(chdir.mock.calls.flat()).toEqual(gone);
});

test("a sweep typed outside of the clone reads and writes there", () => {
  const folder = mkdtempSync(join(tmpdir(), "spm-"));
  const rows = Array.from({ length: 20 }, (_, k) => `${k},${k / 3}`);
  writeFileSync(join(folder, "t.csv"), `x,y\n${rows.join("\n")}\n`);
  const main = ["--import", "tsx", "--conditions=@spm/source", "packages/cli/src/main.ts"];
  const tiny = "--hidden 4 --depth 1 --batch-size 8 --epochs 1 --backend reference";
  const line = `sweep t.csv ${tiny} --grid seed=1 --out mine`.split(" ");
  const env = { ...process.env, INIT_CWD: folder, npm_lifecycle_event: "spm" };
  const out = execFileSync(process.execPath, [...main, ...line], { env, encoding: "utf8" });
  expect(out).toContain("trial-001  seed 1  finished");
  expect(out).toMatch(/test R².*\n.*\ntrial-001 +1 +\d\.\d{4} +-?\d+\.\d{4} /);
  expect(existsSync(join(folder, "mine", "trial-001", "report.html"))).toBe(true);
  rmSync(folder, { recursive: true });
});
