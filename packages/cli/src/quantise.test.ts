/** @file `spm quantise`: a smaller file that `spm sample` reads, and what it refuses. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reference, rng, setBackend } from "@spm/core";
import { encodeCharacters, vocabularyOf } from "@spm/data";
import { Gpt, gptOf, type SavedGpt } from "@spm/models";
import { parseSafetensors, unpackTensors } from "@spm/trainer";
import { encodeCheckpoint } from "@spm/trainer/node";
import { afterAll, beforeEach, expect, test } from "vitest";
import { commandLine } from "../../../test/command-line.ts";

const { folder, run } = commandLine();
const inFolder = (name: string): string => join(folder, name);

const verse = "what immortal hand or eye could frame thy fearful symmetry. ".repeat(9);
writeFileSync(inFolder("verse.txt"), verse);
writeFileSync(inFolder("other.txt"), verse.toUpperCase());

/** A GPT as `spm experiment charlm` saves it. */
async function save(name: string, { linear }: Pick<SavedGpt, "linear">): Promise<void> {
  const vocabulary = vocabularyOf(verse);
  const sizes = { context: 8, width: 32, heads: 2, layers: 1, linear, tied: false } as const;
  const model = new Gpt({ ...sizes, vocabulary: vocabulary.length, random: rng(1) });
  const values = Object.fromEntries(
    Object.entries(model.stateDict()).map(([path, value]) => [`model.${path}`, value]),
  );
  const progress = {
    ...{ step: 1, unevaluated: false, window: [], evaluation: null, badInRow: 0 },
    loader: {
      ...{ epoch: 0, position: 1 },
      order: { samples: 0, batchSize: 1, seed: null, dropLast: false, data: null },
    },
    clock: { seconds: 0, elapsed: 0 },
    ...{ generators: {}, dataGenerators: {}, settings: {}, callbacks: {} },
  };
  const config = { gpt: { ...sizes, vocabulary } };
  writeFileSync(inFolder(name), await encodeCheckpoint({ values, progress }, config));
}

beforeEach(() => setBackend(reference));
afterAll(() => setBackend(reference));

/** Runs `spm`, and gives back what it printed, errors too. */
async function spm(line: string): Promise<string> {
  const { out, err } = await run(line.replaceAll("@", `${folder}/`));
  return (out + err).replaceAll(folder, "FOLDER");
}

test("writes a smaller file, which samples and says what a page reads", async () => {
  await save("gpt.safetensors", { linear: "dense" });
  const printed = await spm("quantise @gpt.safetensors --file @verse.txt --weights 3 --epochs 1");
  expect(printed).toMatch(/^before +\d\.\d{4} +[\d,]+\nafter +\d\.\d{4} +[\d,]+$/m);
  expect(printed).toContain("wrote FOLDER/gpt-w3.safetensors");
  const [before, after] = ["gpt", "gpt-w3"].map((n) => statSync(inFolder(`${n}.safetensors`)).size);
  expect(after).toBeLessThan((before ?? 0) / 3);
  const text = await spm("sample @gpt-w3.safetensors --prompt what --length 8");
  expect(text).toMatch(/^what.{8}\n$/);
  // as a page does, without Node
  const file = parseSafetensors(new Uint8Array(readFileSync(inFolder("gpt-w3.safetensors"))));
  const { entries, tensor } = unpackTensors(file);
  const values = Object.fromEntries(entries.map(({ name }) => [name, tensor(name)]));
  const found = gptOf({ config: JSON.parse(file.metadata.config ?? ""), values });
  expect([...encodeCharacters("what", found?.vocabulary ?? "")]).toHaveLength(4);
  expect(await spm("inspect @gpt-w3.safetensors")).toContain("U8");
});

test("rounds activations as well, after a map that it is told", async () => {
  await save("gpt8.safetensors", { linear: "dense" });
  const line = "quantise @gpt8.safetensors --file @verse.txt --activations 8 --map hadamard";
  expect(await spm(`${line} --epochs 1 --out @small.safetensors`)).toContain("wrote FOLDER/small");
  expect(await spm("sample @small.safetensors --prompt eye --length 4")).toMatch(/^eye.{4}\n$/);
});

test.each([
  ["quantise @gpt-w3.safetensors --file @verse.txt", "rounded already"],
  ["quantise @gpt.safetensors --file @verse.txt --weights 3", "expected a new file"],
  ["quantise @gpt.safetensors --file @other.txt", "expected characters of the vocabulary"],
  ["quantise @mixers.safetensors --file @verse.txt", "of rotation maps"],
  ["quantise @gpt.safetensors --file @verse.txt --weights 9", "a whole number from 2 to 8"],
])("%s: %s", async (line, message) => {
  if (line.includes("mixers")) await save("mixers.safetensors", { linear: "rotation" });
  expect(await spm(line)).toContain(message);
  expect(process.exitCode).not.toBe(0);
});
