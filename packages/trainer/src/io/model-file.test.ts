/** @file Models in files: with and without a description, under a prefix, and what is refused. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rng } from "@spm/core";
import { Mlp } from "@spm/models";
import { Linear } from "@spm/nn";
import { describeModel } from "@spm/nn/extend";
import { afterAll, expect, test } from "vitest";
import { encodeModel, parseModel } from "./model-file.ts";
import { loadModel, saveModel } from "./model-path.ts";
import { parseSafetensors } from "./safetensors/read.ts";
import { encodeSafetensors } from "./safetensors/write.ts";
import { writeSafetensors } from "./safetensors-file.ts";

const folder = mkdtempSync(join(tmpdir(), "spm-models-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, `${name}.safetensors`);
const random = rng(1);
const model = new Mlp({ sizes: [3, 4, 2], linear: "general", random });

test("a file on the disk, with its task and versions", async () => {
  expect(await saveModel(path("a"), model, { task: { schema: 1, task: "regression" } })).toBeNull();
  const again = loadModel(path("a"));
  expect(String(again)).toBe(String(model));
  expect(again.training).toBe(false);
  const { metadata } = parseSafetensors(
    await encodeModel(model, { task: 7, versions: { a: "1" } }),
  );
  expect([metadata["spm.task"], metadata["spm.versions"]]).toEqual(["7", '{"a":"1"}']);
});

test("a model that is given takes the weights under the file's prefix", () => {
  const values = Object.entries(model.stateDict()).map(
    ([name, x]) => [`model.${name}`, x] as const,
  );
  const description = JSON.stringify(describeModel(model, "model."));
  const tensors = {
    ...Object.fromEntries(values),
    "optimizer.step": new Linear(1, 1, { random }).weight,
  };
  writeSafetensors(path("b"), tensors, { "spm.model": description });
  expect(String(loadModel(path("b")))).toBe(String(model));
  const into = new Mlp({ sizes: [3, 4, 2], linear: "general", random });
  expect(loadModel(path("b"), { into }) === into).toBe(true);
  expect(into.layers[1]?.toDense().toArray()).toEqual(model.layers[1]?.toDense().toArray());
});

test("packed weights are unpacked", async () => {
  const layer = new Linear(2, 2, { random, bias: false });
  const levels = [-1.5, -0.5, 0.5, 1.5];
  const scales = Float32Array.of(1, 2);
  const weight = {
    shape: [2, 2],
    bits: 2,
    group: 2,
    levels,
    codes: Uint8Array.of(0, 1, 2, 3),
    scales,
  };
  const described = { "spm.model": JSON.stringify(describeModel(layer)) };
  const read = parseModel(encodeSafetensors({}, described, { packed: { weight } }));
  expect([...(await (read as Linear).weight.data())]).toEqual([-1.5, -0.5, 1, 3]);
});

test("refuses what has no description, or none that is JSON", async () => {
  writeSafetensors(path("c"), model.stateDict());
  const refusal = (name: string): string => {
    try {
      return loadModel(path(name)).label;
    } catch (error) {
      return String(error).replaceAll(folder, "");
    }
  };
  expect(refusal("c")).toMatchInlineSnapshot(`
    "CheckpointError: loadModel: expected a file that describes its model, got /c.safetensors without spm.model
    help: loadModel(file, { into: model }) gives the weights to a model"
  `);
  writeSafetensors(path("c"), model.stateDict(), { "spm.model": "{" });
  expect(refusal("c")).toMatchInlineSnapshot(
    `"CheckpointError: loadModel: expected JSON as spm.model of /c.safetensors, got "{""`,
  );
  const described = JSON.stringify(describeModel(new Linear(3, 4, { random })));
  writeSafetensors(path("c"), model.stateDict(), { "spm.model": described });
  expect(refusal("c")).toMatch(/ShapeError: loadStateDict: .*no value for "weight", "bias"; unex/);
  writeFileSync(path("d"), "no file of tensors");
  expect(refusal("d")).toMatch(/^SafetensorsError: safetensors: expected /);
  expect(() => parseModel(new Uint8Array(4))).toThrow("safetensors: expected");
  await expect(encodeModel(model, { tasks: 1 } as object)).rejects.toThrow(
    'encodeModel: unknown option "tasks"',
  );
});

test("arguments that aren't what they are called are refused in a line", async () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const wrong: (readonly [string, unknown, ...unknown[]])[] = [
    ["saveModel: expected a module, got undefined", saveModel, path("e")],
    ["saveModel: expected a module, got", saveModel, path("e"), model.stateDict()],
    ["saveModel: expected a path, got", saveModel, model, path("e")],
    ["saveModel: expected JSON as task, got", saveModel, path("e"), model, { task: circle }],
    ["saveModel: expected JSON as task, got", saveModel, path("e"), model, { task: () => 1 }],
    ["saveModel: expected JSON as versions, got", saveModel, path("e"), model, { versions: Mlp }],
    ["loadModel: expected a path, got 7", loadModel, 7],
    ["loadModel: expected a module, got", loadModel, path("a"), { into: Mlp }],
    ["loadModel: expected a generator, got 1", loadModel, path("a"), { random: 1 }],
    ["loadModel: expected kinds as a list of", loadModel, path("a"), { kinds: "Mlp" }],
    ["loadModel: expected kinds as a list of", loadModel, path("a"), { kinds: [Mlp] }],
    ["parseSafetensors: expected bytes as a Uint8Array, got", parseModel, new ArrayBuffer(8)],
    ["parseSafetensors: expected bytes as a Uint8Array, got", parseModel, path("a")],
  ];
  for (const [message, f, ...given] of wrong) {
    const call = async (): Promise<unknown> => Reflect.apply(f as typeof saveModel, null, given);
    await expect(call()).rejects.toThrow(message);
  }
});
