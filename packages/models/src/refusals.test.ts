/** @file What a newcomer gets wrong is refused by name, before anything is built. */
import { rng } from "@spm/core";
import { Linear } from "@spm/nn";
import { expect, test } from "vitest";
import { drawToken, Gpt, generate, Mlp, type MlpOptions } from "./index.ts";

const random = rng(1);
const gpt = { vocabulary: 7, context: 6, width: 8, heads: 2, layers: 1, random };
/** What TypeScript would not let pass, as JavaScript does. */
const untyped = <T>(value: unknown): T => value as T;

test.each<[string, () => unknown]>([
  ["Mlp: expected at least an input and an output size, got [4]", () => mlp("dense", [4])],
  [', got "rotations"', () => mlp(untyped("rotations"))],
  [
    "linear: expected a factory that makes a LinearMap 4 → 8, got Linear 8 → 4",
    () => mlp((i, o, options) => new Linear(o, i, options)),
  ],
  [
    "linear: expected a factory that makes a LinearMap 4 → 8, got undefined",
    () => mlp(untyped(() => undefined)),
  ],
  [
    `Gpt: expected learned, rotary, got "sine"`,
    () => new Gpt({ ...gpt, positions: untyped("sine") }),
  ],
  ["Gpt: expected context ≥ 1, got 0", () => new Gpt({ ...gpt, context: 0 })],
  [
    "Embedding: expected vocabulary and width ≥ 1, got 0 and 8",
    () => new Gpt({ ...gpt, vocabulary: 0 }),
  ],
])("%s", (message, attempt) => {
  expect(attempt).toThrow(message);
});

test.each([-1, 1.5, Number.NaN])("generate: a count of %d", async (count) => {
  await expect(generate(new Gpt(gpt), [1], { count, random })).rejects.toThrow(
    `generate: expected a whole count ≥ 0, got ${count}`,
  );
});

function mlp(linear: MlpOptions["linear"], sizes: readonly number[] = [4, 8, 2]): Mlp {
  return new Mlp({ sizes, ...(linear && { linear }), random });
}

test("a draw from logits without a chance for each, or none, is refused", () => {
  const random = rng(1);
  for (const logits of [[0, Number.NaN], [0, Infinity], [-Infinity, -Infinity], []])
    for (const temperature of [0, 1])
      expect(() => drawToken(logits, { random, temperature })).toThrow(
        /^drawToken: expected logits below Infinity, one of them finite, got /,
      );
  expect(drawToken([-Infinity, 3, -Infinity], { random })).toBe(1);
  expect(() => drawToken([0, 1], { random, temperature: Number.NaN })).toThrow(
    "drawToken: expected a temperature ≥ 0, got NaN",
  );
});
