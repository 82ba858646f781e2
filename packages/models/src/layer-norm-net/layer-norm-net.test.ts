/** @file LayerNorm networks beside their definition, and the weights that L2 counts. */
import {
  abs,
  add,
  at,
  cast,
  div,
  exp,
  matmul,
  max,
  mean,
  mul,
  normal,
  ones,
  parameter,
  relu,
  rng,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
} from "@spm/core";
import { LayerNorm, Linear, linear, Module } from "@spm/nn";
import { ModuleBuffer, places } from "@spm/nn/extend";
import { expect, test } from "vitest";
import {
  AttentionBlock,
  LayerNormResNet,
  LayerNormTransformer,
  ResidualBlock,
  squaredNorm,
  unitNorm,
} from "../index.ts";

const float64 = { dtype: "float64" } as const;
const draw = (seed: number, ...shape: number[]): Tensor => normal(rng(seed), shape, 1, 2, float64);
const one = (x: Tensor): number => Number(x.ndarray().get());
const off = (x: Tensor, y: Tensor): number => one(max(abs(sub(x, y))));
const random = rng(1);

/** The model with parameters in float64. */
function inDouble<M extends Module>(model: M): M {
  for (const { replace, value } of places(model))
    if (!(value instanceof Module || value instanceof ModuleBuffer))
      replace(parameter(cast(value, "float64")));
  return model;
}

const rowsAreUnit = (h: Tensor): void => {
  expect(one(max(abs(mean(h, -1))))).toBeLessThan(1e-15);
  expect(one(max(abs(sub(sum(square(h), -1), 1))))).toBeLessThan(1e-14);
};

test("N has mean 0 and norm 1, and sees neither scale nor shift", () => {
  const x = draw(1, 3, 4, 5);
  rowsAreUnit(unitNorm(x));
  expect(off(unitNorm(add(mul(x, 1e-9), 2e-9)), unitNorm(x))).toBeLessThan(1e-12);
  expect(one(sum(unitNorm(ones([2]))))).toBeNaN();
});

const w = (map: { toDense(): Tensor }): Tensor => transpose(map.toDense());

test.each([true, false])("blocks of one and two maps, residual %s", (residual) => {
  const h = unitNorm(draw(2, 6, 4));
  const before = (branch: Tensor): Tensor => unitNorm(residual ? add(h, branch) : branch);
  for (const choice of ["dense", "rotation"] as const) {
    const options = { residual, linear: choice, random };
    const first = inDouble(new ResidualBlock(4, options));
    const [a] = first.maps as [Linear];
    expect(off(first.forward(h), before(matmul(relu(h), w(a))))).toBeLessThan(1e-13);
    const second = inDouble(new ResidualBlock(4, { ...options, maps: 2 }));
    const [b, c] = second.maps as [Linear, Linear];
    const inner = relu(matmul(h, w(b)));
    expect(off(second.forward(h), before(matmul(inner, w(c))))).toBeLessThan(1e-13);
  }
});

test("attention's weights are the softmax of h A hᵀ, without a scale", () => {
  const block = inDouble(new AttentionBlock(4, { random }));
  const h = unitNorm(draw(3, 5, 4));
  const scores = exp(matmul(matmul(h, w(block.scores)), transpose(h)));
  const weights = div(scores, sum(scores, { axis: 1, keepdims: true }));
  const expected = unitNorm(add(h, matmul(weights, matmul(h, w(block.values)))));
  expect(off(block.forward(h), expected)).toBeLessThan(1e-13);
});

test("features of both nets have norm 1, and logits are W h", () => {
  const sizes = { width: 6, depth: 3, classes: 4, random };
  const resNet = inDouble(new LayerNormResNet({ ...sizes, features: 5 }));
  const x = draw(4, 7, 5);
  rowsAreUnit(resNet.embed(x));
  expect(off(resNet.forward(x), matmul(resNet.embed(x), w(resNet.head)))).toBeLessThan(1e-14);
  const plain = inDouble(new LayerNormResNet(sizes));
  expect(plain.first).toBeNull();
  rowsAreUnit(plain.embed(draw(5, 2, 6)));
  const words = tensor(
    [
      [0, 2, 1],
      [4, 4, 3],
    ],
    { dtype: "int32" },
  );
  for (const reads of ["mean", "last"] as const) {
    const options = { ...sizes, vocabulary: 5, context: 4, reads, maps: 2 } as const;
    const model = inDouble(new LayerNormTransformer(options));
    rowsAreUnit(model.embed(words));
    const start = unitNorm(
      add(model.embedding.forward(words), at(model.positions.weight, { stop: 3 })),
    );
    const h = model.blocks.reduce((h, [a, b]) => b.forward(a.forward(h)), start);
    const read = reads === "last" ? at(h, {}, 2) : unitNorm(mean(h, 1));
    expect(off(model.embed(words), read)).toBeLessThan(1e-14);
  }
});

test("without the residual the scale of a block's map changes nothing", () => {
  const block = inDouble(new ResidualBlock(4, { residual: false, random }));
  const h = unitNorm(draw(6, 3, 4));
  const before = block.forward(h);
  const [map] = block.maps as [Linear];
  map.weight.assign(mul(map.weight, 1e-3));
  expect(off(block.forward(h), before)).toBeLessThan(1e-13);
});

test("the squared norm counts a structured map by its matrix, the rest by itself, once", () => {
  const norm = (x: Tensor): number => one(sum(square(x)));
  const rotation = inDouble(linear("rotation", 4, 4, { random }));
  expect(one(squaredNorm(rotation))).toBeCloseTo(norm(rotation.toDense()), 12);
  class Two extends Module {
    readonly map = new Linear(3, 2, { random });
    readonly mapped = new LayerNorm(3);
    forward(x: Tensor): Tensor {
      return this.map.forward(this.mapped.forward(x));
    }
  }
  const two = new Two();
  const expected = norm(two.map.weight) + norm(two.map.bias as Tensor) + 3;
  expect(one(squaredNorm(two))).toBeCloseTo(expected, 5);
  const sizes = { vocabulary: 5, context: 4, width: 6, depth: 2, classes: 3, random };
  const net = new LayerNormTransformer(sizes);
  const all = net.parameters().reduce((total, p) => total + norm(p), 0);
  expect(one(squaredNorm(net))).toBeCloseTo(all, 4);
});

const sizes = { width: 4, depth: 1, classes: 2, random };
const text = { ...sizes, vocabulary: 3, context: 2 };
test.each<[string, () => unknown]>([
  ["unitNorm: expected x of shape [..., width], got []", () => unitNorm(tensor(1))],
  ['ResidualBlock: expected 1, 2, got "3"', () => new ResidualBlock(4, { maps: 3 as 2, random })],
  ["ResidualBlock: expected width ≥ 1, got 0", () => new ResidualBlock(0, { random })],
  [
    "LayerNormResNet: expected width, depth and classes ≥ 1, got 4 and 0 and 2",
    () => new LayerNormResNet({ ...sizes, depth: 0 }),
  ],
  [
    'LayerNormTransformer: expected mean, last, got "first"',
    () => new LayerNormTransformer({ ...text, reads: "first" as "last" }),
  ],
  [
    "LayerNormTransformer: expected tokens [batch, time], got [2]",
    () => new LayerNormTransformer(text).forward(tensor(Int32Array.of(1, 2))),
  ],
  ["squaredNorm: expected a module, got", () => squaredNorm(4 as unknown as Module)],
])("%s", (message, attempt) => {
  expect(attempt).toThrow(message);
});
