/** @file The language model: causality, its cache, its sizes, its derivatives, its text. */
import { normal, rng, slice, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { FeedForward, gradcheckModule, KeyValueCache, replaceLinear, summary } from "@spm/nn";
import { describe, expect, test } from "vitest";
import { generate } from "./generate.ts";
import { Gpt, type GptOptions } from "./gpt.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const tokens = (...rows: number[][]): Tensor => tensor(rows, { dtype: "int32" });
const build = (options: Partial<GptOptions> = {}): Gpt =>
  new Gpt({ vocabulary: 7, context: 6, width: 8, heads: 2, layers: 2, random: rng(1), ...options });

describe.each<Partial<GptOptions>>([
  {},
  { positions: "rotary", norm: "rms", activation: "swiglu", tied: false, linear: "rotation" },
])("%o", (options) => {
  const model = build(options);

  test("a later token does not change an earlier logit", () => {
    const [a, b] = [model.forward(tokens([1, 2, 3, 4])), model.forward(tokens([1, 2, 3, 6]))];
    expect(a.shape).toEqual([1, 4, 7]);
    const early = (x: Tensor): number[] => numbers(slice(x, [undefined, { stop: 3 }]));
    expect(early(a)).toEqual(early(b));
    expect(numbers(a)).not.toEqual(numbers(b));
  });

  test("with caches the logits are those of the whole sequence", () => {
    const whole = model.forward(tokens([1, 2, 3, 4], [0, 6, 5, 5]));
    const caches = model.blocks.map(() => new KeyValueCache());
    model.extend(tokens([1, 2, 3], [0, 6, 5]), caches);
    const last = numbers(model.extend(tokens([4], [5]), caches));
    const expected = numbers(slice(whole, [undefined, { start: 3 }]));
    for (const [i, v] of last.entries()) expect(v).toBeCloseTo(expected[i]!, 5);
  });
});

test("first derivatives of a small one", () => {
  const model = build({
    vocabulary: 3,
    context: 3,
    width: 2,
    heads: 1,
    layers: 1,
    activation: "swiglu",
    hidden: 2,
  });
  gradcheckModule(model, [tokens([0, 2, 1])]);
});

test("a tied head is the embedding", () => {
  const tied = build();
  expect(tied.namedParameters().has("head.weight")).toBe(false);
  expect(build({ tied: false }).parameterCount() - tied.parameterCount()).toBe(7 * 8 + 7);
});

test("feed-forward widths and derivatives", () => {
  expect(new FeedForward(256, { random: rng(1) }).up.outFeatures).toBe(1024);
  expect(new FeedForward(256, { random: rng(1), activation: "swiglu" }).gate!.outFeatures).toBe(
    688,
  );
  gradcheckModule(new FeedForward(2, { random: rng(1), hidden: 3 }), [normal(rng(2), [2, 2])]);
});

test("its summary and its replacement", () => {
  const model = build({ layers: 1 });
  replaceLinear(model, "general", {
    random: rng(2),
    where: (_, path) => path.includes("feedForward"),
  });
  expect(String(summary(model, tokens([1, 2, 3])))).toMatchInlineSnapshot(`
    "path                       module               shapes                  parameters   FLOP
    ─────────────────────────────────────────────────────────────────────────────────────────
                               Gpt                  [1, 3] → [1, 3, 7]                    336
    embedding                  Embedding            [1, 3] → [1, 3, 8]              56
    positions                  LearnedPositions                                     48
    dropout                    Dropout(0)           [1, 3, 8] → [1, 3, 8]
    blocks.0                   TransformerBlock     [1, 3, 8] → [1, 3, 8]
    blocks.0.attentionNorm     LayerNorm            [1, 3, 8] → [1, 3, 8]           16
    blocks.0.attention         MultiHeadAttention   [1, 3, 8] → [1, 3, 8]                 288
    blocks.0.attention.query   Linear               [1, 3, 8] → [1, 3, 8]           72    408
    blocks.0.attention.key     Linear               [1, 3, 8] → [1, 3, 8]           72    408
    blocks.0.attention.value   Linear               [1, 3, 8] → [1, 3, 8]           72    408
    blocks.0.attention.output  Linear               [1, 3, 8] → [1, 3, 8]           72    408
    blocks.0.feedForwardNorm   LayerNorm            [1, 3, 8] → [1, 3, 8]           16
    blocks.0.feedForward       FeedForward          [1, 3, 8] → [1, 3, 8]
    blocks.0.feedForward.up    MixerLayer(general)  [1, 3, 8] → [1, 3, 32]         392  1,656
    blocks.0.feedForward.down  MixerLayer(general)  [1, 3, 32] → [1, 3, 8]         368  1,584
    blocks.0.dropout           Dropout(0)           [1, 3, 8] → [1, 3, 8]
    norm                       LayerNorm            [1, 3, 8] → [1, 3, 8]           16
    total                      4,800 bytes                                       1,200  5,496"
  `);
});

describe("generate", () => {
  test("greedy takes the likeliest of the whole sequence, beyond the context too", async () => {
    const model = build();
    const out = await generate(model, [1, 2], { count: 4, temperature: 0, random: rng(1) });
    for (let n = 2; n < out.length; n++) {
      const logits = numbers(model.forward(tokens(out.slice(0, n)))).slice(-7);
      expect(out[n]).toBe(logits.indexOf(Math.max(...logits)));
    }
    expect(
      await generate(model, [1, 2], { count: 20, temperature: 0, random: rng(1) }),
    ).toHaveLength(22);
  });

  test("a seed decides it; the model stays in training", async () => {
    const model = build({ dropout: 0.5 });
    const [a, b, c] = [await sample(model, 1), await sample(model, 1), await sample(model, 2)];
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(model.blocks[0]!.dropout.training).toBe(true);
  });

  test("draws in proportion to its probabilities, of the topK only", async () => {
    const model = build({ layers: 1 });
    const logits = numbers(model.forward(tokens([3])));
    const [best, second] = [...logits.keys()].sort((i, j) => logits[j]! - logits[i]!);
    const random = rng(5);
    let first = 0;
    for (let k = 0; k < 100; k++) {
      const [, next] = await generate(model, [3], { count: 1, topK: 2, temperature: 0.1, random });
      expect([best, second]).toContain(next);
      if (next === best) first++;
    }
    expect(first / 100).toBeCloseTo(
      1 / (1 + Math.exp((logits[second!]! - logits[best!]!) / 0.1)),
      1,
    );
  });

  test("refuses options out of range", async () => {
    const random = rng(1);
    await expect(
      generate(build(), [], { count: 1, random }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ValueError: generate: expected a prompt of at least one token, got 0]`,
    );
    await expect(generate(build(), [0], { count: 1, temperature: -1, random })).rejects.toThrow(
      /temperature ≥ 0/,
    );
    await expect(generate(build(), [0], { count: 1, topK: 0, random })).rejects.toThrow(/topK ≥ 1/);
  });
});

const sample = (model: Gpt, seed: number): Promise<number[]> =>
  generate(model, [1], { count: 12, random: rng(seed) });

test("refuses a sequence beyond its context, and no layers", () => {
  expect(() => build().forward(tokens([0, 0, 0, 0, 0, 0, 0]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Gpt: expected tokens [batch, time] up to position 6, got [1, 7] from 0]`,
  );
  expect(() => build({ layers: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Gpt: expected layers ≥ 1, got 0]`,
  );
  expect(() => build().extend(tokens([0]), [])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: extend: expected 2 caches, one a block, got 0]`,
  );
});
