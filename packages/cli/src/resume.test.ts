/** @file What `spm resume` compares, refuses and takes, and what ends a run. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LinearFactory, LowRank } from "@spm/nn";
import { checkpointPath, checkpointSteps, readRun } from "@spm/trainer/node";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { commandLine } from "../../../test/command-line.ts";
import { main } from "./run.ts";

vi.setConfig({ testTimeout: 60_000 });
const command = commandLine();
const { printed, run: spm } = command;
let folder = "";
beforeEach(() => {
  folder = command.fresh();
});

const run = () => join(folder, "run");
const tiny =
  "--samples 120 --test-samples 40 --batch-size 30 --epochs 2 --hidden 4 --depth 1 " +
  "--schedule constant --log-every 2 --backend reference";
const train = (more = "", out = run()) =>
  spm(`train clusters ${tiny} ${more} --out ${out}`.replace("  ", " "));
const metrics = (of: string) => readFileSync(join(of, "metrics.jsonl"), "utf8");
const edit = (options: object): void => {
  const path = join(run(), "config.json");
  const config = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...config, options: { ...config.options, ...options } }));
};
/** All files of the run, by name, without the times. */
const files = () =>
  Object.fromEntries(
    readdirSync(run(), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), "latin1")]),
  );

describe("spm resume", () => {
  test("trains on for more epochs, with the bits of a run that had them at once", async () => {
    await train();
    const { out, code } = await spm(`resume ${run()} --set epochs=4`);
    expect([code, out]).toEqual([undefined, expect.stringContaining("changed: epochs 2 → 4\n")]);
    expect(out).toContain("finished at step 16 of 16");
    await train("--epochs 4", `${run()}-whole`);
    expect(metrics(run())).toBe(metrics(`${run()}-whole`));
    const { config } = readRun(run());
    expect([config.epochs, config.options.epochs]).toEqual([4, 4]);
    expect(config.changes).toEqual([{ step: 8, name: "epochs", from: 2, to: 4 }]);
    expect((await spm(`resume ${run()}`)).code).toBeUndefined();
    rmSync(checkpointPath(join(run(), "checkpoints"), 16)); // the one before is of 2 epochs or 4
    rmSync(checkpointPath(join(run(), "checkpoints"), 12), { force: true });
    expect((await spm(`resume ${run()}`)).out).toContain("finished at step 16 of 16");
    expect(metrics(run())).toBe(metrics(`${run()}-whole`));
  });

  const edits: [string, object, string][] = [
    ["seed", { seed: 2 }, "seed 1 → 2"],
    ["batch size", { batchSize: 20 }, "batchSize 30 → 20"],
    ["rate", { learningRate: 0.5 }, "learningRate 0.01 → 0.5"],
    ["epochs", { epochs: 1 }, "epochs 2 → 1"],
    ["backend", { backend: "wasm" }, "backend reference → wasm"],
    ["samples", { samples: 60 }, "samples 120 → 60, digest of the training samples "],
    ["clip", { clip: 1 }, "clip none → 1"],
  ];
  test("refuses what was edited since, names it, and changes nothing", async () => {
    await train();
    const whole = readFileSync(join(run(), "config.json"));
    for (const [, options, told] of edits) {
      edit(options);
      const before = files();
      const { code, err } = await spm(`resume ${run()}`);
      expect([code, err]).toEqual([
        1,
        expect.stringContaining(
          `resume: expected options, samples and versions as in the checkpoint, got ${told}`,
        ),
      ]);
      expect(err).toContain("--set epochs=40, for all with --allow-changed");
      expect(files()).toEqual(before);
      writeFileSync(join(run(), "config.json"), whole);
    }
    edit({ seed: 2 });
    const allowed = await spm(`resume ${run()} --allow-changed --set epochs=3`);
    expect([allowed.code, allowed.out]).toEqual([
      undefined,
      expect.stringContaining("finished at step 12 of 12"),
    ]);
    expect(allowed.out).toContain("changed: seed 1 → 2\n");
    expect((await spm(`resume ${run()}`)).code).toBeUndefined(); // it was agreed to
  });

  test("refuses fewer epochs than were taken, an unknown option, a bad value", async () => {
    await train();
    for (const [set, message] of [
      ["epochs=1", "fit: expected at least the 2 epochs that the saved training has taken, got 1"],
      ["epoch=3", 'set: expected NAME=VALUE with an option that there is, got "epoch=3"'],
      ["epochs=many", 'train: expected epochs to be integer, got "many"'],
      ["restoreBest=true", "train: expected --patience with --restore-best, got none"],
    ]) {
      const before = files();
      const { code, err } = await spm(`resume ${run()} --set ${set}`);
      expect([code, err]).toEqual([2, expect.stringContaining(message as string)]);
      expect(files()).toEqual(before);
    }
  });

  test("refuses another layer, width or optimizer in the words of the command line", async () => {
    await train();
    const before = files();
    for (const [set, kept] of [
      ["hidden=9", "hidden 4"],
      ["layer=dense", "layer rotation"],
      ["optimizer=sgd", "optimizer adam"],
    ]) {
      const { code, err } = await spm(`resume ${run()} --set ${set} --set epochs=3`);
      expect([code, err]).toEqual([
        1,
        `error: resume: expected ${kept}, which a run keeps, got --set ${set}\n` +
          "help: a run keeps its data, its layers and its optimizer; " +
          "npm run -s spm -- train begins another\n",
      ]);
    }
    expect(files()).toEqual(before);
    const other = await spm(`resume ${run()} --set schedule=step --set every=9 --set epochs=3`);
    expect([other.code, other.err]).toEqual([undefined, ""]);
  });

  test("says which parameters a program's own layer no longer has", async () => {
    const entry = (rank: number) => ({
      description: "thin",
      learningRate: 0.01,
      create: ((inputs, outputs, options) =>
        new LowRank(inputs, outputs, { ...options, rank })) as LinearFactory,
    });
    const run1 = join(folder, "own");
    const flags = `train clusters ${tiny} --layer thin --out ${run1}`;
    expect((await spm(flags, { linearKinds: { thin: entry(1) } })).err).toBe("");
    for (const line of [`resume ${run1} --set epochs=3`, `eval ${run1}`]) {
      const { code, err } = await spm(line, { linearKinds: { thin: entry(2) } });
      expect(err).toMatch(
        /^error: loadModel: expected the parameters of layer thin as it is now, /,
      );
      expect([code, err.includes("rename")]).toEqual([1, false]);
    }
  });

  test("knows another text under the same name, though it has the same size", async () => {
    const text = join(folder, "a.txt");
    writeFileSync(text, "the cat sat on the mat. ".repeat(20));
    const flags = "--context 3 --hidden 4 --depth 1 --epochs 1 --batch-size 64 --backend reference";
    await spm(`train text --file ${text} ${flags} --out ${run()}`);
    writeFileSync(text, "the mat sat on the cat. ".repeat(20));
    const { code, err } = await spm(`resume ${run()} --set epochs=2`);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/got digest of the training samples \w{16} → \w{16}/),
    ]);
    expect((await spm(`resume ${run()} --set epochs=2 --allow-changed`)).code).toBeUndefined();
  });

  test("knows a checkpoint of another version", async () => {
    await train();
    const path = checkpointPath(join(run(), "checkpoints"), 8);
    const text = readFileSync(path, "latin1").replace(/(trainer\\+":\\+")\d\.\d\.\d/, "$19.9.9");
    const at = text.indexOf('"checksum":"') + '"checksum":"'.length;
    const zeros = `${text.slice(0, at)}${"0".repeat(64)}${text.slice(at + 64)}`;
    const sum = createHash("sha256").update(Buffer.from(zeros, "latin1")).digest("hex");
    writeFileSync(path, Buffer.from(zeros.slice(0, at) + sum + zeros.slice(at + 64), "latin1"));
    const { code, err } = await spm(`resume ${run()}`);
    expect([code, err]).toEqual([1, expect.stringContaining("got @spm/trainer 9.9.9 → 0.1.0")]);
  });

  test("a second one is refused while the first goes on, which ends as if alone", async () => {
    await train("--epochs 3", `${run()}-whole`);
    await train();
    let second: Promise<void> | undefined;
    command.onOutput = (out) => {
      if (!out.includes("resuming")) return;
      command.onOutput = () => {};
      second = main(["node", "spm", "resume", run()]);
    };
    const { out } = await spm(`resume ${run()} --set epochs=3`);
    await second;
    expect(printed.err).toMatch(/^error: lock: expected nobody else to write into .*, got process/);
    expect(out).toContain("finished at step 12 of 12");
    expect(metrics(run())).toBe(metrics(`${run()}-whole`));
    expect(readdirSync(run())).not.toContain("spm.lock");
  });
});

describe("a signal", () => {
  const whole = join(command.folder, "whole");
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "%s ends with a checkpoint and the code %i; resume ends as without",
    async (name, code) => {
      command.onOutput = (out) => {
        if (!out.includes("step")) return;
        command.onOutput = () => {};
        process.emit(name);
      };
      const interrupted = await train("--epochs 8");
      expect(interrupted.code).toBe(code);
      expect(interrupted.out).toMatch(/^interrupted at step \d+ of 32/m);
      const [step = 0] = checkpointSteps(join(run(), "checkpoints")).slice(-1);
      expect(step).toBeLessThan(32);
      await spm(`resume ${run()}`);
      if (!existsSync(whole)) await train("--epochs 8", whole);
      expect(metrics(run())).toBe(metrics(whole));
    },
  );

  test("a reader of the output that has left interrupts it, too", async () => {
    command.onOutput = (out) => {
      if (!out.includes("step")) return;
      command.onOutput = () => {};
      process.stdout.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    };
    expect((await train("--epochs 8")).code).toBe(141);
    expect(checkpointSteps(join(run(), "checkpoints")).length).toBeGreaterThan(0);
  });
});

test("--restore-best: eval finds the weights that the run ended with", async () => {
  const { out } = await train(
    "--epochs 60 --learning-rate 2 --patience 2 --restore-best --accumulate 2",
  );
  expect(out).toMatch(/^stopped early at step \d+ of 120, test loss/m);
  const outcome = JSON.parse(readFileSync(join(run(), "outcome.json"), "utf8"));
  const tests = metrics(run())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ split }) => split === "test");
  expect(outcome.evaluation.loss).toBe(Math.min(...tests.map(({ loss }) => loss)));
  expect(tests.at(-1).loss).toBeGreaterThan(outcome.evaluation.loss);
  const evaluated = JSON.parse((await spm(`eval ${run()} --json`)).out);
  expect(evaluated.loss).toBeCloseTo(outcome.evaluation.loss, 5);
});
