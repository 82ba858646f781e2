/** @file What docs/mixer.md shows in use: its examples are taken from here. */
import { normal, rng, sum, tensor, valueAndGrad } from "@spm/core";
import { elements } from "@spm/core/extend";
import {
  apply,
  applyInverse,
  brick,
  butterfly,
  dft,
  fromPairs,
  hadamard,
  initialParameters,
  logAbsDet,
  type MixerKind,
  mixers,
  perSampleMixer,
  rotationMixer,
  shuffle,
  toDense,
  transposed,
} from "@spm/mixer";
import { condition, connectivity, fromDense } from "@spm/mixer/analysis";
import { MixerLayer } from "@spm/nn";
import { expect, test } from "vitest";

test("a layer, and the numbers in it", () => {
  const layer = new MixerLayer(rotationMixer, 784, 256, { random: rng(1), gain: Math.SQRT2 });
  const x = normal(rng(2), [32, 784]);
  const { grads } = valueAndGrad(() => sum(layer.forward(x)), layer.parameters());
  expect(grads.map((g) => g.shape)).toEqual([[784], [256], [256], [5120]]);
});

test("the operator itself", () => {
  const x = normal(rng(1), [5, 100]);
  const angles = normal(rng(2), [shuffle(100).first.length]);
  const y = rotationMixer(x, angles, { schedule: shuffle(100) });
  expect(y.shape).toEqual([5, 100]);
});

test("algebra", () => {
  const layer = new MixerLayer(rotationMixer, 64, 64, { random: rng(1) });
  const y = normal(rng(2), [3, 64]);
  const x = applyInverse(layer.factors, y); // W x + b = y
  const back = apply(transposed(layer.factors), y); // Wᵀ y
  const volume = logAbsDet(layer.factors); // ln |det W|
  const { bound, worst } = condition(layer.factors);
  expect([x.shape, back.shape, volume.shape]).toEqual([[3, 64], [3, 64], []]);
  expect([bound, worst?.determinant].map((v) => v!.toFixed(3))).toEqual(["1.000", "1.000"]);
});

test("exact settings", () => {
  const spectrum = apply(
    dft(8),
    tensor(Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
  );
  expect(elements(spectrum.ndarray())[3]).toBeCloseTo(1 / Math.sqrt(8), 12);
  const start = hadamard(64, { dtype: "float32" });
  const layer = new MixerLayer(rotationMixer, 64, 64, { random: rng(1), init: start });
  expect(layer.toDense().shape).toEqual([64, 64]);
});

test("from a dense matrix", () => {
  const w = toDense(hadamard(16));
  const { factors, error } = fromDense(w, { schedule: butterfly(16) });
  expect(error).toBeLessThan(1e-13);
  expect(toDense(factors).shape).toEqual([16, 16]);
});

test("exact of orthogonal matrices for orthogonal kinds, and on a brick for all", () => {
  const start = initialParameters(rotationMixer, brick(8), rng(1), { dtype: "float64" });
  const w = toDense({ mixer: rotationMixer, schedule: brick(8), parameters: start });
  for (const mixer of Object.values<MixerKind>(mixers)) {
    const { error } = fromDense(w, { mixer });
    if (mixer.parameterisation.orthogonal) expect(error).toBeLessThan(1e-14);
    else expect(error).toBeGreaterThan(0.1);
    expect(fromDense(w, { mixer, schedule: brick(8) }).error).toBeLessThan(1e-14);
  }
});

test("a schedule's fields, pairs of one's own, and a backward mode", () => {
  const schedule = fromPairs(5, [
    [
      [0, 1],
      [2, 3],
    ],
    [
      [1, 2],
      [3, 4],
    ],
  ]);
  const { first, second, starts, unpaired, unpairedStarts } = schedule;
  expect([first, second, starts].map((list) => [...list])).toEqual([
    [0, 2, 1, 3],
    [1, 3, 2, 4],
    [0, 2, 4],
  ]);
  expect([unpaired, unpairedStarts].map((list) => [...list])).toEqual([
    [4, 0],
    [0, 1, 2],
  ]);
  const x = normal(rng(1), [3, 5]);
  const { angles } = initialParameters(rotationMixer, schedule, rng(2));
  const stored = rotationMixer(x, angles, { schedule, backward: "stored" });
  expect(stored.ndarray()).toEqual(rotationMixer(x, angles, { schedule }).ndarray());
});

test("per sample", () => {
  const { factors } = new MixerLayer(rotationMixer, 8, 8, { random: rng(1) });
  const [x, ct] = [normal(rng(2), [5, 8]), normal(rng(3), [5, 8])];
  const { angles } = perSampleMixer(factors, x, ct);
  expect(angles.shape).toEqual([5, 12]);
});

test("connectivity", () => {
  expect(connectivity(butterfly(100))).toEqual({ full: false, unreachable: 1232, fullAfter: null });
});
