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
import { loadModel, saveModel } from "@spm/trainer/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { full } from "../full.ts";
import { pythonWith } from "../python.ts";
import { trainOn } from "../pytorch/processes.ts";

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
    const gpt = new Gpt({ ...sizes, vocabulary: [...vocabulary].length, random: rng(1) });
    const task = { schema: 1, task: "classification", features: 0, classes: 0, vocabulary };
    await saveModel(file("gpt.safetensors"), gpt, { task });
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
