import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkpointPath, checkpointSteps } from "@spm/trainer/node";
import { describe, expect, test } from "vitest";
import { spm, withRunFolder } from "./spm-process.ts";

const tiny = "--samples 200 --batch-size 50 --epochs 2 --hidden 12 --depth 1".split(" ");
const read = (folder: string, name: string): string => readFileSync(join(folder, name), "utf8");

describe("spm train", () => {
  test("trains from a file under flags; eval, inspect and report read what it leaves", async () => {
    await withRunFolder(async (folder) => {
      const config = `${folder}.json`;
      writeFileSync(
        config,
        JSON.stringify({ dataset: "clusters", layer: "dense", hidden: 99, tensorboard: true }),
      );
      const trained = await spm(["train", "--config", config, ...tiny, "--out", folder]);
      expect([trained.code, trained.stderr]).toEqual([0, ""]);
      expect(trained.stdout).toMatch(
        /^finished at step 8 of 8, test loss \d\.\d{4}, \d+\.\d\d %$/m,
      );
      expect(readdirSync(folder).sort()).toEqual([
        "checkpoints",
        "config.json",
        "events.out.tfevents.spm",
        "metrics.csv",
        "metrics.jsonl",
        "model.safetensors",
        "outcome.json",
        "report.html",
        "timing.jsonl",
      ]);
      expect(JSON.parse(read(folder, "config.json")).options).toMatchObject({
        layer: "dense",
        hidden: 12,
        batchSize: 50,
      });

      const path = checkpointPath(join(folder, "checkpoints"), 8);
      const copy = join(folder, "copy");
      mkdirSync(copy);
      for (const name of ["config.json", "metrics.jsonl", "outcome.json"])
        copyFileSync(join(folder, name), join(copy, name));
      const again = join(folder, "again");
      const [evaluated, inspected, reported, repeated] = await Promise.all([
        spm(["eval", folder, "--json"]),
        spm(["inspect", path]),
        spm(["report", folder, copy, "--out", join(folder, "both.html")]),
        spm(["train", "--config", join(folder, "config.json"), "--out", again]),
      ]);
      const outcome = JSON.parse(read(folder, "outcome.json"));
      expect([repeated.code, repeated.stderr]).toEqual([0, ""]);
      expect(JSON.parse(read(again, "outcome.json"))).toEqual(outcome);
      const metrics = JSON.parse(evaluated.stdout);
      expect(metrics.accuracy).toBeCloseTo(outcome.evaluation.accuracy, 6);
      expect(metrics.loss).toBeCloseTo(outcome.evaluation.loss, 4);
      expect(metrics.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(200);
      expect(inspected.stdout).toMatch(/^model\.layers\.0\.weight +F32 +\[12, 16\] +192 +768$/m);
      expect(inspected.stdout).toMatch(/^progress: \{"step":8,.*…$/m);
      expect(inspected.stdout).toMatch(/^whole: its bytes match the checksum$/m);
      expect(trained.stdout).toContain(`report: ${join(folder, "report.html")}\n`);
      expect(JSON.parse(read(folder, "config.json")).command).toMatch(
        /^npm run -s spm -- train clusters --/,
      );
      expect([reported.code, reported.stderr]).toEqual([0, ""]);
      expect(read(folder, "both.html")).toContain("dense");
    });
  });

  test("Ctrl-C finishes the step, saves, exits with 130; resume ends as without it", async () => {
    const args = (out: string, epochs: string): string[] => {
      return ["train", "clusters", ...tiny, "--epochs", epochs, "--log-every", "3", "--out", out];
    };
    await withRunFolder(async (folder) => {
      let asked = false;
      const interrupted = await spm(args(folder, "60"), (output, child) => {
        if (asked || !output.includes("step")) return;
        asked = true;
        child.kill("SIGINT");
      });
      expect(interrupted.code).toBe(130);
      expect(interrupted.stdout).toMatch(/^interrupted at step \d+ of 240/m);
      expect(checkpointSteps(join(folder, "checkpoints")).at(-1)).toBeLessThan(240);
      expect(interrupted.stdout).toContain(`resume: npm run -s spm -- resume ${folder}\n`);
      const [resumed, whole] = await Promise.all([
        spm(["resume", folder]),
        spm(args(`${folder}-whole`, "60")),
      ]);
      expect([resumed.code, resumed.stderr, whole.code]).toEqual([0, "", 0]);
      expect(read(folder, "metrics.jsonl")).toBe(read(`${folder}-whole`, "metrics.jsonl"));
    });
  });

  test("--backend is written down, and resume computes on it", async () => {
    await withRunFolder(async (folder) => {
      // Wide enough that the two round differently, at this rate.
      const width = ["--hidden", "64", "--learning-rate", "0.003"];
      const args = ["train", "clusters", ...tiny, ...width, "--log-every", "1"];
      const other = `${folder}-wasm`;
      await spm([...args, "--backend", "reference", "--out", folder]);
      await spm([...args, "--out", other]);
      const backend = (of: string): string => JSON.parse(read(of, "config.json")).options.backend;
      expect([backend(folder), backend(other)]).toEqual(["reference", "wasm"]);
      const whole = read(folder, "metrics.jsonl");
      expect(read(other, "metrics.jsonl")).not.toBe(whole); // the last bits tell who computed
      rmSync(checkpointPath(join(folder, "checkpoints"), 8));
      const resumed = await spm(["resume", folder]);
      expect(resumed.stdout).toContain("finished at step 8 of 8");
      expect(read(folder, "metrics.jsonl")).toBe(whole);
    });
  });

  test(
    "a bit that flipped in a checkpoint, " +
      "metrics that are gone, a config that is cut: each says so",
    async () => {
      await withRunFolder(async (folder) => {
        expect((await spm(["train", "clusters", ...tiny, "--out", folder])).code).toBe(0);
        const checkpoints = join(folder, "checkpoints");
        const last = checkpointPath(checkpoints, 8);
        const whole = readFileSync(last);
        writeFileSync(last, whole.with(-1, whole.at(-1)! ^ 1));
        const inspected = await spm(["inspect", "--full", last]);
        expect(inspected.code).toBe(1);
        expect(inspected.stdout).toMatch(
          /^DAMAGED: readCheckpoint: expected the checksum that .* names/m,
        );
        expect(inspected.stdout).toMatch(/^progress: \{"step":8,.*\}$/m);

        rmSync(last);
        rmSync(join(folder, "metrics.jsonl"));
        const resumed = await spm(["resume", folder]);
        expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
        expect(resumed.stdout).toMatch(
          /^warning: .*metrics\.jsonl lacks \d+ of the \d+ bytes that it had/m,
        );
        expect(resumed.stdout).toContain("finished at step 8 of 8");
        expect(JSON.parse(read(folder, "metrics.jsonl").split("\n")[0] ?? "").step).toBeGreaterThan(
          4,
        );

        writeFileSync(join(folder, "config.json"), "{ cut");
        const refused = await spm(["resume", folder]);
        expect(refused.code).toBe(1);
        expect(refused.stderr).toMatch(
          /^error: readRun: expected JSON in .*config\.json, got .*\nhelp: [^\n]*\n$/,
        );
      });
    },
  );

  test("a folder that cannot be, a checkpoint that is damaged: each says so", async () => {
    await withRunFolder(async (folder) => {
      const locked = await spm(["train", "clusters", ...tiny, "--out", "/proc/spm/run"]);
      expect([locked.code, locked.stdout]).toEqual([1, ""]);
      expect(locked.stderr).toMatch(
        /^error: RunWriter: expected to write \/proc\/spm\/run.*, got E/,
      );
      expect((await spm(["train", "clusters", ...tiny, "--out", folder])).code).toBe(0);
      const checkpoints = join(folder, "checkpoints");
      const last = checkpointPath(checkpoints, 8);
      writeFileSync(last, readFileSync(last).subarray(0, 3000));
      const resumed = await spm(["resume", folder]);
      expect(resumed.code).toBe(0);
      expect(resumed.stdout).toContain(
        `set aside ${last}.damaged: readCheckpoint: expected a whole checkpoint`,
      );
      expect(resumed.stdout).toContain(`resuming ${checkpointPath(checkpoints, 4)}`);
      expect(resumed.stdout).toContain("finished at step 8 of 8");
    });
  });
});

test("spm sample goes on with a prompt, the same for the same seed", async () => {
  await withRunFolder(async (folder) => {
    const file = `${folder}.txt`;
    writeFileSync(file, "the cat sat on the mat. ".repeat(40));
    const train = [
      "train",
      "text",
      "--file",
      file,
      "--context",
      "5",
      "--hidden",
      "32",
      "--depth",
      "1",
      "--epochs",
      "4",
    ];
    expect(
      (await spm([...train, "--batch-size", "32", "--learning-rate", "0.01", "--out", folder]))
        .code,
    ).toBe(0);
    const args = ["sample", folder, "--prompt", "the c", "--length", "12", "--temperature", "0"];
    const [text, strange] = await Promise.all([
      spm(args),
      spm(["sample", folder, "--prompt", "Z"]),
    ]);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^the cat sat on th\n$/);
    expect([strange.code, strange.stderr]).toEqual([
      1,
      'error: characters: expected characters of the vocabulary, got "Z" in line 1 of the prompt\n',
    ]);
  });
});

test("spm sweep runs every trial, ends with a table, and does nothing twice", async () => {
  await withRunFolder(async (folder) => {
    const args = [
      "sweep",
      "clusters",
      ...tiny,
      "--grid",
      "layer=dense,rotation",
      "--jobs",
      "2",
      "--out",
      folder,
    ];
    const first = await spm(args);
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(first.stdout).toMatch(/^trial +layer +test loss +test accuracy +total seconds +state$/m);
    expect(first.stdout).toMatch(
      /^trial-00[12] +(dense|rotation) +\d\.\d{4} +\d+\.\d\d % .* finished$/m,
    );
    const before = read(folder, "trial-002/timing.jsonl");
    const [again, other] = await Promise.all([spm(args), spm([...args, "--epochs", "3"])]);
    expect(again.code).toBe(0);
    expect(read(folder, "trial-002/timing.jsonl")).toBe(before);
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringMatching(/sweep: expected the same trials as before/),
    ]);
  });
});
