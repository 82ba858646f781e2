/** @file The language models' data, and a saved model that writes the same text. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rng } from "@spm/core";
import { elements } from "@spm/core/extend";
import { nextCharacters } from "@spm/data";
import { Gpt, generate, gptOf } from "@spm/models";
import { readCheckpoint } from "@spm/trainer/node";
import { expect, test } from "vitest";
import { GruLanguageModel } from "./gru-language-model.ts";
import { languageModel, languageRow } from "./language-model.ts";
import { loadMobyDick } from "./moby-dick.ts";
import { savedGpt } from "./saved-gpt.ts";

test("the whole book", { timeout: 60_000 }, async () => {
  const text = await loadMobyDick();
  expect([text.length, new Set(text).size]).toEqual([1_213_006, 89]);
});

test("every character of a window is followed by the next", () => {
  const data = nextCharacters(Int32Array.of(0, 1, 2, 3, 4, 5, 6), { context: 3, stride: 3 });
  expect(data.length).toBe(2);
  const { x, y } = data.batch(Int32Array.of(1, 0));
  expect([x, y].map((t) => [...elements(t.ndarray())])).toEqual([
    [3, 4, 5, 0, 1, 2],
    [4, 5, 6, 1, 2, 3],
  ]);
  expect(() => nextCharacters(Int32Array.of(0, 1), { context: 2 })).toThrow(
    "nextCharacters: expected more than 2 characters",
  );
});

test("a GPT comes back from its file, and writes the same", async () => {
  const sizes = {
    context: 8,
    width: 8,
    heads: 2,
    layers: 1,
    linear: "general",
    tied: false,
  } as const;
  const model = new Gpt({ ...sizes, vocabulary: 3, random: rng(1) });
  const { name, bytes } = await savedGpt(model, { ...sizes, vocabulary: "abc" }, 7);
  const folder = mkdtempSync(join(tmpdir(), "spm-gpt-"));
  try {
    writeFileSync(join(folder, name), bytes);
    const checkpoint = readCheckpoint(join(folder, name));
    const found = gptOf(checkpoint)!;
    expect([found.vocabulary, checkpoint.progress.step]).toEqual(["abc", 7]);
    const written = (from: Gpt): Promise<number[]> =>
      generate(from, [0], { count: 12, random: rng(2) });
    expect(await written(found.model)).toEqual(await written(model));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("blocks of a shared row have the maps of the first, and norms of their own", () => {
  const sizes = { vocabulary: 5, context: 4, width: 8, heads: 2, layers: 3 };
  const model = (name: string): Gpt => languageModel(languageRow(name), sizes, 1) as Gpt;
  const numbers = (name: string): number => model(name).parameterCount();
  const normsOfABlock = 2 * 2 * 8;
  expect(numbers("shared-general")).toBe(numbers("general-8x1") + 2 * normsOfABlock);
  const [first, ...others] = model("shared-dense").blocks;
  for (const { attention, feedForward } of others) {
    expect(attention.key).toBe(first?.attention.key);
    expect(feedForward).not.toBe(first?.feedForward);
  }
  expect(first?.attention.key).not.toBe(first?.attention.query);
});

test("a GRU writes step by step what its whole sequence predicts", async () => {
  const model = new GruLanguageModel({
    vocabulary: 5,
    width: 4,
    hidden: 8,
    linear: "rotation",
    random: rng(1),
  });
  const tokens = await model.write([1, 2], 5, 0, rng(1));
  const { x } = nextCharacters(Int32Array.from(tokens), { context: tokens.length - 1 }).batch(
    Int32Array.of(0),
  );
  const logits = [...elements(model.forward(x).ndarray())];
  const likeliest = Array.from({ length: tokens.length - 1 }, (_, t) => {
    const row = logits.slice(5 * t, 5 * t + 5);
    return row.indexOf(Math.max(...row));
  });
  expect(tokens.slice(2)).toEqual(likeliest.slice(1));
});
