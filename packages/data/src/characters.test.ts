import { expect, test } from "vitest";
import { characters, encodeCharacters, vocabularyOf } from "./characters.ts";

test("a sample is a one-hot context and the class of the character after it", async () => {
  const text = "abca";
  const data = characters(text, { context: 2, vocabulary: vocabularyOf(text) });
  expect(data.length).toBe(2);
  const { x, y } = data.batch(Int32Array.of(1, 0));
  expect([x.shape, [...(await x.data())], [...(await y.data())]]).toEqual([
    [2, 6],
    [0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0], // bc, then ab
    [0, 2], // a, then c
  ]);
});

test("characters beyond the basic plane count as one", () => {
  const vocabulary = vocabularyOf("b😀a😀");
  expect([...vocabulary]).toEqual(["a", "b", "😀"]);
  expect([...encodeCharacters("😀b", vocabulary)]).toEqual([2, 1]);
});

test("says what does not fit", () => {
  expect(() => encodeCharacters("x\nxy", "\nx", "a.txt")).toThrow(
    'characters: expected characters of the vocabulary, got "y" in line 2 of a.txt',
  );
  expect(() => encodeCharacters("xy", "x")).toThrow('got "y" in line 1 of the text');
  expect(() => characters("ab", { context: 2, vocabulary: "ab" })).toThrow(
    "more than 2 characters, the context, got 2",
  );
  expect(() => characters("ab", { context: 0, vocabulary: "ab" })).toThrow(
    "a whole context ≥ 1, got 0",
  );
});
