/**
 * @file `python/examples/train_ddp.py`: models that were made here, trained on by several processes
 * of PyTorch, and evaluated here again. A long form; needs a Python with PyTorch.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { reshape, rng, type Tensor, tensor } from "@spm/core";
import { encodeCharacters, vocabularyOf } from "@spm/data";
import { Gpt } from "@spm/models";
import { crossEntropy, type Module } from "@spm/nn";
import { loadModel, readSafetensors } from "@spm/trainer/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { savedGpt } from "../../experiments/charlm/saved-gpt.ts";
import { full } from "../full.ts";
import { pythonWith } from "../python.ts";
import { distance } from "../pytorch/layers.ts";
import { trainOn } from "../pytorch/processes.ts";
import { spm } from "./spm-process.ts";

const python = full ? pythonWith("torch") : null;
if (full && python === null)
  process.stderr.write("PyTorch tests don't run: no torch; apt-get install python3-torch\n");

const newer = full ? pythonWith("torch.distributed.tensor") : null;
if (full && newer === null)
  process.stderr.write("The test of shards doesn't run: no PyTorch of 2.6 or newer\n");

const folder = mkdtempSync(join(tmpdir(), "spm-processes-"));
const file = (name: string): string => join(folder, name);
const page = readFileSync(fileURLToPath(new URL("../../docs/mixer.md", import.meta.url)), "utf8");
beforeAll(() => writeFileSync(file("page.txt"), page));
afterAll(() => rmSync(folder, { recursive: true }));

const CONTEXT = 16;

const sizes = { context: CONTEXT, width: 16, heads: 2, layers: 1, linear: "rotation" } as const;
const vocabulary = vocabularyOf(page);
const given = { ...sizes, tied: false };
const gpt = new Gpt({ ...given, vocabulary: vocabulary.length, random: rng(1) });

/** Trains the GPT on, and gives back what the processes say and the model that they wrote. */
async function trainGpt(program: string, processes: number, ...more: readonly string[]) {
  const { bytes } = await savedGpt(gpt, { ...given, vocabulary }, 0);
  writeFileSync(file("gpt.safetensors"), bytes);
  const steps = ["--steps", "60", "--batch", "16", "--learning-rate", "0.01"];
  const paths = [file("gpt.safetensors"), file("page.txt"), "--out", file("out.safetensors")];
  const report = await trainOn(program, [...paths, ...steps, ...more], processes);
  return { ...report, back: loadModel(file("out.safetensors")) };
}

/** The mean loss of a GPT on the last tenth of the page, in windows without overlap. */
async function gptLoss(model: Module): Promise<number> {
  const all = encodeCharacters(page, vocabulary);
  const tokens = all.subarray(Math.floor(0.9 * all.length));
  const count = Math.ceil((tokens.length - CONTEXT) / CONTEXT);
  const windows = (shift: number): Tensor => {
    const data = Int32Array.from({ length: count * CONTEXT }, (_, i) => tokens[i + shift] ?? 0);
    return tensor(data, { shape: [count, CONTEXT] });
  };
  const logits = model.forward(windows(0));
  return crossEntropy(reshape(logits, [count * CONTEXT, -1]), reshape(windows(1), [-1])).item();
}

test.runIf(python !== null)(
  "a GPT: two processes learn what one learns",
  async () => {
    const [one, two] = [await trainGpt(python ?? "", 1), await trainGpt(python ?? "", 2)];
    expect(two.processes).toBe(2);
    expect(two.gradientBytes).toBe(4 * gpt.parameterCount());
    expect(two.loss).toBeLessThan(two.before - 0.3);
    expect(Math.abs((await gptLoss(gpt)) - two.before)).toBeLessThan(1e-4);
    expect(Math.abs((await gptLoss(two.back)) - two.loss)).toBeLessThan(1e-4);
    expect(Math.abs(two.loss - one.loss)).toBeLessThan(1e-3);
    expect(Math.abs((await lossOf(file("out.safetensors"))) - two.loss)).toBeLessThan(1e-4);
  },
  600_000,
);

test.runIf(python !== null)(
  "models that PyTorch makes: loadModel, spm eval, spm sample and spm inspect",
  async () => {
    const made = mkdtempSync(join(folder, "made-"));
    const script = fileURLToPath(new URL("../pytorch/made.py", import.meta.url));
    const ran = spawnSync(python ?? "", ["-B", script, made, file("page.txt")], {
      encoding: "utf8",
    });
    expect(ran.stderr).toBe("");
    const outputs = readSafetensors(join(made, "outputs.safetensors"));
    for (const name of ["gpt", "gru", "lstm"]) {
      const model = loadModel(join(made, `${name}.safetensors`));
      const found = model.forward(outputs.tensor(`${name}.x`));
      expect(distance(found, outputs.tensor(`${name}.y`)), name).toBeLessThan(1e-5);
    }
    const path = join(made, "gpt.safetensors");
    const expected = await outputs.tensor("loss").item();
    expect(Math.abs((await lossOf(path)) - expected)).toBeLessThan(1e-4);
    const asked = ["sample", path, "--prompt", "The mixer", "--length", "20"];
    const sampled = await spm(asked);
    expect(sampled.stderr).toBe("");
    expect([...sampled.stdout.trimEnd()].length).toBeGreaterThan(20);
    expect((await spm(asked)).stdout).toBe(sampled.stdout);
    const inspected = await spm(["inspect", path]);
    expect(inspected.stderr).toBe("");
    expect(inspected.stdout).toMatch(/^the model +Gpt +vocabulary \d+, context 8, layer/m);
    expect(inspected.stdout).toMatch(/^blocks\.0\.feedForward\.up +Monarch/m);
  },
  600_000,
);

/** The loss that `spm eval` finds. */
async function lossOf(path: string): Promise<number> {
  const { stdout, stderr } = await spm(["eval", path, "--json"]);
  expect(stderr).toBe("");
  return JSON.parse(stdout).loss;
}

test.runIf(python !== null)("what is missing for shards is said in a line", async () => {
  const alone = trainGpt(python ?? "", 1, "--shard");
  const said = /ended with 1: train_ddp\.py: expected [\w. ]* for --shard, got .*\n$/;
  await expect(alone).rejects.toThrow(said);
});

test.runIf(newer !== null)(
  "a GPT in shards",
  async () => {
    const whole = await trainGpt(newer ?? "", 2);
    const { loss, back } = await trainGpt(newer ?? "", 2, "--shard");
    expect(Math.abs((await gptLoss(back)) - loss)).toBeLessThan(1e-4);
    expect(Math.abs(loss - whole.loss)).toBeLessThan(1e-3);
  },
  600_000,
);

test.runIf(python !== null)(
  "an MLP of spm train: spm eval has PyTorch's loss",
  async () => {
    const form = ["--context", "4", "--hidden", "32", "--depth", "1", "--epochs", "1"];
    const where = ["--file", file("page.txt"), "--out", file("run"), "--backend", "reference"];
    const trained = await spm(["train", "text", ...where, ...form, "--layer", "general"]);
    expect(trained.stderr).toBe("");
    const out = file("mlp.safetensors");
    const two = await trainOn(
      python ?? "",
      [join(file("run"), "model.safetensors"), file("page.txt"), "--out", out, "--steps", "100"],
      2,
    );
    expect(Math.abs((await lossOf(file("run"))) - two.before)).toBeLessThan(1e-4);
    expect(Math.abs((await lossOf(out)) - two.loss)).toBeLessThan(1e-4);
    expect(two.loss).toBeLessThan(two.before - 0.01);
  },
  600_000,
);
