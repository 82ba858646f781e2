/** @file Rounding: its levels and derivatives, and maps of inputs that change nothing else. */
import {
  add,
  full,
  grad,
  matmul,
  noGrad,
  normal,
  rng,
  sum,
  type Tensor,
  tensor,
  transpose,
  valueAndGrad,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { replaceLinear } from "@spm/nn";
import { expect, test } from "vitest";
import { Gpt } from "../gpt/gpt.ts";
import { gptOf, type SavedGpt } from "../gpt/saved-gpt.ts";
import { type InputMapName, inputMaps } from "./input-maps.ts";
import {
  codedState,
  divergence,
  type QuantisedGpt,
  quantisedGpt,
  type Rounding,
} from "./quantised-gpt.ts";
import type { CodedMatrix } from "./quantised-linear.ts";
import { bestClips, quantisedActivation, quantisedWeight } from "./rounding.ts";

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

const names = Object.keys(inputMaps) as InputMapName[];
const sizes = { context: 8, width: 8, heads: 2, layers: 2, tied: false };
const trained = new Gpt({ ...sizes, vocabulary: 5, random: rng(1) });
const tokens = tensor([[0, 1, 2, 3, 4]], { dtype: "int32" });
const answers = (model: Gpt): number[] => numbers(noGrad(() => model.forward(tokens)));

function rounded(rounding: Rounding): QuantisedGpt {
  const quantised = quantisedGpt(trained, { ...sizes, vocabulary: 5 }, { ...rounding, seed: 1 });
  // as after learning: neither clips nor maps are those of the start
  for (const map of new Set(quantised.maps.flatMap(({ input }) => input.parameters())))
    noGrad(() => map.assign(add(map, normal(rng(2), map.shape, 0, 0.1))));
  return quantised;
}

test("at eight bits a rounded GPT answers as the float one; maps are shared", () => {
  const { model, maps, extra } = rounded({ weights: 8, activations: 8, map: "mixer" });
  for (const { weightClips, inputClip } of maps)
    for (const open of [weightClips, inputClip]) open?.assign(full(open.shape, 12));
  const exact = answers(trained);
  for (const [k, value] of answers(model).entries()) expect(value).toBeCloseTo(exact[k] ?? 0, 1);
  // three inputs of width 8 (12 angles each) and one of 32 (80) a block
  expect([maps.length, extra]).toEqual([12, 2 * (36 + 80)]);
});

/** What a reader of a file has of it: codes as numbers. */
const read = ({ shape, group, levels, codes, scales }: CodedMatrix): Tensor =>
  tensor(
    Float32Array.from(
      codes,
      (code, k) => (levels[code] ?? 0) * (scales[Math.floor(k / group)] ?? 0),
    ),
    { shape },
  );

async function reloaded(quantised: QuantisedGpt, rounding: Rounding, angleBits?: 8): Promise<Gpt> {
  const { tensors, coded } = await codedState(quantised, angleBits);
  const values = Object.entries(coded).map(([name, matrix]) => [name, read(matrix)] as const);
  const gpt: SavedGpt = { ...sizes, vocabulary: "abcde", linear: "dense", rounding };
  const found = gptOf({ config: { gpt }, values: { ...tensors, ...Object.fromEntries(values) } });
  if (found === undefined) throw new Error("expected a GPT");
  return found.model;
}

test.each(names)("codes say all of a GPT rounded after %s", async (map) => {
  for (const [weights, activations] of [
    [2, 3],
    [3, null],
  ] as const) {
    const rounding = { weights, activations, map };
    const quantised = rounded(rounding);
    const again = await reloaded(quantised, rounding);
    const exact = answers(quantised.model);
    for (const [k, value] of answers(again).entries()) expect(value).toBeCloseTo(exact[k] ?? 0, 4);
    // where inputs are not rounded, the map of inputs is in dense weights
    const dense = again.blocks[0]?.attention.query.label === "Linear";
    expect(dense).toBe(activations === null);
  }
});

test("rows may have a bit more than others; angles as bytes change little", async () => {
  for (const weights of [2, 3]) {
    const rounding = { weights, activations: null, map: "mixer" } as const;
    const quantised = rounded(rounding);
    for (const map of quantised.maps)
      map.bits = Uint8Array.from({ length: map.outFeatures }, (_, row) => weights + (row % 2));
    const exact = answers(quantised.model);
    for (const [k, value] of answers(await reloaded(quantised, rounding)).entries())
      expect(value).toBeCloseTo(exact[k] ?? 0, 4);
    const bytes = answers(await reloaded(quantised, rounding, 8));
    const off = Math.max(...bytes.map((value, k) => Math.abs(value - (exact[k] ?? 0))));
    expect(off).toBeGreaterThan(0);
    expect(off).toBeLessThan(0.1);
  }
});

test("the divergence is 0 from the model itself, and moves clips, angles and activations", () => {
  const { model, learned } = rounded({ weights: 3, activations: 3, map: "mixer" });
  expect(numbers(noGrad(() => divergence(trained, trained, tokens)))).toEqual([0]);
  const loss = (): Tensor => divergence(model, trained, tokens);
  const { value, grads } = valueAndGrad(loss, [...learned]);
  expect(numbers(value)[0]).toBeGreaterThan(0);
  for (const grad of grads) expect(numbers(grad).some((v) => v !== 0)).toBe(true);
});

test("refuses what is not dense, and bits that there are not", () => {
  const options = { weights: 3, activations: null, map: "mixer", seed: 1 } as const;
  const all = { ...sizes, vocabulary: 5 };
  expect(() =>
    quantisedGpt(trained, all, { ...options, weights: 9 }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: quantisedGpt: expected 2 to 8 bits of weights, got 9]`,
  );
  expect(() =>
    quantisedGpt(trained, all, { ...options, activations: 1 }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: quantisedGpt: expected 2 to 8 bits of activations, got 1]`,
  );
  const mixers = new Gpt({ ...all, random: rng(1) });
  replaceLinear(mixers, "rotation", { random: rng(1), where: (_, path) => path.endsWith("up") });
  expect(() => quantisedGpt(mixers, all, options)).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: quantisedGpt: expected a dense blocks.0.feedForward.up, got MixerLayer(rotation)]`,
  );
});
