/** @file The examples run and do what they say. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("training in a worker tells how far it is, is stopped, hands its weights over", async () => {
  const folder = mkdtempSync(join(tmpdir(), "spm-example-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, "train.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["examples/training-in-a-worker.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@spm/source"],
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const lines = stdout.trim().split("\n");
  expect(lines[0]).toMatch(/^step 10 {2}accuracy 0\.\d\d$/);
  expect(lines.at(-1)).toMatch(/^stopped; the weights of layers\.0\.\w+, .* are here$/);
});
