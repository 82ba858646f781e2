import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { spm, withRunFolder } from "./spm-process.ts";

describe("spm", () => {
  test("--help works everywhere and exits with 0", async () => {
    for (const args of [["--help"], ["compare", "--help"]]) {
      const { code, stdout, stderr } = await spm(args);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain(`Usage: ${["spm", ...args.slice(0, -1)].join(" ")}`);
    }
  });

  test("wrong usage exits with 2 before anything is written", async () => {
    await withRunFolder(async (folder) => {
      const { code, stdout, stderr } = await spm([
        "compare",
        "mnist",
        "--out",
        folder,
        "--hidden",
        "0",
      ]);
      expect(stderr).toContain("Expected a whole number from 1 to 65536.");
      expect([code, stdout]).toEqual([2, ""]);
      expect(existsSync(folder)).toBe(false);
    });
  });

  test("--version is that of the package", async () => {
    const { code, stdout } = await spm(["--version"]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });

  test("a run folder with files in it is refused and left alone", async () => {
    await withRunFolder(async (folder) => {
      mkdirSync(folder);
      writeFileSync(join(folder, "thesis.tex"), "");
      const { code, stderr } = await spm(["compare", "mnist", "--out", folder]);
      expect(stderr).toMatch(/^error: RunWriter: expected a new or empty folder, got .*\nhelp: /);
      expect(code).toBe(1);
      expect(readdirSync(folder)).toEqual(["thesis.tex"]);
    });
  });

  test("a folder that the system refuses is refused before the work", async () => {
    const { code, stdout, stderr } = await spm(["experiment", "samples", "--out", "/dev/null/run"]);
    expect(stderr).toMatch(/^error: spm: expected to mkdir \/dev\/null\/run, got ENOTDIR: .*\n$/);
    expect([code, stdout]).toEqual([1, ""]);
  });
});
