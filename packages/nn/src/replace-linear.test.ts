/**
 * @file Swapped layers: what is replaced, from where it starts, what it costs, and whom it leaves
 * behind.
 */
import { eye, mul, normal, ones, parameter, type Rng, relu, rng, type Tensor } from "@spm/core";
import { elements, TapeError } from "@spm/core/extend";
import { expect, test } from "vitest";
import { Linear } from "./linear.ts";
import { LinearMap } from "./linear-map.ts";
import { Module } from "./module.ts";
import { replaceLinear } from "./replace-linear.ts";
import { LowRank } from "./structured/index.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
class Perceptron extends Module {
  readonly layers: readonly LinearMap[];
  constructor(random: Rng) {
    super();
    const sizes = [8, 16, 16, 4] as const;
    const options = { random, gain: Math.SQRT2 };
    this.layers = sizes
      .slice(0, -1)
      .map((inFeatures, k) => new Linear(inFeatures, sizes[k + 1]!, options));
  }
  forward(x: Tensor): Tensor {
    return this.layers.reduce((h, layer, k) => layer.forward(k === 0 ? h : relu(h)), x);
  }
}
const model = (): Perceptron => new Perceptron(rng(1));

test("swaps what `where` picks, in place, and reports it", () => {
  const mlp = model();
  const report = replaceLinear(mlp, "rotation", {
    random: rng(2),
    where: (_, path) => path !== "layers.2",
  });
  expect(mlp.layers.map((layer) => layer.label)).toEqual([
    "MixerLayer(rotation)",
    "MixerLayer(rotation)",
    "Linear",
  ]);
  expect(mlp.forward(normal(rng(3), [5, 8])).shape).toEqual([5, 4]);
  expect(report.after.parameters).toBe(mlp.parameterCount());
  expect(String(report)).toMatchInlineSnapshot(`
    "layer     kind                           parameters  FLOP a row        bytes
    ────────────────────────────────────────────────────────────────────────────
    layers.0  Linear → MixerLayer(rotation)    144 → 72   272 → 232    576 → 288
    layers.1  Linear → MixerLayer(rotation)    272 → 80   528 → 240  1,088 → 320
    model                                     484 → 220   932 → 604  1,936 → 880"
  `);
});

test("releases the parameters that the model holds no longer, and keeps those that it does", () => {
  const mlp = model();
  const [gone, kept] = [mlp.layers[0]!.parameters(), mlp.layers[2]!.parameters()];
  replaceLinear(mlp, "general", { random: rng(2), where: (_, path) => path === "layers.0" });
  for (const p of gone) expect(() => p.assertReadable()).toThrow(TapeError);
  for (const p of kept) p.assertReadable();
});

test("starts from the dense weights by what `fromDense` does, the bias comes along", () => {
  const mlp = model();
  const x = normal(rng(3), [5, 8]);
  const before = numbers(mlp.forward(x));
  replaceLinear(mlp, (i, o, options) => new LowRank(i, o, { ...options, rank: i }), {
    random: rng(2),
    where: (map) => map.outFeatures >= map.inFeatures,
    fromDense: (weight, map) => map.assignDense(weight),
  });
  for (const [i, value] of numbers(mlp.forward(x)).entries())
    expect(value).toBeCloseTo(before[i]!, 5);
});

/** A structure of a user's own: a multiple of the identity. */
class Multiple extends LinearMap {
  readonly bias = null;
  readonly flopsPerRow = this.inFeatures;
  readonly factor = parameter(ones([1]));
  forward(x: Tensor): Tensor {
    return mul(x, this.factor);
  }
  toDense(): Tensor {
    return mul(this.factor, eye(this.inFeatures));
  }
}

test("a structure of one's own takes part; not to say its dense weights is an error", () => {
  const tied = new Tied();
  const report = replaceLinear(tied, (n) => new Multiple(n, n), { random: rng(1) });
  expect(report.after).toEqual({ parameters: 1, bytes: 4, flops: 8 });
  expect(numbers(tied.forward(ones([1, 4])))).toEqual([1, 1, 1, 1]);
  expect(() => tied.first.assignDense(eye(4))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: assignDense: expected a map that knows its nearest to a matrix, got Multiple]`,
  );
});

class Tied extends Module {
  readonly first: LinearMap = new Linear(4, 4, { random: rng(1) });
  readonly parts: LinearMap[] = [this.first];
  forward(x: Tensor): Tensor {
    return this.parts[0]!.forward(relu(this.first.forward(x)));
  }
}

test("a map in two places gets one replacement", () => {
  const tied = new Tied();
  const report = replaceLinear(tied, "low-rank", { random: rng(1) });
  expect(report.layers).toHaveLength(1);
  expect(tied.parts[0]).toBe(tied.first);
});

test("refuses to replace nothing, and frozen places", () => {
  expect(() =>
    replaceLinear(model(), "dense", { random: rng(1), where: () => false }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: replaceLinear: expected at least one linear map to replace, got none of 3 chosen]`,
  );
  const frozen = new Tied();
  Object.freeze(frozen.parts);
  expect(() =>
    replaceLinear(frozen, "dense", { random: rng(1) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: replaceLinear: expected maps in places that can be assigned, got a frozen "parts.0"]`,
  );
});
