import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { spm, withRunFolder } from "./spm-process.ts";

describe("spm", () => {
  test("--help works everywhere and exits with 0", async () => {
    for (const args of [["--help"], ["compare", "--help"], ["report", "--help"]]) {
      const { code, stdout, stderr } = await spm(args);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain(`Usage: ${["spm", ...args.slice(0, -1)].join(" ")}`);
    }
  });

  test.each([
    [["compare", "cifar"], "Allowed choices are mnist"],
    [["compare", "mnist", "--hiden", "3"], "unknown option '--hiden'"],
    [["compare", "mnist", "--hidden", "0"], "Expected a whole number from 1 to 65536."],
    [["compare", "mnist", "--epochs", "1.5"], "Expected a whole number of at least 1."],
    [["compare", "mnist", "--lr", "-1"], "Expected a number above 0."],
    [["compare", "mnist", "--layers", "dense,dens"], "Expected one or more of dense, rotation, general"],
    [["compare", "mnist", "--images", "60001"], "Expected a whole number from 1 to 60000."],
    [
      ["compare", "mnist", "--images", "100", "--batch", "101"],
      "expected a batch of at most 100, the training images, got 101",
    ],
    [["compare", "mnist", "--backend", "abacus"], "Allowed choices are reference"],
    [["compare", "mnist", "extra"], "too many arguments"],
    [["train"], "unknown command 'train'"],
  ])("%j is refused with exit code 2 before anything is written", async (args, message) => {
    await withRunFolder(async (folder) => {
      const { code, stdout, stderr } = await spm(args[0] === "compare" ? [...args, "--out", folder] : args);
      expect(stderr).toContain(message);
      expect([code, stdout]).toEqual([2, ""]);
      expect(existsSync(folder)).toBe(false);
    });
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

  test("report of what is not a run says so", async () => {
    const { code, stderr } = await spm(["report", "/nowhere"]);
    expect([code, stderr]).toEqual([1, "error: readRun: expected a run folder with config.json, got /nowhere\n"]);
  });
});
