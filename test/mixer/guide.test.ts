/** @file What docs/mixer.md shows in use: its examples are taken from here. */
import { normal, rng, sum, tensor, valueAndGrad } from "@spm/core";
import { elements } from "@spm/core/extend";
import {
  apply,
  butterfly,
  dft,
  hadamard,
  logAbsDet,
  perSampleGradients,
  rotationMixer,
  shuffle,
  solve,
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
  const x = solve(layer.factors, y); // W x + b = y
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

test("per sample", () => {
  const { factors } = new MixerLayer(rotationMixer, 8, 8, { random: rng(1) });
  const [x, ct] = [normal(rng(2), [5, 8]), normal(rng(3), [5, 8])];
  const { angles } = perSampleGradients(factors, x, ct);
  expect(angles.shape).toEqual([5, 12]);
});

test("connectivity", () => {
  expect(connectivity(butterfly(100))).toEqual({ full: false, unreachable: 1232, fullAfter: null });
});
