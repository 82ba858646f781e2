/** @file Rounding: its levels and derivatives, and maps of inputs that change nothing else. */
import {
  full,
  grad,
  matmul,
  noGrad,
  normal,
  rng,
  setBackend,
  sum,
  type Tensor,
  tensor,
  transpose,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { Gpt } from "@spm/models";
import { wasm } from "@spm/wasm";
import { beforeAll, expect, test } from "vitest";
import { bytesOnDisk, extraNumbers, quantisedGpt } from "./quantised-gpt.ts";
import { bestClips, quantisedActivation, quantisedWeight } from "./quantisers.ts";
import { exponential, type InputMapName, inputMaps } from "./rotations.ts";

beforeAll(async () => setBackend(await wasm()));

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const ones = (rows: number): Tensor =>
  tensor(new Array<number>(rows).fill(1), { shape: [rows, 1] });

test("a row of weights takes so many levels, evenly spaced", () => {
  const w = tensor([[-6, -1.9, 0.4, 1, 2.2, 6]]);
  expect(numbers(quantisedWeight(w, 3, ones(1)))).toEqual([-6, -2, 0, 0, 2, 6]);
  expect(numbers(quantisedWeight(w, 2, ones(1)))).toEqual([-6, -2, 2, 2, 2, 6]);
});

test("a token's levels go from its least to its largest number", () => {
  const x = tensor([
    [0, 1, 2, 3.4, 6],
    [5, 5, 5, 5, 5],
  ]);
  const found = numbers(quantisedActivation(x, 2, tensor([1])));
  expect(found).toEqual([0, 0, 2, 4, 6, 5, 5, 5, 5, 5]);
});

test("derivatives pass straight through, but for what is clipped", () => {
  const of = grad((w: Tensor) => sum(quantisedWeight(w, 4, tensor([[0.5]]))))(
    tensor([[0.3, -0.9, 8]]),
  );
  expect(numbers(of).slice(0, 2)).toEqual([1, 1]);
  const clip = grad((c: Tensor) => sum(quantisedWeight(tensor([[0.3, -0.9, 8]]), 4, c)))(
    tensor([[0.5]]),
  );
  expect(numbers(clip)[0]).toBeGreaterThan(7); // the clipped number moves with its clip
});

test("the clip of a grid has the least error", () => {
  const w = normal(rng(1), [3, 256]);
  const error = (clip: Tensor): number[] => {
    const off = numbers(quantisedWeight(w, 3, clip)).map((v, k) => v - (numbers(w)[k] ?? 0));
    return [0, 1, 2].map((r) => off.slice(256 * r, 256 * r + 256).reduce((t, v) => t + v * v, 0));
  };
  const [best, whole] = [error(bestClips(w, 3)), error(ones(3))];
  for (const [k, value] of best.entries()) expect(value).toBeLessThan(whole[k] ?? 0);
});

test("a series and squarings make the exponential: a turn", () => {
  const q = numbers(
    exponential(
      tensor([
        [0, -1],
        [1, 0],
      ]),
    ),
  );
  expect(q[0]).toBeCloseTo(Math.cos(1), 5);
  expect(q[2]).toBeCloseTo(Math.sin(1), 5);
});

test.each(Object.keys(inputMaps) as InputMapName[])("%s changes no product", (kind) => {
  const map = inputMaps[kind](8, rng(1));
  for (const p of map.parameters()) p.assign(normal(rng(2), p.shape, 0, 0.3));
  const [x, w] = [normal(rng(3), [4, 8]), normal(rng(4), [5, 8])];
  const [y, turned] = noGrad(() => [
    numbers(matmul(x, transpose(w))),
    numbers(matmul(map.forward(x), transpose(map.weights(w)))),
  ]) as [number[], number[]];
  for (const [k, value] of turned.entries()) expect(value).toBeCloseTo(y[k] ?? 0, 4);
});

test("at eight bits a rounded GPT answers as the float one; maps are shared", () => {
  const sizes = { vocabulary: 5, context: 8, width: 8, heads: 2, layers: 2, tied: false };
  const float = new Gpt({ ...sizes, random: rng(1) });
  const bits = { weights: 8, activations: 8 };
  const quantised = quantisedGpt(float, sizes, { kind: "mixer", bits, seed: 1 });
  for (const { weightClips, inputClip } of quantised.maps)
    for (const open of [weightClips, inputClip]) open.assign(full(open.shape, 12));
  const tokens = tensor([[0, 1, 2, 3, 4]], { dtype: "int32" });
  const [exact, rounded] = noGrad(() => [
    numbers(float.forward(tokens)),
    numbers(quantised.model.forward(tokens)),
  ]) as [number[], number[]];
  for (const [k, value] of rounded.entries()) expect(value).toBeCloseTo(exact[k] ?? 0, 1);
  // three inputs of width 8 (12 angles each) and one of 32 (80) a block
  expect([quantised.maps.length, extraNumbers(quantised.maps)]).toEqual([12, 2 * (36 + 80)]);
  const saved = bytesOnDisk(quantised, 8) - bytesOnDisk(quantised, 2);
  expect(saved).toBe((2 * 12 * 8 * 8 * 6) / 8);
});
