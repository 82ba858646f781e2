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

  test.each([
    ["train clusters --batch-size 1000000000", "at least one batch of 1000000000"],
    ["train clusters --seed 1e30", "seed"],
    ["train clusters --context 9", "no --context with dataset clusters, got 9"],
    ["train text", "--file for the dataset text, got none"],
    ["train clusters --momentum 0.9", "no --momentum with optimizer adam, got 0.9"],
    ["train clusters --betas 0.9,1", "betas[1] to be < 1, got 1"],
    ["train clusters --optimizer sgd --momentum 0 --nesterov", "momentum above 0 for nesterov"],
    ["experiment deep --quick --set layers=0", "layers as a whole number ≥ 1, got 0"],
    ["experiment teacher --quick --set seeds=0", "seeds as a whole number ≥ 1, got 0"],
    ["experiment two-mixers --quick --set widths=7", "widths 2^k ≥ 4, got"],
    ["experiment samples --quick --set students=dence", "layers of dense, low-rank"],
    ["experiment charlm --quick --set heads=3", "a width that is a multiple of 3, got 16"],
    ["sample no-such-run --temperature -1", "a temperature ≥ 0, got -1"],
  ])("spm %s is wrong usage: exit code 2, a line, nothing written", async (line, message) => {
    await withRunFolder(async (folder) => {
      const out = line.startsWith("sample") ? [] : ["--out", folder];
      const { code, stderr } = await spm([...line.split(" "), ...out]);
      expect(stderr).toMatch(/^error: [\w-]+: expected .*\n/);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain("    at ");
      expect([code, existsSync(folder)]).toEqual([2, false]);
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

  test("a folder that the system refuses is refused before the work", async () => {
    const { code, stdout, stderr } = await spm(["experiment", "samples", "--out", "/dev/null/run"]);
    expect(stderr).toMatch(/^error: spm: expected to mkdir \/dev\/null\/run, got ENOTDIR: .*\n$/);
    expect([code, stdout]).toEqual([1, ""]);
  });

  test("a path that is not what a command reads is a line that says so", async () => {
    await withRunFolder(async (folder) => {
      mkdirSync(folder);
      const lines = [
        [`inspect ${folder}`, "inspect: expected a file, got the folder "],
        [
          "inspect nope",
          "safetensors: expected a file that can be read, got nope: ENOENT: no such",
        ],
        [
          "eval nope",
          "loadModel: expected a run folder or a checkpoint, got nope: ENOENT: no such",
        ],
        [`eval ${folder}`, "loadModel: expected a run folder with checkpoints, got "],
        [`train --config ${folder}`, "config: expected JSON in "],
        [`train text --file ${folder} --out ${folder}-x`, "text: expected a text file at "],
      ] as const;
      const outcomes = await Promise.all(lines.map(([line]) => spm(line.split(" "))));
      for (const [k, { code, stdout, stderr }] of outcomes.entries()) {
        expect(stderr).toMatch(/^error: \w+: expected .*, got .*\n(help: .*\n)?(\(npm .*\n)?$/);
        expect(stderr).toContain(lines[k]![1]);
        expect([code === 0, stdout]).toEqual([false, ""]);
      }
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  test("report of what is not a run says so", async () => {
    const { code, stderr } = await spm(["report", "/nowhere"]);
    expect([code, stderr]).toEqual([
      1,
      "error: readRun: expected a run folder with config.json, got /nowhere\n",
    ]);
  });
});
