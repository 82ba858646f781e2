/**
 * @file `python/examples/train_ddp.py`: models that were made here, trained on by several processes
 * of PyTorch, and evaluated here again. A long form; needs a Python with PyTorch.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { reshape, rng, type Tensor, tensor } from "@spm/core";
import { encodeCharacters, vocabularyOf } from "@spm/data";
import { Gpt } from "@spm/models";
import { crossEntropy, type Module } from "@spm/nn";
import { loadModel } from "@spm/trainer/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { savedGpt } from "../../experiments/charlm/saved-gpt.ts";
import { full } from "../full.ts";
import { pythonWith } from "../python.ts";
import { trainOn } from "../pytorch/processes.ts";
import { spm } from "./spm-process.ts";

const python = full ? pythonWith("torch") : null;
if (full && python === null)
  process.stderr.write("PyTorch tests don't run: no torch; apt-get install python3-torch\n");

const folder = mkdtempSync(join(tmpdir(), "spm-processes-"));
const file = (name: string): string => join(folder, name);
const page = readFileSync(fileURLToPath(new URL("../../docs/mixer.md", import.meta.url)), "utf8");
beforeAll(() => writeFileSync(file("page.txt"), page));
afterAll(() => rmSync(folder, { recursive: true }));

const CONTEXT = 16;

/** The mean loss of a GPT on the last tenth of the page, in windows without overlap. */
async function gptLoss(model: Module, vocabulary: string): Promise<number> {
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
    const vocabulary = vocabularyOf(page);
    const sizes = { context: CONTEXT, width: 16, heads: 2, layers: 1, linear: "rotation" } as const;
    const gpt = new Gpt({ ...sizes, tied: false, vocabulary: vocabulary.length, random: rng(1) });
    const { bytes } = await savedGpt(gpt, { ...sizes, tied: false, vocabulary }, 0);
    writeFileSync(file("gpt.safetensors"), bytes);
    const run = (processes: number) =>
      trainOn(
        python ?? "",
        [
          file("gpt.safetensors"),
          file("page.txt"),
          ...["--out", file(`gpt-${processes}.safetensors`), "--steps", "60", "--batch", "16"],
          ...["--learning-rate", "0.01"],
        ],
        processes,
      );
    const [one, two] = [await run(1), await run(2)];
    expect(two.processes).toBe(2);
    expect(two.gradientBytes).toBe(4 * gpt.parameterCount());
    expect(two.loss).toBeLessThan(two.before - 0.3);
    expect(Math.abs((await gptLoss(gpt, vocabulary)) - two.before)).toBeLessThan(1e-4);
    const back = loadModel(file("gpt-2.safetensors"));
    expect(Math.abs((await gptLoss(back, vocabulary)) - two.loss)).toBeLessThan(1e-4);
    expect(Math.abs(two.loss - one.loss)).toBeLessThan(1e-3);
  },
  600_000,
);

test.runIf(python !== null)(
  "an MLP of spm train: spm eval has PyTorch's loss",
  async () => {
    const sizes = ["--context", "4", "--hidden", "32", "--depth", "1", "--epochs", "1"];
    const where = ["--file", file("page.txt"), "--out", file("run"), "--backend", "reference"];
    const trained = await spm(["train", "text", ...where, ...sizes, "--layer", "general"]);
    expect(trained.stderr).toBe("");
    const out = file("mlp.safetensors");
    const two = await trainOn(
      python ?? "",
      [join(file("run"), "model.safetensors"), file("page.txt"), "--out", out, "--steps", "100"],
      2,
    );
    const lossOf = async (path: string): Promise<number> => {
      const { stdout, stderr } = await spm(["eval", path, "--json"]);
      expect(stderr).toBe("");
      return JSON.parse(stdout).loss;
    };
    expect(Math.abs((await lossOf(file("run"))) - two.before)).toBeLessThan(1e-4);
    expect(Math.abs((await lossOf(out)) - two.loss)).toBeLessThan(1e-4);
    expect(two.loss).toBeLessThan(two.before - 0.01);
  },
  600_000,
);
