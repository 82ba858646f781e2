/** @file The table: rows out, gradients in. */
import { rng, sum, type Tensor, tensor, valueAndGrad } from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { Embedding, EmbeddingBag } from "./embedding.ts";
import { embeddingBag } from "./functional/index.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];

test(
  "gives the rows of its tokens; " +
    "a token that comes twice gets both gradients, one that does not none",
  () => {
    const layer = new Embedding(3, 2, { random: rng(1) });
    layer.weight.assign(
      tensor([
        [0, 1],
        [10, 11],
        [20, 21],
      ]),
    );
    const tokens = tensor([[2, 0, 2]], { dtype: "int32" });
    const y = layer.forward(tokens);
    expect(y.shape).toEqual([1, 3, 2]);
    expect(numbers(y)).toEqual([20, 21, 0, 1, 20, 21]);
    const { grads } = valueAndGrad(() => sum(layer.forward(tokens)), [layer.weight]);
    expect(layer.parameters()).toEqual([layer.weight]);
    expect(numbers(grads[0])).toEqual([1, 1, 0, 0, 2, 2]);
    expect(() => layer.forward(tensor([3], { dtype: "int32" }))).toThrow(/\[-3, 3\)/);
  },
);

const table = tensor([[1], [2], [4]]);

test("bags are as many as memory holds", () => {
  const count = 200_000;
  const tokens = tensor(new Int32Array(count).fill(2));
  const offsets = Array.from({ length: count }, (_, k) => k);
  expect(numbers(sum(embeddingBag(table, tokens, { offsets })))).toEqual([4 * count]);
});

test("the padding is a token of the table, from its start or its end", () => {
  const tokens = tensor([[0, 2, -1]], { dtype: "int32" });
  for (const paddingIndex of [2, -1])
    expect(numbers(embeddingBag(table, tokens, { paddingIndex }))).toEqual([1]);
  for (const wrong of [3, -4, 1.5, "x", null]) {
    const options = { paddingIndex: wrong as number };
    const message = `EmbeddingBag: expected a paddingIndex in [-3, 3), got ${wrong}`;
    expect(() => new EmbeddingBag(3, 1, { random: rng(1), ...options })).toThrow(message);
    expect(() => embeddingBag(table, tokens, options)).toThrow(message.replace("E", "e"));
  }
});

test("offsets are numbers, an Int32Array or what a tensor's data gives", async () => {
  const bags = new EmbeddingBag(3, 1, { mode: "sum", random: rng(1) });
  bags.weight.assign(table);
  const tokens = tensor([0, 1, 2], { dtype: "int32" });
  const tensorOf = tensor([0, 2], { dtype: "int32" });
  const data = Array.from(await tensorOf.data());
  for (const offsets of [[0, 2], Int32Array.of(0, 2), data])
    expect(numbers(bags.bags(tokens, { offsets }))).toEqual([3, 4]);
  const wrong = { offsets: tensorOf as unknown as number[] };
  expect(() => bags.bags(tokens, wrong)).toThrow(/numbers.*\nhelp: Array.from\(await offsets.data/);
  expect(() => bags.forward(tokens, tensorOf)).toThrow("bags(tokens, { offsets })");
});
