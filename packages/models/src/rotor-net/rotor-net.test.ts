/** @file The network of rotors beside its definition, and its published numbers of parameters. */
import { cast, normal, rng, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { functionalCall, type Module } from "@spm/nn";
import { expect, test } from "vitest";
import { RotorNet } from "../index.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];

/** A module's forward in float64. */
const double = (module: Module, x: Tensor): number[] => {
  const state = [...module.namedParameters()].map(
    ([path, p]) => [path, cast(p, "float64")] as const,
  );
  return numbers(functionalCall(module, Object.fromEntries(state), x));
};

test.each([
  [2048, 2048, 895],
  [2048, 512, 1076],
  [64, 64, 255],
])("%i → %i has the published number of parameters", (inFeatures, outFeatures, count) => {
  expect(new RotorNet(inFeatures, outFeatures, { random: rng(1) }).parameterCount()).toBe(count);
});

test.each([
  [8, 8],
  [6, 11],
])("%i → %i is what its parts say, written out", (n, outFeatures) => {
  const net = new RotorNet(n, outFeatures, { random: rng(2) });
  net.weights.assign(normal(rng(3), [2, 3]));
  const alpha = numbers(net.weights);
  const order = net.permutations.map(numbers);
  const activated = (h: number[], k: number): number[] => {
    const moved = order[k]!.map((i) => h[i]!);
    const mean = moved.reduce((a, b) => a + b) / n;
    const variance = moved.reduce((t, v) => t + (v - mean) ** 2, 0) / n;
    const normed = moved.map((v) => (v - mean) / Math.sqrt(variance + 1e-5));
    return normed.map((v) => (v > 0 ? v : 0.25 * v));
  };
  const row = (h: number[]): Tensor => tensor(h, { dtype: "float64" });
  const x = numbers(normal(rng(4), [n], 0, 1, { dtype: "float64" }));
  let h = activated(double(net.first, row(x)), 0);
  for (const [b, rotors] of net.blocks.entries()) {
    const branches = rotors.map((rotor, j) => activated(double(rotor, row(h)), 1 + 3 * b + j));
    h = h.map((_, i) => branches.reduce((t, branch, j) => t + alpha[3 * b + j]! * branch[i]!, 0));
  }
  const expected = double(net.last, row(h));
  const got = double(net, row(x));
  for (const [i, v] of got.entries()) expect(v).toBeCloseTo(expected[i]!, 12);
});

test("its permutations are saved with it", () => {
  const [one, other] = [1, 2].map((seed) => new RotorNet(8, 8, { random: rng(seed) })) as [
    RotorNet,
    RotorNet,
  ];
  other.loadStateDict(one.stateDict());
  const x = normal(rng(3), [2, 8]);
  expect(numbers(other.forward(x))).toEqual(numbers(one.forward(x)));
});
