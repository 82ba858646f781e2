/** @file The encoder-decoder: causality, padding, its halves, and what it refuses. */
import { concat, rng, slice, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { Transformer, type TransformerOptions } from "./transformer.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const tokens = (...rows: number[][]): Tensor => tensor(rows, { dtype: "int32" });
const build = (options: Partial<TransformerOptions> = {}): Transformer => {
  const sizes = { sourceVocabulary: 6, targetVocabulary: 7, context: 5, width: 8, heads: 2 };
  return new Transformer({ ...sizes, layers: 2, random: rng(1), ...options });
};
const close = (a: Tensor, b: Tensor): void => {
  expect(a.shape).toEqual(b.shape);
  const other = numbers(b);
  for (const [k, v] of numbers(a).entries()) expect(v).toBeCloseTo(other[k]!, 5);
};

describe.each<Partial<TransformerOptions>>([
  {},
  { linear: "general", norm: "rms", activation: "swiglu", decoderLayers: 1, keyValueHeads: 1 },
])("%o", (options) => {
  const model = build(options);
  const source = tokens([1, 2, 3]);

  test("a later token of the target changes no earlier logit, any of the source all", () => {
    const early = (y: Tensor): number[] => numbers(slice(y, [{}, { stop: 2 }]));
    const y = model.forward(source, tokens([4, 5, 6]));
    expect(y.shape).toEqual([1, 3, 7]);
    expect(early(model.forward(source, tokens([4, 5, 0])))).toEqual(early(y));
    expect(early(model.forward(tokens([1, 2, 0]), tokens([4, 5, 6])))).not.toEqual(early(y));
  });

  test("what was filled up changes nothing", () => {
    const target = tokens([4, 5]);
    const y = model.forward(source, target);
    const real = tensor([[true, true, true, false, false]]);
    close(model.forward(tokens([1, 2, 3, 5, 4]), target, real), y);
    const longer = model.forward(
      source,
      tokens([4, 5, 1]),
      undefined,
      tensor([[true, true, false]]),
    );
    close(slice(longer, [{}, { stop: 2 }]), y);
    const both = model.forward(
      concat([tokens([1, 2, 3, 5, 4]), tokens([5, 4, 3, 2, 1])]),
      concat([target, target]),
      concat([real, tensor([[true, true, true, true, true]])]),
    );
    close(slice(both, [{ stop: 1 }]), y);
  });

  test("its halves are the whole", () => {
    const target = tokens([4, 5, 6]);
    close(model.decode(target, model.encode(source)), model.forward(source, target));
  });
});

test.each<[string, () => unknown]>([
  ["Transformer: expected layers, decoderLayers, context ≥ 1", () => build({ layers: 0 })],
  [
    "Transformer: expected tokens [batch, time] of at most 5 times, got [1, 6]",
    () => build().forward(tokens([1, 1, 1, 1, 1, 1]), tokens([1])),
  ],
  [
    "Transformer: expected sourceMask [1, 2], got [2]",
    () => build().forward(tokens([1, 2]), tokens([1]), tensor([true, true])),
  ],
])("%s", (message, attempt) => {
  expect(attempt).toThrow(message);
});
