/** @file The order of hidden units: found again after a shuffle, refused where there is none. */
import { rng, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { rotationMixer } from "@spm/mixer";
import { MixerLayer } from "@spm/nn";
import { describe, expect, test } from "vitest";
import { teacherNet } from "../parts/two-layer-net.ts";
import { alignedOrder } from "./align.ts";

const numbers = (w: Tensor): Float64Array => Float64Array.from(elements(w.ndarray()));

/**
 * Rows of W₁ and columns of W₂ in another order, each with a random sign and, at every entry,
 * noise.
 */
function shuffled(w1: Float64Array, w2: Float64Array, n: number, noise: number) {
  const random = rng(7);
  const order = random.permutation(n);
  const sign = Array.from(order, () => (random.uniform() < 0.5 ? -1 : 1));
  const entry = (v: number): number => v + noise * random.normal();
  return {
    first: w1.map((_, k) =>
      entry(sign[Math.floor(k / n)]! * w1[order[Math.floor(k / n)]! * n + (k % n)]!),
    ),
    second: w2.map((_, k) => entry(sign[k % n]! * w2[Math.floor(k / n) * n + order[k % n]!]!)),
  };
}

describe.each([8, 16, 32])("n = %i", { timeout: 60_000 }, (n) => {
  test.each([
    ["exact", 0, 1e-6],
    ["noisy", 0.003, 0.02],
  ])("%s layers of shuffled units become two butterflies again", (_, noise, tolerance) => {
    const net = teacherNet("same schedule", n, n, rng(n));
    const { first, second } = shuffled(
      numbers(net.first.toDense()),
      numbers(net.second.toDense()),
      n,
      noise,
    );
    const order = alignedOrder(first, second, n)!;
    const mixer = new MixerLayer(rotationMixer, n, n, { random: rng(1), bias: false });
    const nearest = (w: Float64Array): number => mixer.assignDense(tensor(w, { shape: [n, n] }));
    expect(
      nearest(first.map((_, k) => first[order[Math.floor(k / n)]! * n + (k % n)]!)),
    ).toBeLessThan(tolerance);
    expect(
      nearest(second.map((_, k) => second[Math.floor(k / n) * n + order[k % n]!]!)),
    ).toBeLessThan(tolerance);
    expect(nearest(first)).toBeGreaterThan(0.3); // in the order in which they came they are none
  });
});

test.each(["dense", "other schedule"] as const)(
  "layers of no butterfly contradict each other: %s",
  (kind) => {
    const net = teacherNet(kind, 16, 16, rng(1));
    expect(
      alignedOrder(numbers(net.first.toDense()), numbers(net.second.toDense()), 16),
    ).toBeNull();
  },
);
