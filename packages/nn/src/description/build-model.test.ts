/** @file Descriptions that somebody else may have written: what is refused, and before what. */
import { rng } from "@spm/core";
import { mixers } from "@spm/mixer";
import { expect, test } from "vitest";
import { Gru, Linear, MixerLayer } from "../index.ts";
import { buildModel } from "./build-model.ts";
import { describeModel } from "./describe-model.ts";
import { moduleKinds } from "./module-kinds.ts";

const random = rng(1);
const linear = { kind: "Linear", inFeatures: 3, outFeatures: 2, bias: true };
const described = (modules: unknown, more: object = {}): unknown => ({
  ...{ schema: 1, prefix: "", modules },
  ...more,
});
/** The model, or the message of what is wrong. */
function outcome(description: unknown, numbers = 8): string {
  try {
    return buildModel(description, { kinds: moduleKinds, numbers, random }).model.label;
  } catch (error) {
    return String(error).replace(/\nhelp.*/, "");
  }
}

test("a description is built", () => expect(outcome(described({ "": linear }))).toBe("Linear"));

test.each<[unknown, string]>([
  [null, "expected 1 at schema, got nothing"],
  [[], "expected 1 at schema, got nothing"],
  ["Linear", "expected 1 at schema, got nothing"],
  [described({ "": linear }, { schema: 2 }), "a description of schema 1 at most, got 2"],
  [described({ "": linear }, { schema: "1" }), 'expected 1 at schema, got "1"'],
  [
    described({ "": linear }, { author: 1 }),
    'but schema, prefix, modules at the description, got "a',
  ],
  [described({ "": linear }, { prefix: 1 }), "a text at prefix, got 1"],
  [described([linear]), "an object at modules, got a list of 1"],
  [described({}), 'the model itself, "", as the first at modules, got nothing'],
  [described({ a: linear }), 'the model itself, "", as the first at modules, got "a"'],
  [described({ "": 3 }), 'a kind of module that is known at modules[""], got nothing'],
  [described({ "": { ...linear, kind: "Linaer" } }), 'known at modules[""], got "Linaer"'],
  [described({ "": { ...linear, kind: "constructor" } }), 'at modules[""], got "constructor"'],
  [described({ "": { ...linear, kind: "__proto__" } }), 'at modules[""], got "__proto__"'],
  [described(JSON.parse('{"":{"__proto__":{"kind":"Linear"}}}')), "is known at modules"],
  [
    described({ "": { ...linear, gain: 2 } }),
    "no field but inFeatures, outFeatures, bias, kind at",
  ],
  [described({ "": { ...linear, bias: 1 } }), 'true or false at modules[""].bias, got 1'],
  [described({ "": { ...linear, bias: undefined } }), '[""].bias, got nothing'],
  [described({ "": { ...linear, inFeatures: 0 } }), "1 to 2147483647 at"],
  [described({ "": { ...linear, inFeatures: -1 } }), "got -1"],
  [described({ "": { ...linear, inFeatures: 1.5 } }), "got 1.5"],
  [described({ "": { ...linear, inFeatures: "3" } }), 'got "3"'],
  [described({ "": { ...linear, inFeatures: [3] } }), "got a list of 1"],
  [described({ "": { ...linear, inFeatures: 2 ** 53 } }), "got 9007199254740992"],
  [described({ "": { same: "" } }), "the path of a module before it at modules"],
  [described({ "": linear, a: { same: "", x: 1 } }), 'no field but same at modules["a"], got "x"'],
  [described({ "": linear, a: { same: 1 } }), 'a module before it at modules["a"], got 1'],
  [described({ "": linear, a: { same: "b" } }), 'a module before it at modules["a"], got "b"'],
  [described({ "": linear, a: { same: "" } }), 'a module of those before it at modules["a"]'],
  [described({ "": linear, weight: linear }), 'of those before it at modules["weight"], got one'],
  [described({ "": linear, "__proto__.x": linear }), "a module of those before it at"],
  [
    described({ "": { kind: "Sequential", layers: [null] } }),
    'a description of "layers.0" at modules',
  ],
  [described({ "": { kind: "Sequential", layers: ["eval"] } }), "a function among abs, cos,"],
  [described({ "": { kind: "Sequential", layers: { length: 9 } } }), "got an object"],
  [described({ "": { kind: "Dropout", probability: 2 } }), "Dropout: expected a probability in"],
])("%j", (description, message) => {
  const got = outcome(description);
  expect(got).toContain(message);
  expect(got).toMatch(/^(Value|Shape)Error: (loadModel|Dropout): expected .*, got /);
});

const mixer = (schedule: unknown) => {
  const layer = new MixerLayer(mixers.rotation, 4, 4, { random });
  const found = describeModel(layer);
  const own = typeof found === "string" ? {} : found.modules[""];
  return described({ "": { ...own, schedule } });
};

test.each<[unknown, string]>([
  [{ name: "butterfly", n: 4, stages: 2 }, "MixerLayer(rotation)"],
  [{ name: "mine", n: 4, pairs: [[[0, 1]]] }, "MixerLayer(rotation)"],
  [{ name: "mine", n: 4, stages: 2 }, "expected { name, n, stages } of butterfly, shuffle"],
  [{ name: "butterfly", n: 4, stages: 2, pairs: [] }, "expected { name, n, stages }"],
  [{ name: "butterfly", n: 4, stages: 2, by: 1 }, "got an object of name, n, stages, by"],
  [{ name: "butterfly", n: 2 ** 30, stages: 2 ** 30 }, "sizes that fit the 8 numbers of the file"],
  [{ name: "mine", n: 2 ** 30, pairs: [[[0, 1]]] }, "sizes that fit the 8 numbers of the file"],
  [{ name: "mine", n: 4, pairs: [[[0, 9]]] }, "fromPairs: expected coordinates in [0, 4)"],
  [{ name: "mine", n: 4, pairs: [[["__proto__", 1]]] }, "fromPairs: expected coordinates"],
  [{ name: "mine", n: 4, pairs: [7] }, "fromPairs: expected an array"],
  [{ name: "mine", n: 2, pairs: [[[0, 1]]] }, "a schedule of width n ≥ 4"],
])("schedule %j", (schedule, message) => {
  expect(outcome(mixer(schedule))).toContain(message);
});

test("no memory is taken for sizes that the tensors contradict", () => {
  const before = process.memoryUsage().arrayBuffers;
  const found = describeModel(new Gru(2, 2, { random }));
  if (typeof found === "string") throw new Error(found);
  const large = 2 ** 31 - 1;
  for (const [path, module] of Object.entries(found.modules))
    for (const [field, value] of Object.entries(module)) {
      if (typeof value !== "number" || field === "dropout") continue;
      const modules = { ...found.modules, [path]: { ...module, [field]: large } };
      const got = outcome({ ...found, modules }, 60);
      expect(got).toMatch(/sizes that fit|as many modules|a module of those before/);
    }
  expect(outcome(described({ "": { ...linear, inFeatures: large, outFeatures: 2 } }))).toContain(
    "expected sizes that fit the 8 numbers of the file's tensors, got 2147483649 for Linear",
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
});

test("a model of the file's tensors is built from a few numbers more", () => {
  const layer = new Linear(2048, 2048, { random });
  expect(outcome(describeModel(layer), 2048 * 2049)).toBe("Linear");
});
