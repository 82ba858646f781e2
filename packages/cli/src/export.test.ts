/** @file `spm export`: runs and a GPT as ONNX files, whose outputs are those of `spm predict`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { noGrad, normal, rng, tensor } from "@spm/core";
import { Gpt, gptOf, Transformer } from "@spm/models";
import { Gru } from "@spm/nn";
import {
  encodeCheckpoint,
  latestCheckpoint,
  readCheckpoint,
  readSafetensors,
  saveModel,
  writeSafetensors,
} from "@spm/trainer/node";
import { expect, test } from "vitest";
import { commandLine } from "../../../test/command-line.ts";
import { checkFiles, type Expected, python } from "../../../test/onnx/check.ts";
import { png } from "../../../test/png.ts";

const { folder: work, printed, run: spm } = commandLine();
/** Runs a command line, and gives back its standard output. */
const run = async (line: string): Promise<string> => (await spm(line)).out;
const tiny = "--backend reference --hidden 16 --depth 1 --batch-size 16 --epochs 2";
const files: Expected[] = [];

test("a classifier of images takes raw pixels, and says what spm predict says", async () => {
  const onnx = join(work, "images.onnx");
  const pictures = join(work, "pictures");
  for (const name of ["dark", "light"]) {
    mkdirSync(join(pictures, name), { recursive: true });
    for (let k = 0; k < 20; k++)
      writeFileSync(join(pictures, name, `${k}.png`), png(k, name === "dark" ? k : 200 + k));
  }
  const out = join(work, "images");
  await run(`train ${pictures} --image-size 2 --layer rotation ${tiny} --out ${out}`);
  const told = await run(`export ${out} --onnx ${onnx}`);
  expect(told.replace(work, "").replace(/[\d,]+ bytes/, "N bytes")).toMatchInlineSnapshot(`
    "/images.onnx: N bytes, opset 17, IR version 8
    pixels uint8[batch, 1, 2, 2] → probabilities float32[batch, 2]
    11 nodes: Div 2, MatMul 2, Add 2, Cast 1, Reshape 1, Sub 1, Relu 1, Softmax 1
    "
  `);
  const picture = join(work, "grey.png");
  writeFileSync(picture, png(90, 90));
  await run(`predict ${out} ${picture}`);
  const predicted = readFileSync(join(out, "predictions-grey.csv"), "utf8");
  const [, name, share] = /,(dark|light),([\d.e-]+)\n$/.exec(predicted) ?? [];
  const both = [Number(share), 1 - Number(share)];
  files.push({
    ...{ name: "images", bytes: readFileSync(onnx), type: "uint8" },
    ...{ inputShape: [1, 1, 2, 2], input: [90, 90, 90, 90] },
    ...{ outputShape: [1, 2], output: name === "dark" ? both : both.reverse() },
  });
});

test("a regression gives the target in its units", async () => {
  const onnx = join(work, "table.onnx");
  const table = join(work, "heights.csv");
  const rows = Array.from({ length: 100 }, (_, k) => `${k % 10},${170.5 + 3.25 * (k % 10)}`);
  writeFileSync(table, `size,height\n${rows.join("\n")}\n`);
  const out = join(work, "table");
  await run(`train ${table} --target height ${tiny} --out ${out}`);
  expect(await run(`export ${out} --onnx ${onnx}`)).toContain(
    "features float32[batch, 1] → value float32[batch, 1]\n",
  );
  await run(`predict ${out} ${table}`);
  const predicted = readFileSync(join(out, "predictions-heights.csv"), "utf8");
  const value = Number(/^2,([\d.]+)/m.exec(predicted)?.[1]);
  type Encoded = { readonly encoding: { readonly features: readonly [Scale] } };
  type Scale = { readonly mean: number; readonly std: number };
  const config = latestCheckpoint(join(out, "checkpoints"))?.config as Encoded;
  const [{ mean, std }] = config.encoding.features;
  files.push({
    ...{ name: "table", bytes: readFileSync(onnx), type: "float32" },
    ...{ inputShape: [1, 1], input: [(0 - mean) / std] },
    ...{ outputShape: [1, 1], output: [value] },
  });
});

test("a GPT of spm experiment charlm reads its whole context", async () => {
  const onnx = join(work, "gpt.onnx");
  const sizes = {
    context: 8,
    width: 16,
    heads: 2,
    layers: 1,
    linear: "general",
    tied: true,
  } as const;
  const vocabulary = "abcde";
  const model = new Gpt({ ...sizes, vocabulary: vocabulary.length, random: rng(1) });
  const weights = Object.entries(model.stateDict());
  const path = join(work, "gpt.safetensors");
  const values = Object.fromEntries(weights.map(([name, value]) => [`model.${name}`, value]));
  const order = { samples: 0, batchSize: 1, seed: null, dropLast: false, data: null };
  const progress = {
    ...{ step: 1, loader: { epoch: 0, position: 1, order }, unevaluated: false, window: [] },
    ...{ clock: { seconds: 0, elapsed: 0 }, evaluation: null, badInRow: 0, generators: {} },
    ...{ dataGenerators: {}, settings: {}, callbacks: {} },
  };
  writeFileSync(
    path,
    await encodeCheckpoint({ values, progress }, { gpt: { ...sizes, vocabulary } }),
  );
  expect(await run(`export ${path} --onnx ${onnx}`)).toContain(
    "tokens int32[batch, 8] → logits float32[batch, 8, 5]\n",
  );
  const tokens = tensor([[0, 1, 2, 3, 4, 0, 1, 2]], { dtype: "int32" });
  const gpt = gptOf(readCheckpoint(path));
  const logits = noGrad(() => gpt!.model.forward(tokens));
  files.push({
    ...{ name: "gpt", bytes: readFileSync(onnx), type: "int32" },
    ...{ inputShape: tokens.shape, input: [...(await tokens.data())] },
    ...{ outputShape: logits.shape, output: [...(await logits.data())] },
  });
});

test("any file that describes its model is exported for the input that is given", async () => {
  const onnx = join(work, "gru.onnx");
  const gru = new Gru(3, 8, { linear: "rotation", random: rng(1) });
  const path = join(work, "gru.safetensors");
  await saveModel(path, gru);
  expect(await run(`export ${path} --onnx ${onnx} --input 5,3`)).toContain(
    "x float32[batch, 5, 3] → y float32[batch, 5, 8]\n",
  );
  const x = normal(rng(2), [2, 5, 3]);
  const y = noGrad(() => gru.forward(x));
  files.push({
    ...{ name: "gru", bytes: readFileSync(onnx), type: "float32" },
    ...{ inputShape: x.shape, input: [...(await x.data())] },
    ...{ outputShape: y.shape, output: [...(await y.data())] },
  });
  await run(`export ${path} --onnx ${onnx} --input 5x3`);
  expect(printed.err).toContain("Expected sizes such as 28,6");
});

test("an input that is missing, unneeded or refused is said, and what to give", async () => {
  const random = rng(1);
  const gpt = new Gpt({ vocabulary: 5, context: 8, width: 4, heads: 2, layers: 1, random });
  const vocabularies = { sourceVocabulary: 5, targetVocabulary: 5 };
  const sizes = { context: 8, width: 4, heads: 2, layers: 1, random };
  await saveModel(join(work, "own-gpt.safetensors"), gpt);
  await saveModel(join(work, "two.safetensors"), new Transformer({ ...vocabularies, ...sizes }));
  const told: string[] = [];
  for (const line of [
    "own-gpt.safetensors",
    "own-gpt.safetensors --input 8",
    "own-gpt.safetensors --input int32:9",
    "gru.safetensors",
    "gru.safetensors --input 5,4",
    "two.safetensors --input int32:8",
    "table --input 1",
    "table/model.safetensors --input 1",
    "gpt.safetensors --input int32:8",
  ]) {
    await run(`export ${join(work, line)} --onnx ${join(work, "never.onnx")}`);
    expect(process.exitCode).toBe(2);
    told.push(printed.err.replaceAll(`${work}/`, ""));
  }
  expect(existsSync(join(work, "never.onnx"))).toBe(false);
  expect(told.join("")).toMatchInlineSnapshot(`
    "error: export: expected --input with the int32 sizes of one sample for Gpt, got none: own-gpt.safetensors has no task of spm train
    help: --input int32:8, without the batch
    error: export: expected --input with the int32 sizes of one sample for Gpt, got 8, which is float32
    help: --input int32:8, without the batch
    error: exportOnnx: expected inputs that the forward takes, got x int32[batch, 9]: Gpt: expected tokens [batch, time] up to position 8, got [batch, 9] from 0
    error: export: expected --input with the sizes of one sample for Gru, got none: gru.safetensors has no task of spm train
    help: --input 28,6, or --input int32:64 for tokens, without the batch
    error: exportOnnx: expected inputs that the forward takes, got x float32[batch, 5, 4]: Gru: expected x of shape [batch, time ≥ 1, 3], got [batch, 5, 4]
    error: export: expected a model of one input, got Transformer, whose forward has 4: exportOnnx: expected inputs that the forward takes, got x int32[batch, 8]: Transformer: expected a tensor, got undefined
    help: exportOnnx of @spm/onnx takes inputs by name, in a program
    error: export: expected no --input for what spm trained, whose inputs are known, got table
    help: leave --input out
    error: export: expected no --input for what spm trained, whose inputs are known, got table/model.safetensors
    help: leave --input out
    error: export: expected no --input for what spm trained, whose inputs are known, got gpt.safetensors
    help: leave --input out
    "
  `);
});

test("sizes of a task that the model contradicts, and weights that aren't finite", async () => {
  const {
    entries,
    metadata,
    tensor: read,
  } = readSafetensors(join(work, "table", "model.safetensors"));
  const tensors = Object.fromEntries(entries.map(({ name }) => [name, read(name)]));
  const path = join(work, "changed.safetensors");
  const onnx = join(work, "never.onnx");
  const task = metadata["spm.task"] ?? "";
  const told: string[] = [];
  const tell = async (...lines: readonly string[]): Promise<void> => {
    for (const line of lines) {
      await run(line);
      told.push(printed.err.replaceAll(`${work}/`, ""));
    }
  };
  for (const [from, to] of [
    ['"features":1,', '"features":7,'],
    ['"classes":1,', '"classes":97,'],
    [/,"encoding":.*(?=,"run")/, ""],
  ] as const) {
    const changed = task
      .replace(from, to)
      .replace(/"features":1,(?="classes":1,"run")/, '"features":3,');
    writeSafetensors(path, tensors, { ...metadata, "spm.task": changed });
    await tell(`export ${path} --onnx ${onnx}`);
  }
  const [name = "", weight = tensor(0)] = Object.entries(tensors)[0] ?? [];
  const numbers = (await weight.data()).slice();
  numbers[0] = Number.NaN;
  tensors[name] = tensor(numbers, { shape: weight.shape });
  writeSafetensors(path, tensors, metadata);
  await tell(
    `export ${path} --onnx ${onnx}`,
    `eval ${path}`,
    `predict ${path} ${work}/heights.csv`,
  );
  const { "spm.task": _, ...own } = metadata;
  writeSafetensors(path, tensors, own);
  await tell(`export ${path} --onnx ${onnx} --input 1`);
  expect(existsSync(onnx)).toBe(false);
  expect(told.join("")).toMatchInlineSnapshot(`
    "error: loadModel: expected 1 features and 1 classes, as the encoding has, got 7 and 1 in changed.safetensors
    error: loadModel: expected 1 features and 1 classes, as the encoding has, got 1 and 97 in changed.safetensors
    error: loadModel: expected a task of 1 features and 1 classes, as the model of changed.safetensors has, got 3 and 1 in its spm.task
    error: loadModel: expected finite weights, got 1 of 32 values of "layers.0.angles" that are not, in changed.safetensors
    help: take an earlier checkpoint, or train again at a lower learning rate
    error: loadModel: expected finite weights, got 1 of 32 values of "layers.0.angles" that are not, in changed.safetensors
    help: take an earlier checkpoint, or train again at a lower learning rate
    error: loadModel: expected finite weights, got 1 of 32 values of "layers.0.angles" that are not, in changed.safetensors
    help: take an earlier checkpoint, or train again at a lower learning rate
    error: exportOnnx: expected finite weights, got 1 of 32 values of "layers.0.angles" that are not
    help: export a checkpoint before them
    "
  `);
});

test("what is no run writes nothing", async () => {
  const none = join(work, "none.onnx");
  await run(`export ${work} --onnx ${none}`);
  expect(printed.err).toContain("error: loadModel: expected a run folder with checkpoints, got");
  expect(existsSync(none)).toBe(false);
});

test.runIf(python !== null)("the files pass ONNX's checker, and say the same", () => {
  const { found } = checkFiles(files);
  expect(found.map(({ name }) => name)).toEqual(["images", "table", "gpt", "gru"]);
  const [images = null, table = null, ...others] = found.map(({ worst }) => worst);
  expect(images).toBeLessThan(1e-6);
  expect(table).toBeLessThan(1e-3); // of 170
  expect(others.every((worst) => worst !== null && worst < 1e-5)).toBe(true);
});
