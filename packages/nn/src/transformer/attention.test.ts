/** @file Attention by its definition: heads, masks, context, cache, positions, derivatives. */
import { mul, noGrad, normal, reshape, rng, slice, sum, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { gradcheckModule } from "../gradcheck-module.ts";
import { type LinearKind, linearKinds } from "../linear-kinds.ts";
import { MultiHeadAttention } from "./attention.ts";
import { KeyValueCache } from "./key-value-cache.ts";
import { LearnedPositions, rotary } from "./positions.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const random = rng(1);
const kinds = Object.keys(linearKinds) as LinearKind[];
const close = (x: Tensor, expected: readonly number[]): void => {
  expect(numbers(x)).toHaveLength(expected.length);
  numbers(x).forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i]!, 5);
  });
};

/** Before the output projection, for one sequence; `sees(t, s)` says who looks where. */
function byDefinition(
  layer: MultiHeadAttention,
  x: Tensor,
  c: Tensor,
  sees: (t: number, s: number) => boolean,
): number[] {
  const [q, k, v] = [layer.query.forward(x), layer.key.forward(c), layer.value.forward(c)].map(
    numbers,
  ) as [number[], number[], number[]];
  const width = layer.query.inFeatures;
  const [d, time, source] = [width / layer.heads, x.shape[1]!, c.shape[1]!];
  const out = new Array<number>(time * width).fill(0);
  for (let head = 0; head < layer.heads; head++)
    for (let t = 0; t < time; t++) {
      const at = (row: number, e: number): number => row * width + head * d + e;
      const scores = Array.from({ length: source }, (_, s) => {
        if (!sees(t, s)) return 0;
        let score = 0;
        for (let e = 0; e < d; e++) score += q[at(t, e)]! * k[at(s, e)]!;
        return Math.exp(score / Math.sqrt(d));
      });
      const total = scores.reduce((a, b) => a + b, 0);
      for (let s = 0; s < source; s++)
        for (let e = 0; e < d; e++) out[at(t, e)]! += (scores[s]! / total) * v[at(s, e)]!;
    }
  return out;
}

const projected = (layer: MultiHeadAttention, rows: number[]): number[] =>
  numbers(
    layer.output.forward(
      tensor(rows, { shape: [rows.length / layer.query.inFeatures, layer.query.inFeatures] }),
    ),
  );

test.each(kinds)("with %s projections: two heads, everything seen", (linear) => {
  const layer = new MultiHeadAttention(4, { heads: 2, linear, random });
  const x = normal(random, [1, 3, 4]);
  close(
    layer.forward(x),
    projected(
      layer,
      byDefinition(layer, x, x, () => true),
    ),
  );
});

test("causal, masked, on another context", () => {
  const x = normal(random, [1, 3, 4]);
  const causal = new MultiHeadAttention(4, { heads: 1, causal: true, random });
  close(
    causal.forward(x),
    projected(
      causal,
      byDefinition(causal, x, x, (t, s) => s <= t),
    ),
  );
  const mask = tensor([
    [true, false, true],
    [true, true, true],
    [false, true, true],
  ]);
  close(
    causal.forward(x, mask),
    projected(
      causal,
      byDefinition(
        causal,
        x,
        x,
        (t, s) => s <= t && !(t === 0 && s === 1) && !(t === 2 && s === 0),
      ),
    ),
  );
  const plain = new MultiHeadAttention(4, { heads: 2, random });
  const context = normal(random, [1, 5, 4]);
  const all = tensor(new Uint8Array(15).fill(1), { shape: [3, 5] });
  close(
    plain.forward(x, all, context),
    projected(
      plain,
      byDefinition(plain, x, context, () => true),
    ),
  );
});

test.each([false, true])("a cache gives the rows of the whole sequence, rotary %s", (turns) => {
  const layer = new MultiHeadAttention(4, { heads: 2, causal: true, rotary: turns, random });
  const x = normal(random, [2, 5, 4]);
  const part = (start: number, stop: number): Tensor => slice(x, [undefined, { start, stop }]);
  const whole = layer.forward(x);
  const cache = new KeyValueCache();
  for (const [start, stop] of [
    [0, 2],
    [2, 3],
    [3, 5],
  ] as const)
    noGrad(() =>
      close(
        layer.extend(part(start, stop), cache),
        numbers(slice(whole, [undefined, { start, stop }])),
      ),
    );
  expect(cache.length).toBe(5);
  cache.dispose();
  expect(cache.length).toBe(0);
});

test("rotary products depend on the distance alone; positions count from the offset", () => {
  const [q, k] = [normal(random, [1, 8]), normal(random, [1, 8])];
  const product = (i: number, j: number): number =>
    numbers(sum(mul(rotary(q, { offset: i }), rotary(k, { offset: j }))))[0]!;
  expect(product(7, 4)).toBeCloseTo(product(103, 100), 4);
  expect(product(7, 4)).not.toBeCloseTo(product(7, 5), 2);
  close(
    rotary(
      tensor([
        [1, 0],
        [1, 0],
      ]),
    ),
    [1, 0, Math.cos(1), Math.sin(1)],
  );
  expect(() => rotary(tensor([[1, 2, 3]]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotary: expected x of shape [..., time, even d], got [1, 3]]`,
  );
});

test("learned positions", () => {
  const layer = new LearnedPositions(3, 2, { random });
  const x = normal(random, [1, 2, 2]);
  const w = numbers(layer.weight);
  close(
    layer.from(x, 1),
    numbers(x).map((v, i) => v + w[2 + i]!),
  );
  expect(() => layer.from(x, 2)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: LearnedPositions: expected at most 3 positions, got 4]`,
  );
});

test("derivatives, with a mask and rotary positions", () => {
  const layer = new MultiHeadAttention(2, {
    heads: 1,
    causal: true,
    rotary: true,
    linear: "rotation",
    random,
    bias: false,
  });
  const mask = tensor([
    [true, true, false],
    [true, true, true],
    [false, true, true],
  ]);
  gradcheckModule(layer, [normal(random, [1, 3, 2]), mask]);
});

test("refuses widths that don't split, and what is no sequence", () => {
  expect(() => new MultiHeadAttention(6, { heads: 4, random })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: MultiHeadAttention: expected a width that is a multiple of 4, got 6]`,
  );
  const layer = new MultiHeadAttention(4, { heads: 2, random });
  expect(() =>
    layer.forward(reshape(normal(random, [4]), [1, 4])),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: MultiHeadAttention: expected tokens [batch, time, 4], got [1, 4]]`,
  );
  expect(() =>
    layer.extend(normal(random, [1, 1, 4]), new KeyValueCache()),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: extend: expected causal attention, got one that sees later tokens]`,
  );
});
