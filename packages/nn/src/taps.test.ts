/** @file Taps and per-sample gradients against a loop over the samples; the memory they take. */
import {
  cast,
  keep,
  mean,
  normal,
  type Parameter,
  parameter,
  reference,
  relu,
  reshape,
  rng,
  scope,
  slice,
  square,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@spm/core";
import { elements, sizeOf } from "@spm/core/extend";
import { expect, test } from "vitest";
import { Embedding } from "./embedding.ts";
import { crossEntropy } from "./functional/index.ts";
import { Linear } from "./linear.ts";
import { linear } from "./linear-kinds.ts";
import { Module, ModuleBuffer, places } from "./module.ts";
import { LayerNorm, RmsNorm } from "./norms.ts";
import { perSampleLinear } from "./per-sample.ts";
import { Conv2d } from "./spatial/index.ts";
import { perSampleGradients, type Tap, withTaps } from "./taps.ts";
import { MultiHeadAttention } from "./transformer/index.ts";

const random = rng(5);
/** What is there. */
function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("there is nothing");
  return value;
}
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const one = (x: Tensor, b: number): Tensor => slice(x, [{ start: b, stop: b + 1 }]);
const int32 = (shape: readonly number[], below: number): Tensor =>
  tensor(
    Int32Array.from({ length: sizeOf(shape) }, () => random.integer(below)),
    { shape },
  );

/** Tokens [B, T] → [B, 5]: embedding with positions, dense maps, norms, mixers, attention. */
class Text extends Module {
  readonly table: Embedding;
  readonly positions: Parameter;
  readonly dense: Linear;
  readonly norm: LayerNorm;
  readonly attention: MultiHeadAttention;
  readonly rotation = linear("rotation", 16, 16, { random });
  readonly general = linear("general", 16, 16, { random, bias: false });
  readonly rms = new RmsNorm(16);
  readonly head = new Linear(16, 5, { random });

  constructor(length: number) {
    super();
    this.table = new Embedding(11, 8, { random });
    this.positions = parameter(normal(random, [length, 8]));
    this.dense = new Linear(8, 16, { random });
    this.norm = new LayerNorm(16);
    this.attention = new MultiHeadAttention(16, { heads: 2, random });
  }

  forward(tokens: Tensor): Tensor {
    const h = this.dense.forward(this.table.forward(tokens).add(this.positions));
    const mixed = this.rotation.forward(relu(this.norm.forward(h)));
    const seen = this.attention.forward(mixed).add(mixed);
    return this.head.forward(mean(this.rms.forward(this.general.forward(seen)), 1));
  }
}

/** Images [B, 1, 8, 8] → [B, 5]. */
class Images extends Module {
  readonly first = new Conv2d(1, 4, { kernel: 3, random });
  readonly second = new Conv2d(4, 4, {
    kernel: 3,
    stride: 2,
    padding: 1,
    random,
    linear: "rotation",
  });
  readonly head = new Linear(36, 5, { random });

  forward(x: Tensor): Tensor {
    const h = relu(this.second.forward(relu(this.first.forward(x))));
    return this.head.forward(reshape(h, [x.shape[0] ?? 0, -1]));
  }
}

/** The model with parameters in float64. */
function double<M extends Module>(model: M): M {
  for (const { replace, value } of places(model))
    if (!(value instanceof Module || value instanceof ModuleBuffer))
      replace(parameter(cast(value, "float64")));
  return model;
}

const length = 4;
const models = (B: number): [name: string, model: () => Module, x: Tensor][] => [
  ["text", () => new Text(length), int32([B, length], 11)],
  ["images", () => new Images(), normal(random, [B, 1, 8, 8], 0, 1, { dtype: "float64" })],
];

test.each(models(3))("gradients of samples equal the loop to 1e-12: %s", (_, make, x) => {
  const model = double(make());
  const y = int32([3], 5);
  const loss = (x: Tensor, y: Tensor) => crossEntropy(model.forward(x), y);
  const { losses, grads } = perSampleGradients(model, loss, [x, y]);
  const parameters = model.namedParameters();
  expect(Object.keys(grads)).toEqual([...parameters.keys()]);
  for (let b = 0; b < 3; b++) {
    const alone = valueAndGrad(() => loss(one(x, b), one(y, b)), [...parameters.values()]);
    expect(Math.abs((numbers(losses)[b] ?? 0) - (numbers(alone.value)[0] ?? 1))).toBeLessThan(
      1e-12,
    );
    for (const [k, path] of [...parameters.keys()].entries()) {
      const [want, got] = [numbers(there(alone.grads[k])), numbers(one(there(grads[path]), b))];
      const off = want.map((v, i) => Math.abs(v - (got[i] ?? Number.NaN)));
      expect(Math.max(...off), path).toBeLessThan(1e-12);
    }
  }
});

/** The bytes that storages of the reference take at most while `f` runs. */
function peak(f: () => unknown): number {
  const { live } = reference;
  const before = live.bytes;
  let [bytes, top] = [before, before];
  const count = (now: number) => {
    bytes = now;
    top = Math.max(top, now);
  };
  Object.defineProperty(live, "bytes", { configurable: true, get: () => bytes, set: count });
  scope(f);
  Object.defineProperty(live, "bytes", { configurable: true, value: bytes, writable: true });
  return top - before;
}

test.each(models(32))("they take the memory of the gradients and of a step: %s", (_, make, x) => {
  const model = x.dtype === "float64" ? double(make()) : make();
  const y = int32([32], 5);
  const loss = (x: Tensor, y: Tensor) => crossEntropy(model.forward(x), y);
  const parameters = model.parameters();
  const step = peak(() => valueAndGrad(() => loss(x, y), parameters));
  const gradients = 32 * parameters.reduce((total, p) => total + p.storage.bytes, 0);
  const taken = peak(() => perSampleGradients(model, loss, [x, y]));
  expect(taken).toBeGreaterThan(gradients);
  expect(taken).toBeLessThanOrEqual(gradients + step);
});

test("taps have the inputs of each layer and the cotangents of outputs, last call first", () => {
  const model = double(new Text(length));
  const [x, y] = [int32([3, length], 11), int32([3], 5)];
  const loss = () => crossEntropy(model.forward(x), y);
  const seen: string[] = [];
  const found = new Map<string, { weight: Tensor; bias: Tensor }>();
  const visit = ({ layer, path, inputs: [input], cotangent }: Tap) => {
    seen.push(path);
    if (!(layer instanceof Linear) || input === undefined) return;
    const { weight, bias } = perSampleLinear(input, cotangent);
    found.set(path, { weight: keep(weight), bias: keep(bias) });
  };
  const value = withTaps(model, loss, visit);
  const projections = ["query", "key", "value", "output"].map((name) => `attention.${name}`);
  expect(new Set(seen)).toEqual(
    new Set(["table", "dense", "norm", "rotation", "general", "rms", "head", "", ...projections]),
  );
  expect(seen.slice(0, 4)).toEqual(["", "head", "rms", "general"]);
  const batch = valueAndGrad(loss, model.parameters());
  expect(numbers(value)).toEqual(numbers(batch.value));
  const paths = [...model.namedParameters().keys()];
  for (const [path, { weight }] of found) {
    const want = numbers(there(batch.grads[paths.indexOf(`${path}.weight`)]));
    for (const [i, v] of numbers(sum(weight, 0)).entries()) expect(v).toBeCloseTo(want[i] ?? 0, 12);
  }
  expect(found.size).toBe(6);
  expect(Object.hasOwn(model.head, "forward")).toBe(false);
});

test("a layer that is called twice has two taps, and a forward that throws leaves no tap", () => {
  const layer = new Linear(2, 2, { random });
  let calls = 0;
  const x = normal(random, [3, 2]);
  withTaps(
    layer,
    () => sum(square(layer.forward(relu(layer.forward(x))))),
    () => calls++,
  );
  expect(calls).toBe(2);
  const broken = () =>
    withTaps(
      layer,
      () => layer.forward(normal(random, [3, 5])),
      () => {},
    );
  expect(broken).toThrow("Linear");
  expect(Object.hasOwn(layer, "forward")).toBe(false);
});
