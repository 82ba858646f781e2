/** @file The adaptive layer: its numbers, its cost, what decays, what it refuses. */
import { at, normal, ones, rng, type Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { type AdaptiveMode, rotationMixer, shuffle } from "@spm/mixer";
import { describe, expect, test } from "vitest";
import { AdaptiveMixer } from "./adaptive-mixer.ts";
import { MixerLayer } from "./mixer-layer.ts";

const random = rng(1);
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const count = (layer: AdaptiveMixer | MixerLayer): number =>
  layer.parameters().reduce((sum, p) => sum + numbers(p).length, 0);

// n = 16, L = 4: P = 32
describe.each([
  ["input", 512, 2 * 512],
  ["stage", 512, 2 * 512],
  ["local", 64, 4 * 32],
  ["bottleneck", 3 * (32 + 16), 2 * 3 * (32 + 16)],
] as const)("%s", (mode: AdaptiveMode, weights, flops) => {
  test(`has ${weights} numbers and ${flops} FLOP more than a static mixer`, () => {
    const layer = new AdaptiveMixer(16, 16, { random, mode, rank: 3, bias: false });
    const still = new MixerLayer(rotationMixer, 16, 16, { random, bias: false });
    expect(count(still)).toBe(64);
    expect(count(layer)).toBe(64 + weights);
    expect(layer.flops()).toBe(still.flopsPerRow + flops);
    expect(layer.flops([[5, 2, 16]])).toBe(10 * layer.flops());
  });

  test("takes any sizes and axes, row by row", () => {
    const layer = new AdaptiveMixer(5, 3, { random, mode, schedule: shuffle(7), deviation: 2 });
    const x = normal(random, [2, 3, 5]);
    const y = layer.forward(x);
    expect(y.shape).toEqual([2, 3, 3]);
    const alone = layer.forward(at(at(x, 1), 2));
    expect(alone.shape).toEqual([3]);
    numbers(alone).forEach((v, k) => {
      expect(v).toBeCloseTo(numbers(y)[15 + k]!, 5);
    });
  });
});

test("angles, A and the bias do not decay; local is the default, gain the initial d_out", () => {
  const layer = new AdaptiveMixer(4, 4, { random, gain: 3 });
  expect(layer.label).toBe("AdaptiveMixer(local)");
  expect(numbers(layer.dOut)).toEqual([3, 3, 3, 3]);
  const fixed = [layer.angles, layer.weights, layer.bias];
  expect(fixed.map((p) => p?.decay)).toEqual([false, false, false]);
  expect([layer.dIn, layer.dOut].map((p) => p.decay)).toEqual([true, true]);
});

test("refusals", () => {
  const layer = new AdaptiveMixer(4, 4, { random });
  expect(() => layer.forward(ones([2, 5]))).toThrow(
    "AdaptiveMixer: expected x of shape [..., 4], got [2, 5]",
  );
  expect(() => new AdaptiveMixer(9, 4, { random, schedule: shuffle(7) })).toThrow(
    "a schedule of width n ≥ 9",
  );
  expect(() => new AdaptiveMixer(0, 4, { random })).toThrow("sizes in, out ≥ 1");
  const mode = "global" as AdaptiveMode;
  expect(() => new AdaptiveMixer(4, 4, { random, mode })).toThrow('got "global"');
});
