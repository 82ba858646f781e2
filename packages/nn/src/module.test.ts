/**
 * @file Modules: what belongs to them, under which path, and how it is saved, loaded and exchanged.
 */

import { inspect } from "node:util";
import {
  grad,
  mul,
  normal,
  ones,
  type Parameter,
  parameter,
  relu,
  rng,
  sum,
  type Tensor,
  zeros,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { functionalCall } from "./functional-call.ts";
import { Linear } from "./linear.ts";
import { Module, ModuleBuffer } from "./module.ts";
import { Sequential } from "./sequential.ts";
import { summary } from "./summary.ts";
import { unseenIn } from "./unseen.ts";

class Scale extends Module {
  readonly gain: Parameter;
  readonly uses = new ModuleBuffer(zeros([1]));
  constructor(gain = parameter(ones([3]))) {
    super();
    this.gain = gain;
  }
  forward(x: Tensor): Tensor {
    return mul(x, this.gain);
  }
}

class Tied extends Module {
  readonly first = new Scale();
  readonly rest: Module[] = [new Scale(this.first.gain), this.first];
  readonly head = { out: new Linear(3, 2, { random: rng(1) }) };
  forward(x: Tensor): Tensor {
    return this.head.out.forward(this.rest.reduce((h, m) => m.forward(h), this.first.forward(x)));
  }
}

const fill = (value: number, ...shape: number[]): Tensor =>
  mul(ones(shape.length === 0 ? [3] : shape), value);
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];

test("fields are walked in order; what is tied appears once; buffers are state alone", () => {
  const model = new Tied();
  expect([...model.namedParameters().keys()]).toEqual([
    "first.gain",
    "head.out.weight",
    "head.out.bias",
  ]);
  expect([...model.namedModules().keys()]).toEqual(["", "first", "rest.0", "head.out"]);
  expect(Object.keys(model.stateDict())).toContain("rest.0.uses");
  expect(model.parameterCount()).toBe(3 + 6 + 2);
});

test("train and eval reach every module", () => {
  const model = new Tied();
  expect([...model.eval().namedModules().values()].map((m) => m.training)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect([...model.train().namedModules().values()].map((m) => m.training)).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test("a state dict is loaded whole or not at all", () => {
  const [from, to] = [new Tied(), new Tied()];
  from.first.gain.assign(normal(rng(4), [3]));
  from.first.uses.assign(ones([1]));
  to.loadStateDict(from.stateDict());
  expect(to.rest[0]?.parameters().map(numbers)).toEqual([numbers(from.first.gain)]);
  expect(numbers(to.first.uses)).toEqual([1]);
  const { "first.gain": _, "head.out.bias": __, ...part } = from.stateDict();
  const before = Object.values(to.stateDict()).map(numbers);
  expect(() =>
    to.loadStateDict({ ...part, extra: ones([1]), other: ones([1]) }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: loadStateDict: expected a value for each parameter of this model and no other, got no value for "first.gain", "head.out.bias"; unexpected "extra", "other"
    help: { rename: (name) => … } where names differ, { strict: false } for a part of them]
  `);
  expect(() =>
    to.loadStateDict({
      ...from.stateDict(),
      "first.gain": ones([4]),
      "head.out.bias": ones([2, 1]),
    }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: loadStateDict: expected float32[3] for "first.gain", got float32[4]; float32[2] for "head.out.bias", got float32[2, 1]]`,
  );
  expect(Object.values(to.stateDict()).map(numbers)).toEqual(before);
});

test("a state dict is loaded in part, and under other names, with a report", () => {
  const model = new Tied();
  const bias = numbers(model.head.out.bias ?? zeros([0]));
  const report = model.loadStateDict(
    { "net.first.gain": fill(7), "net.head.out.weight": normal(rng(3), [2, 3]), junk: ones([1]) },
    { strict: false, rename: (name) => name.replace(/^net\./, "") },
  );
  expect(report).toEqual({
    missing: ["first.uses", "rest.0.uses", "head.out.bias"],
    unexpected: ["junk"],
  });
  expect(numbers(model.first.gain)).toEqual([7, 7, 7]);
  expect(numbers(model.head.out.bias ?? zeros([0]))).toEqual(bias);
  const { missing, unexpected } = model.loadStateDict(
    { ...model.stateDict(), constructor: ones([1]), dropped: ones([1]) },
    { strict: false, rename: (name) => (name === "dropped" ? undefined : name) },
  );
  expect([missing, unexpected]).toEqual([[], ["constructor"]]);
  // @ts-expect-error PyTorch's name of another function
  expect(() => model.loadStateDict({}, { assign: true })).toThrow(/^loadStateDict: .*"assign"/);
});

test("a tied parameter is found under each of its paths, a shared module's, too", () => {
  const model = new Tied();
  const { "first.gain": _, "first.uses": uses = zeros([1]), ...rest } = model.stateDict();
  model.loadStateDict({ ...rest, "rest.0.gain": fill(2), "rest.1.uses": fill(5, 1) });
  expect([numbers(model.first.gain), numbers(model.first.uses)]).toEqual([[2, 2, 2], [5]]);
  const all = { ...rest, "first.uses": uses, "first.gain": fill(3), "rest.1.gain": fill(3) };
  model.loadStateDict(all);
  expect(numbers(model.first.gain)).toEqual([3, 3, 3]);
  expect(() =>
    model.loadStateDict({ ...all, "rest.0.gain": fill(4) }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: loadStateDict: expected one value for the tied "first.gain" and "rest.0.gain", got two that differ
    help: rename one of them to undefined]
  `);
});

test("a file is loaded as it was read, and only what is needed of it", () => {
  const model = new Linear(2, 1, { random: rng(1) });
  const asked: string[] = [];
  const file = {
    entries: [{ name: "weight" }, { name: "float8" }],
    metadata: {},
    tensor(name: string): Tensor {
      asked.push(name);
      return fill(9, 1, 2);
    },
  };
  expect(model.loadStateDict(file, { strict: false })).toEqual({
    missing: ["bias"],
    unexpected: ["float8"],
  });
  expect([asked, numbers(model.weight)]).toEqual([["weight"], [9, 9]]);
  expect(() =>
    // @ts-expect-error bytes that nobody has parsed
    model.loadStateDict(new Uint8Array(3)),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: loadStateDict: expected tensors by name, got 0 under "0"
    help: pass the stateDict() of a model, or a file as parseSafetensors(bytes) returns it]
  `);
});

test(
  "a functional call puts tensors in every place of a parameter, " +
    "differentiates by them, and puts back what was there",
  () => {
    const model = new Tied();
    const x = normal(rng(2), [4, 3]);
    const f = (g: Tensor) => sum(functionalCall(model, { "first.gain": g }, x));
    const at = normal(rng(3), [3]);
    const gain = model.first.gain;
    const byHand = grad((g) => sum(model.head.out.forward(mul(mul(mul(x, g), g), g))))(at);
    for (const [i, v] of numbers(grad(f)(at)).entries())
      expect(v).toBeCloseTo(numbers(byHand)[i]!, 5);
    expect(model.first.gain).toBe(gain);
    expect(() => functionalCall(model, { nothing: at }, x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: functionalCall: expected only parameters of this model, got "nothing"]`,
    );
    expect(() => functionalCall(model, { "first.gain": ones([7]) }, x)).toThrow(/broadcast/);
    expect(model.first.gain).toBe(gain);
  },
);

class Contained extends Module {
  readonly byName = new Map<string, Module>([["one", new Scale()]]);
  readonly all = new Set<Module>([new Scale()]);
  readonly inside = [{ deep: new Map([[7, new Scale()]]) }];
  forward(x: Tensor): Tensor {
    return [...this.byName.values(), ...this.all].reduce((h, m) => m.forward(h), x);
  }
}

test("Maps and Sets are walked as arrays are: trained, saved, put in evaluation, exchanged", () => {
  const model = new Contained();
  const paths = ["byName.one.gain", "all.0.gain", "inside.0.deep.7.gain"];
  expect([...model.namedParameters().keys()]).toEqual(paths);
  expect([...model.eval().namedModules().values()].map((m) => m.training)).toEqual(
    Array.from({ length: 4 }, () => false),
  );
  const other = new Contained();
  other.loadStateDict({ ...model.stateDict(), "all.0.gain": normal(rng(1), [3]) });
  expect(numbers([...other.all][0]?.parameters()[0] as Tensor)).toEqual(
    numbers(normal(rng(1), [3])),
  );
  const by = { "byName.one.gain": zeros([3]) };
  expect(numbers(functionalCall(model, by, ones([3])))).toEqual([0, 0, 0]);
  expect(numbers(model.forward(ones([3])))).toEqual([1, 1, 1]);
});

test("what two parts would share a path is refused, since a file would lack one of them", () => {
  class Twice extends Module {
    readonly a = { "b.c": parameter(ones([1])), b: { c: parameter(ones([1])) } };
    forward(x: Tensor): Tensor {
      return x;
    }
  }
  expect(() => new Twice().stateDict()).toThrow(
    'Module: expected a path of its own for each part, got "a.b.c" twice',
  );
});

test("a state dict is a snapshot: what is assigned afterwards does not change it", () => {
  const model = new Scale();
  const before = model.stateDict();
  model.gain.assign(zeros([3]));
  expect(numbers(before.gain as Tensor)).toEqual([1, 1, 1]);
  model.loadStateDict(before);
  expect(numbers(model.gain)).toEqual([1, 1, 1]);
});

test("what a forward uses and no walk finds is described, with the op and the class", () => {
  class Private extends Module {
    readonly seen = new Linear(3, 3, { random: rng(1) });
    readonly #hidden = new Linear(3, 3, { random: rng(2) });
    readonly #random = rng(3);
    forward(x: Tensor): Tensor {
      const h = mul(this.#hidden.forward(x), this.#random.uniform() + rng(1).uniform());
      return this.seen.forward(h);
    }
  }
  const model = new Private();
  const { unseen, result } = unseenIn(model, () => model.forward(ones([2, 3])));
  expect(result.shape).toEqual([2, 3]);
  expect(unseen.join("\n")).toMatch(
    /^float32\[.*\], which \w+ takes in the forward of Private\n.*\na generator that is drawn/,
  );
  expect(unseen).toHaveLength(3);
  expect(Object.keys(model)).toEqual(["training", "seen"]);
  expect(() => summary(model, ones([2, 3]))).toThrow(/in a field of the model.*got float32/);
  const teacher = new Private(); // used beside the model, not in it
  const whole = new Linear(3, 3, { random: rng(1) });
  expect(unseenIn(whole, () => teacher.forward(whole.forward(ones([1, 3])))).unseen).toEqual([]);
});

test("a model prints as a tree: kinds, shapes, counts, and what is held twice once", () => {
  expect(String(new Tied())).toMatchInlineSnapshot(`
    "Tied                              parameters
    ────────────────────────────────────────────
    first     Scale                            3
      gain    float32[3]                       3
      uses    float32[1] buffer
    rest.0    Scale                            3
      gain    the same as first.gain
      uses    float32[1] buffer
    rest.1    the same as first
    head.out  Linear                           8
      weight  float32[2, 3]                    6
      bias    float32[2]                       2
    total     44 bytes                        11"
  `);
});

test("layers that are alike are one row, with what they hold once", () => {
  const random = rng(1);
  const layer = (outputs = 4) => new Linear(4, outputs, { random });
  const model = new Sequential([layer(), relu, layer(), layer(), layer(2)]);
  expect(inspect({ model })).toMatchInlineSnapshot(`
    "{
      model: Sequential                   parameters
      ───────────────────────────────────────
      layers.0 … 3  Linear             3 × 20
        weight      float32[4, 4]          16
        bias        float32[4]              4
      layers.4      Linear                 10
        weight      float32[2, 4]           8
        bias        float32[2]              2
      total         280 bytes              70
    }"
  `);
});

test("a module without a parameter, and one made of nothing but a parameter", () => {
  class Plain extends Module {
    forward(x: Tensor): Tensor {
      return x;
    }
  }
  expect(String(new Plain())).toMatchInlineSnapshot(`
    "Plain           parameters
    ──────────────────────────
    total  0 bytes           0"
  `);
  expect(String(new Scale())).toMatchInlineSnapshot(`
    "Scale                     parameters
    ────────────────────────────────────
    gain   float32[3]                  3
    uses   float32[1] buffer
    total  12 bytes                    3"
  `);
});
