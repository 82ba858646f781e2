/**
 * @file Every module of `@spm/nn` and `@spm/models` through a file that describes it: the same
 * modules, the same outputs bit by bit. A module without a kind fails here.
 */
import { readFileSync } from "node:fs";
import { add, noGrad, type Parameter, parameter, rng, type Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { fromPairs, randomMatching, rotationMixer, shuffle } from "@spm/mixer";
import * as models from "@spm/models";
import { Gpt, Mlp, modelKinds } from "@spm/models";
import * as nn from "@spm/nn";
import { Gru, MixerLayer, Module, replaceLinear, Sequential } from "@spm/nn";
import * as nnExtend from "@spm/nn/extend";
import { describeModel, LinearMap, moduleKind, moduleKinds } from "@spm/nn/extend";
import { encodeModel, parseModel, parseSafetensors } from "@spm/trainer";
import { describe, expect, test } from "vitest";
import { functionRows } from "./function-rows.ts";
import type { ModuleRow } from "./module-row.ts";
import { moduleRows } from "./module-table.ts";

const random = () => rng(1);
const kinds = [...moduleKinds, ...modelKinds];
const values = (x: Tensor): number[] => [...elements(x.ndarray())];
const reloaded = async (model: Module): Promise<Module> => parseModel(await encodeModel(model));

/** Rows whose modules are classes of the table's own around modules of ours. */
const wrapped = /^(Dropout|Lstm, lengths|invertible .*)$/;
const rows = moduleRows.filter((row) => !functionRows.includes(row));

/** The module of a row, or where its class is the table's own those of ours in it. */
function ours({ name, make }: ModuleRow): Module[] {
  const made = make();
  if (typeof describeModel(made) !== "string") return [made];
  expect(name).toMatch(wrapped);
  return Object.values(made).filter((value) => value instanceof Module);
}

test.each(rows)("$name", async (row) => {
  for (const model of ours(row)) {
    const again = await reloaded(model);
    expect(String(again)).toBe(String(model));
    expect(describeModel(again)).toEqual(describeModel(model));
    for (const [path, value] of Object.entries(again.stateDict()))
      expect(values(value)).toEqual(values(model.stateDict()[path] ?? value.neg()));
    if (wrapped.test(row.name)) continue;
    const [a, b] = [model.eval(), again].map((one) => noGrad(() => one.forward(...row.inputs())));
    expect(a && values(a)).toEqual(b && values(b));
  }
});

test("every class has a kind of its name", () => {
  const abstract: readonly unknown[] = [Module, LinearMap, nnExtend.StructuredMap];
  const stand: readonly unknown[] = [nnExtend.Recurrent, nnExtend.RecurrentCell, nnExtend.Unbuilt];
  const classes = Object.values<unknown>({ ...nn, ...nnExtend, ...models }).filter(
    (value) =>
      typeof value === "function" &&
      value.prototype instanceof Module &&
      ![...abstract, ...stand].includes(value),
  );
  const known = new Set<unknown>(kinds.map(({ type }) => type));
  expect(classes.filter((type) => !known.has(type))).toEqual([]);
  for (const { name, type } of kinds) expect(name).toBe(type.name);
  expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
});

describe("a model that its author put together", () => {
  test("with replaced layers, schedules by name and by pairs, and one module twice", async () => {
    const model = new Mlp({ sizes: [6, 8, 8, 8, 3], random: random() });
    replaceLinear(model, "general", { random: random(), where: (_, path) => path === "layers.3" });
    const pairs = fromPairs(8, [
      [
        [7, 0],
        [1, 2],
      ],
    ]);
    const given = [shuffle(7), randomMatching(8, 3, random()), pairs] as const;
    const layers = given.map(
      (schedule, k) =>
        new MixerLayer(rotationMixer, k === 0 ? 6 : 8, k === 0 ? 7 : 8, {
          ...{ random: random(), schedule, diagonals: k > 0, bias: k > 1 },
        }),
    );
    const shared = layers[2] ?? model;
    const own = new Sequential([...layers.slice(1), nn.gelu, shared, model.layers[3] ?? model]);
    const again = await reloaded(own);
    expect(String(again)).toBe(String(own));
    const x = parameter([[1, 2, 3, 4, 5, 6, 7, 8]]);
    expect(values(again.forward(x))).toEqual(values(own.eval().forward(x)));
    const found = describeModel(own);
    expect(typeof found !== "string" && found.modules["layers.3"]).toEqual({ same: "layers.1" });
    expect(String(await reloaded(model))).toBe(String(model));
  });

  test("stores what has no description without one, and says why", async () => {
    class Scale extends Module {
      readonly gain: Parameter = parameter([1, 2]);
      forward(x: Tensor): Tensor {
        return x.mul(this.gain);
      }
    }
    const tied = new Sequential([new nn.LayerNorm(2), new nn.LayerNorm(2)]);
    Reflect.set(tied.layers[1] ?? {}, "weight", Reflect.get(tied.layers[0] ?? {}, "weight"));
    const add1 = (x: Tensor): Tensor => add(x, 1);
    const bytes = await encodeModel(new Scale());
    const refused: [Module, string][] = [
      [new Scale(), "the class Scale has no kind"],
      [new Sequential([new Scale()]), 'the class Scale has no kind, at "layers.0"'],
      [new Sequential([(x) => add(x, 1)]), "Sequential.layers[0] is a function without a name; a "],
      [
        new Sequential([nn.gelu, add1]),
        "Sequential.layers[1] is the function add1; a file can have a",
      ],
      [
        new Mlp({ sizes: [2, 1], activation: add1, random: random() }),
        "Mlp.activation is the functi",
      ],
      [tied, '"layers.1.weight" is the same parameter as "layers.0.weight"'],
    ];
    for (const [model, why] of refused) expect(describeModel(model)).toContain(why);
    expect(parseSafetensors(bytes).metadata["spm.undescribed"]).toBe("the class Scale has no kind");
    expect(() => parseModel(bytes)).toThrowErrorMatchingInlineSnapshot(`
      [CheckpointError: parseModel: expected a file that describes its model, got the file, which has none: the class Scale has no kind
      help: parseModel(file, { into: model }) gives the weights to a model]
    `);
    const into = new Scale();
    into.gain.assign(parameter([0, 0]));
    expect(values(parseModel(bytes, { into }).gain)).toEqual([1, 2]);
  });

  test("is not described where loadModel would build another", () => {
    const mlp = () => new Mlp({ sizes: [2, 3, 1], random: random() });
    const changed = (model: Module, fields: object) => Object.assign(model, fields);
    const forward = (x: Tensor): Tensor => x;
    class Doubled extends nn.Linear {
      override forward(x: Tensor): Tensor {
        return super.forward(x).mul(2);
      }
    }
    const linear = () => new nn.Linear(2, 3, { random: random() });
    const borrowed = Object.setPrototypeOf(linear(), { __proto__: nn.Linear.prototype, forward });
    const [pair, drop] = [
      new Sequential([linear(), nn.silu]),
      new nn.Dropout(0.5, { random: random() }),
    ];
    Reflect.set(pair.layers, 1, nn.gelu);
    const refused: [Module, string][] = [
      [changed(mlp(), { extra: parameter([1]) }), '"extra" is a field of one\'s own'],
      [changed(mlp(), { extra: linear() }), 'of those before it at modules["extra"], got one t'],
      [changed(mlp(), { extra: { deep: [parameter([1])] } }), '"extra.deep.0" is a field of one'],
      [changed(linear(), { bias: null }), '"bias" is missing, which its class makes'],
      [
        changed(linear(), { bias: parameter([1]) }),
        '"bias" is float32[1], where its class makes f',
      ],
      [changed(drop, { probability: 0 }), '"probability" isn\'t what Dropout was made with'],
      [changed(mlp(), { forward }), '"forward" is set on the object, in the place of Mlp\'s'],
      [
        new Sequential([changed(linear(), { forward })]),
        '"layers.0.forward" is set on the object, in',
      ],
      [pair, '"layers.1" isn\'t what Sequential was made with'],
      [new (class extends Doubled {})(2, 3, { random: random() }), "a class without a name has no"],
      [new Sequential([new Doubled(2, 3, { random: random() })]), "the class Doubled has no kind"],
      [new Proxy(linear(), {}), "the constructor of Linear didn't describe() this object"],
      [borrowed, "the model has another class than one built again, Linear"],
    ];
    for (const [model, why] of refused) expect(String(describeModel(model))).toContain(why);
  });

  test("is described with notes and an empty list of layers", async () => {
    const noted = Object.assign(new Mlp({ sizes: [2, 1], random: random() }), { note: "mine" });
    expect(String(await reloaded(noted))).toBe(String(noted));
    expect(values((await reloaded(new Sequential([]))).forward(parameter([3])))).toEqual([3]);
  });

  test("is described where its class has a kind", async () => {
    class Shift extends Module {
      readonly by: Parameter;
      constructor(width: number) {
        super();
        nnExtend.describe(this, { width });
        this.by = parameter(new Float32Array(width).fill(3));
      }
      forward(x: Tensor): Tensor {
        return x.add(this.by);
      }
    }
    const kind = moduleKind("Shift", Shift, { width: nnExtend.fields.size }, ({ width }) => {
      return new Shift(width);
    });
    const bytes = await encodeModel(new Sequential([new Shift(2), nn.silu]));
    expect(parseModel(bytes, { kinds: [kind] }).forward(parameter([1, 2])).shape).toEqual([2]);
    expect(() => parseModel(bytes)).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: loadModel: expected a kind of module that is known at modules["layers.0"], got "Shift"
      help: loadModel(file, { kinds: [yours] }), or { into: a model of yours }]
    `);
  });
});

test("the examples of docs/file-format.md are descriptions of these models", () => {
  const page = readFileSync(new URL("../../docs/file-format.md", import.meta.url), "utf8");
  const sizes = { vocabulary: 65, context: 32, width: 8, heads: 2, layers: 1 };
  const described = [
    new Mlp({ sizes: [784, 256, 10], linear: "rotation", random: random() }),
    new Gru(3, 4, { random: random() }),
    new Gpt({ ...sizes, random: random() }),
  ].map((model) => describeModel(model));
  const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = ""]): unknown =>
    JSON.parse(text),
  );
  expect(blocks.slice(0, 3)).toEqual(described);
});
