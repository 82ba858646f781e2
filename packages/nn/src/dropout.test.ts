/** @file Dropout: how much it drops, when, and that a seed decides it. */
import { grad, ones, rng, sum, type Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { Dropout } from "./dropout.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const x = ones([100, 100]);

test("drops its share and keeps the mean", () => {
  const y = numbers(new Dropout(0.25, { random: rng(1) }).forward(x));
  expect(y.filter((v) => v === 0).length / y.length).toBeCloseTo(0.25, 1);
  expect(new Set(y.filter((v) => v !== 0))).toEqual(new Set([Math.fround(4 / 3)]));
  expect(y.reduce((a, b) => a + b, 0) / y.length).toBeCloseTo(1, 1);
});

test("draws a new mask each time, the same from the same seed", () => {
  const [a, b] = [new Dropout(0.5, { random: rng(2) }), new Dropout(0.5, { random: rng(2) })];
  const first = numbers(a.forward(x));
  expect(numbers(b.forward(x))).toEqual(first);
  expect(numbers(a.forward(x))).not.toEqual(first);
});

test("passes the cotangent where it passed the value", () => {
  const seen: number[][] = [];
  const g = grad((v) => {
    const y = new Dropout(0.5, { random: rng(3) }).forward(v);
    seen.push(numbers(y));
    return sum(y);
  })(x);
  expect(numbers(g)).toEqual(seen[0]);
});

test("is the identity in evaluation and at 0", () => {
  expect(new Dropout(0.9, { random: rng(1) }).eval().forward(x)).toBe(x);
  expect(new Dropout(0, { random: rng(1) }).forward(x)).toBe(x);
  expect(() => new Dropout(1, { random: rng(1) })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: Dropout: expected a probability in [0, 1), got 1]`,
  );
});
