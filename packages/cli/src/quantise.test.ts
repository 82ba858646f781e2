/** @file `spm quantise`: a smaller file that `spm sample` reads, and what it refuses. */
import { cpSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reference, setBackend } from "@spm/core";
import { encodeCharacters, vocabularyOf } from "@spm/data";
import { gptOf } from "@spm/models";
import type { LinearKind } from "@spm/nn";
import { parseSafetensors, unpackTensors } from "@spm/trainer";
import { afterAll, beforeEach, expect, test } from "vitest";
import { commandLine } from "../../../test/command-line.ts";
import { smallGpt } from "../../../test/small-gpt.ts";

const { folder, run } = commandLine();
const inFolder = (name: string): string => join(folder, name);

const verse = "what immortal hand or eye could frame thy fearful symmetry. ".repeat(9);
writeFileSync(inFolder("verse.txt"), verse);
writeFileSync(inFolder("other.txt"), verse.toUpperCase());

/** A GPT of this verse. */
const save = async (name: string, linear: LinearKind): Promise<void> =>
  writeFileSync(inFolder(name), await smallGpt(vocabularyOf(verse), linear));

beforeEach(() => setBackend(reference));
afterAll(() => setBackend(reference));

/** Runs `spm`, and gives back what it printed, errors too. */
async function spm(line: string): Promise<string> {
  const { out, err } = await run(line.replaceAll("@", `${folder}/`));
  return (out + err).replaceAll(folder, "FOLDER");
}

test("writes a smaller file, which samples and says what a page reads", async () => {
  await save("gpt.safetensors", "dense");
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
  const { samples, loss } = JSON.parse(
    await spm("eval @gpt-w3.safetensors --file @verse.txt --json"),
  );
  expect([samples > 500, loss]).toEqual([
    true,
    expect.closeTo(Math.log(vocabularyOf(verse).length), 0),
  ]);
});

test("rounds activations as well, after a map that it is told", async () => {
  await save("gpt8.safetensors", "dense");
  const line = "quantise @gpt8.safetensors --file @verse.txt --activations 8 --map hadamard";
  expect(await spm(`${line} --epochs 1 --out @small.safetensors`)).toContain("wrote FOLDER/small");
  expect(await spm("sample @small.safetensors --prompt eye --length 4")).toMatch(/^eye.{4}\n$/);
});

test("takes the folder of a run, which says its text, and samples what it leaves", async () => {
  const sizes = [
    "steps=1",
    "evaluations=1",
    "sample=2",
    "characters=400",
    "rows=dense",
    "context=4",
  ];
  const set = sizes.map((size) => `--set ${size}`).join(" ");
  await spm(`experiment charlm --quick ${set} --backend reference --out @run`);
  const printed = await spm("quantise @run --weights 3 --epochs 1");
  expect(printed).toContain("wrote FOLDER/run/gpt-dense-w3.safetensors");
  // scored on the tenth of the run's text that quantise measured its loss on
  for (const [row, of] of [
    ["before", "@run"],
    ["after", "@run/gpt-dense-w3.safetensors"],
  ]) {
    const [, nats] = new RegExp(`^${row} +([\\d.]+)`, "m").exec(printed) ?? [];
    expect(await spm(`eval ${of}`)).toMatch(new RegExp(`^loss +${nats}$`, "m"));
  }
  const text = await spm("sample @run/gpt-dense-w3.safetensors --prompt whale --length 8");
  expect(text).toMatch(/^whale[\s\S]{8}\n$/);
  cpSync(inFolder("run/gpt-dense.safetensors"), inFolder("run/gpt-dense-2.safetensors"));
  expect(await spm("sample @run")).toMatch(
    /^error: sample: .* got gpt-dense-2.safetensors, gpt-dense.safetensors\nhelp: name its file/,
  );
});

test.each([
  ["quantise @gpt.safetensors --weights 4", "expected --file with a text"],
  ["quantise @no-such-run", "no such file or folder"],
  ["quantise @gpt-w3.safetensors --file @verse.txt", "rounded already"],
  ["quantise @gpt.safetensors --file @verse.txt --weights 3", "expected a new file"],
  ["quantise @gpt.safetensors --file @other.txt", '"W" in line 1 of FOLDER/other.txt'],
  ["eval @gpt.safetensors --file @other.txt", '"W" in line 1 of FOLDER/other.txt'],
  ["eval @gpt.safetensors", "expected --file with a text of the kind that the model writes"],
  ["sample @gpt.safetensors --prompt W", '"W" in line 1 of the prompt'],
  ["quantise @mixers.safetensors --file @verse.txt", "of rotation maps"],
  ["quantise @gpt.safetensors --file @verse.txt --weights 9", "a whole number from 2 to 8"],
])("%s: %s", async (line, message) => {
  if (line.includes("mixers")) await save("mixers.safetensors", "rotation");
  expect(await spm(line)).toContain(message);
  expect(process.exitCode).not.toBe(0);
});
