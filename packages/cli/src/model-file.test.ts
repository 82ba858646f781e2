/** @file The model that a run leaves, alone: eval, predict, sample and inspect need no more. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Mlp } from "@spm/models";
import { latestCheckpoint, loadModel, readSafetensors, writeSafetensors } from "@spm/trainer/node";
import { expect, test } from "vitest";
import { commandLine } from "../../../test/command-line.ts";

const { folder: work, printed, run: spm } = commandLine();
/** Runs a command line, and gives back its standard output. */
const run = async (line: string): Promise<string> => (await spm(line)).out;
const path = (...names: string[]): string => join(work, ...names);
const small = "--backend reference --hidden 16 --depth 1 --batch-size 16 --epochs 2";

test("a regression with averaged weights", async () => {
  const rows = Array.from({ length: 80 }, (_, k) => `${k % 7},${"ab"[k % 2]},${(k % 7) + 0.5}`);
  writeFileSync(path("t.csv"), `size,kind,price\n${rows.join("\n")}\n`);
  const out = path("run");
  await run(`train ${path("t.csv")} --target price --average 0.9 ${small} --out ${out}`);
  copyFileSync(join(out, "model.safetensors"), path("alone.safetensors"));
  const alone = path("alone.safetensors");
  expect(await run(`eval ${alone} --json`)).toBe(await run(`eval ${out} --json`));
  writeFileSync(path("asked.csv"), "size,kind\n3,a\n");
  const predicted = async (from: string): Promise<string> => {
    const csv = path(`${from === alone ? "alone" : "run"}.csv`);
    await run(`predict ${from} ${path("asked.csv")} --out ${csv}`);
    return readFileSync(csv, "utf8");
  };
  expect(await predicted(alone)).toBe(await predicted(out));
  expect(printed.err).toBe("");

  const text = await run(`inspect ${alone} --full`);
  expect(text).toContain(`the model  Mlp         sizes [3,16,1], activation relu\n`);
  expect(text).toMatch(/^layers\.0 +MixerLayer +mixer rotation, .* schedule \(butterfly n 16 st/m);
  expect(text).toContain('\nspm.task: {"schema":1,"task":"regression","features":3,"classes":1,');
  const checkpoint = latestCheckpoint(join(out, "checkpoints"))?.path ?? "";
  expect(loadModel(checkpoint)).toBeInstanceOf(Mlp);
  expect(await run(`inspect ${checkpoint}`)).toContain("the model  Mlp ");
});

test("a model of text writes the same text", async () => {
  writeFileSync(path("a.txt"), "abcabcabd ".repeat(40));
  const out = path("text");
  await run(`train text --file ${path("a.txt")} --context 4 ${small} --out ${out}`);
  const model = join(out, "model.safetensors");
  const words = "--prompt ab --length 20 --seed 3";
  expect(await run(`sample ${model} ${words}`)).toBe(await run(`sample ${out} ${words}`));
  expect(printed.err).toBe("");
});

test("inspect says why a model can't be built, and shows its weights", async () => {
  const file = readSafetensors(path("alone.safetensors"));
  const tensors = Object.fromEntries(file.entries.map(({ name }) => [name, file.tensor(name)]));
  const model = file.metadata["spm.model"] ?? "";
  const shown = async (description: string): Promise<string | undefined> => {
    writeSafetensors(path("odd.safetensors"), tensors, { "spm.model": description });
    const text = await run(`inspect ${path("odd.safetensors")} --full`);
    expect(text).toMatch(/^layers\.0\.bias +F32/m);
    return /^spm\.model can't.*$/m.exec(text)?.[0];
  };
  expect(await shown(model)).toBe(undefined);
  expect(await shown("{")).toMatchInlineSnapshot(
    `"spm.model can't be built here: loadModel: expected JSON as spm.model, got another text; loadModel(file, { into: model }) gives the weights to a model"`,
  );
  expect(await shown(model.replace('"schema":1', '"schema":2'))).toMatchInlineSnapshot(
    `"spm.model can't be built here: loadModel: expected a description of schema 1 at most, got 2; a newer version of SPM wrote this file; that one reads it"`,
  );
  expect(await shown(model.replace('"Mlp"', '"Mine"'))).toMatchInlineSnapshot(
    `"spm.model can't be built here: loadModel: expected a kind of module that is known at modules[""], got "Mine"; loadModel(file, { kinds: [yours] }), or { into: a model of yours }"`,
  );
  expect(await shown(model.replace('"sizes"', '"widths"'))).toMatchInlineSnapshot(
    `"spm.model can't be built here: loadModel: expected no field but sizes, activation, kind at modules[""], got "widths"; loadModel(file, { into: model }) gives the weights to a model"`,
  );
  expect(process.exitCode).toBe(undefined);
});

test("refuses a file without a task, with a newer one, and with another model", async () => {
  const file = readSafetensors(path("alone.safetensors"));
  const tensors = Object.fromEntries(file.entries.map(({ name }) => [name, file.tensor(name)]));
  const refusal = async (metadata: Record<string, string>): Promise<string> => {
    writeSafetensors(path("other.safetensors"), tensors, metadata);
    await run(`eval ${path("other.safetensors")}`);
    return printed.err.replaceAll(work, "");
  };
  const model = file.metadata["spm.model"] ?? "";
  expect(await refusal({ "spm.model": model })).toBe(
    "error: loadModel: expected a model of spm train, with its task, got /other.safetensors, " +
      "a model alone, as saveModel writes it\n" +
      'help: in a program: loadModel("/other.safetensors"); ' +
      "npm run -s spm -- inspect /other.safetensors shows what it is\n",
  );
  expect(await refusal({ "spm.task": '{"schema":2}' })).toMatch(
    /a task of schema 1 at most, got 2/,
  );
  expect(await refusal({ "spm.task": "[" })).toMatch(/an object of JSON as the task/);
  expect(await refusal({ "spm.task": '{"schema":1,"run":{}}' })).toMatch(
    /a checkpoint of spm train/,
  );
  const linear = '{"kind":"Linear","inFeatures":3,"outFeatures":16,"bias":true}';
  const task = file.metadata["spm.task"] ?? "";
  const other = `{"schema":1,"prefix":"","modules":{"":${linear}}}`;
  expect(await refusal({ "spm.task": task, "spm.model": other })).toMatch(/no other|unexpected/);
});
