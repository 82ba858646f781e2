import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argmax } from "@spm/core";
import { elements } from "@spm/core/extend";
import { datasets } from "@spm/data/datasets";
import { readRun } from "@spm/trainer/node";
import { describe, expect, test } from "vitest";
import { spm, withRunFolder } from "./spm-process.ts";

const tiny = [
  ..."compare mnist --images 960 --test-images 240 --hidden 64".split(" "),
  ..."--learning-rate 0.01 --epochs 2 --batch-size 32".split(" "),
];
const read = (folder: string, name: string): string => readFileSync(join(folder, name), "utf8");

describe("spm compare mnist", () => {
  test("trains all three, writes the run folder, ends with the table", async () => {
    await withRunFolder(async (folder) => {
      const { code, stdout, stderr } = await spm([...tiny, "--out", folder]);
      expect([code, stderr]).toEqual([0, ""]);
      expect(readdirSync(folder).sort()).toEqual([
        "config.json",
        "metrics.csv",
        "metrics.jsonl",
        "models",
        "outcome.json",
        "report.html",
        "timing.jsonl",
      ]);

      const { config, metrics, timings } = readRun(folder);
      expect(config.models.map(({ run }) => run)).toEqual([
        "dense",
        expect.stringMatching(/^dense, \d+ wide$/),
        "rotation",
        "general",
      ]);
      // as many as the largest of the others, but for less than one more unit of each layer
      const [, equal, , general] = config.models.map(({ parameters }) => parameters);
      expect(equal).toBeLessThanOrEqual(general ?? 0);
      expect(equal).toBeGreaterThan((general ?? 0) - 2 * 64 - 797);
      for (const { run } of config.models) {
        const tests = metrics.filter((record) => record.run === run && record.split === "test");
        expect(tests.map(({ step }) => step)).toEqual([15, 30, 45, 60]);
        expect(tests.at(-1)?.accuracy).toBeGreaterThan(0.5); // chance is 0.1
        expect(
          metrics.filter((record) => record.run === run && record.split === "train"),
        ).toHaveLength(6);
      }
      // the cosine has come down
      expect(metrics.findLast(({ run }) => run === "dense")?.learningRate).toBeLessThan(1e-5);
      expect(timings).toHaveLength(metrics.length);
      expect(read(folder, "metrics.csv").trimEnd().split("\n")).toHaveLength(metrics.length + 1);

      expect(stdout).toMatch(
        /^layer +parameters +accuracy +epoch +seconds +dense$/m, // heads of several lines
      );
      for (const name of ["dense", "dense, \\d+ wide", "rotation", "general"])
        expect(stdout).toMatch(new RegExp(`^${name} +[\\d,]+ +\\d+\\.\\d\\d % .*×$`, "m"));
      expect(stdout.replaceAll("\n", " ")).toContain(
        "part of MNIST: 960 of 60,000 training images, 2 epochs, 240 of 10,000 test images",
      );
      expect(stdout.trimEnd().split("\n").at(-1)).toBe(`report: ${join(folder, "report.html")}`);
      expect(stdout).not.toContain("\r");

      // each model's program loads what was trained
      const { tests = {} } = readRun(folder);
      const { test: images } = await datasets.mnist.load({});
      const { x, y } = images.batch(Int32Array.from({ length: 240 }, (_, k) => k));
      const labels = [...elements(y.ndarray())];
      for (const [k, { run, saved }] of config.models.entries()) {
        const program = join(import.meta.dirname, `loads-model-${k}.tmp.ts`);
        writeFileSync(program, `${saved?.program}export { model };\n`);
        const { model } = await import(program).finally(() => rmSync(program));
        const outcome = tests[run];
        if (outcome?.kind !== "classes") throw new Error(`expected classes of ${run}`);
        const right = outcome.confusion.reduce((sum, row, k) => sum + (row[k] ?? 0), 0);
        const guesses = elements(argmax(model.forward(x), 1).ndarray());
        expect([...guesses].filter((guess, i) => guess === labels[i]).length).toBe(right);
        expect(outcome.worst?.length).toBe(25);
        const [worst] = outcome.worst ?? [];
        expect([worst?.actual, worst?.image?.width]).toEqual([labels[worst?.index ?? -1], 28]);
      }
      const page = read(folder, "report.html");
      expect(page.match(/<title>test image /g)?.length).toBe(100);
      expect(page).toMatch(/<dt>@spm\/trainer<\/dt><dd>\d/);
      expect(page).toContain('href="models/rotation.safetensors"');

      rmSync(join(folder, "report.html"));
      expect((await spm(["report", folder, "--svg", join(folder, "curves.svg")])).code).toBe(0);
      expect(read(folder, "curves.svg")).toMatch(/^<svg xmlns=/);
      expect(read(folder, "report.html")).toContain("rotation");
    });
  });

  test("the same seed gives byte-identical metrics, another seed others", async () => {
    const metrics = (seed: string): Promise<string> =>
      withRunFolder(async (folder) => {
        const args = [
          ...tiny,
          "--images",
          "160",
          "--test-images",
          "50",
          "--epochs",
          "1",
          "--seed",
          seed,
          "--out",
          folder,
        ];
        expect((await spm(args)).code).toBe(0);
        return read(folder, "metrics.jsonl") + read(folder, "metrics.csv");
      });
    const [first, again, other] = (await Promise.all(["7", "7", "8"].map(metrics))) as [
      string,
      string,
      string,
    ];
    expect(first.length).toBeGreaterThan(300);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});

test("a training that diverges says so, keeps what was measured, exits with 1", async () => {
  await withRunFolder(async (folder) => {
    const args = [...tiny, "--layers", "rotation", "--learning-rate", "1e30", "--out", folder];
    const { code, stdout, stderr } = await spm(args);
    expect(stderr).toMatch(
      new RegExp(
        /^error: fit: expected a finite loss and finite gradients, /.source +
          /got loss .* at step \d+; the first bad op: rotation: .*\n/.source,
      ),
    );
    expect(code).toBe(1);
    expect(stdout).toContain(`report: ${join(folder, "report.html")}`);
  });
});

describe("Ctrl-C", () => {
  test("finishes the step, writes the report, exits with 130", async () => {
    await withRunFolder(async (folder) => {
      const args = [
        "compare",
        "mnist",
        "--layers",
        "rotation,dense",
        "--hidden",
        "32",
        "--epochs",
        "100",
        "--out",
        folder,
      ];
      let asked = false;
      const { code, stdout, stderr } = await spm(args, (output, child) => {
        if (asked || !output.includes("step")) return;
        asked = true;
        child.kill("SIGINT");
      });
      expect(stderr).toContain("interrupted: finishing this step and writing the report");
      expect(code).toBe(130);
      expect(stdout).toContain(`report: ${join(folder, "report.html")}`);
      expect(stdout).toMatch(/^rotation /m);
      expect(read(folder, "report.html")).toContain("Not finished: rotation after 0.");
      expect(readRun(folder).metrics.length).toBeGreaterThan(0);
    });
  });
});
