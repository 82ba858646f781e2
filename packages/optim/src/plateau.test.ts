/** @file Reduce-on-plateau beyond PyTorch's trajectory. */
import { expect, test } from "vitest";
import { plateauStart } from "./extend.ts";
import { type PlateauOptions, reduceOnPlateau } from "./index.ts";

const ratesOf = (metrics: readonly number[], options: PlateauOptions) => {
  const next = reduceOnPlateau(options);
  let state = plateauStart(1);
  return metrics.map((metric) => {
    state = next(state, metric);
    return state.learningRate;
  });
};

test("waits for patience metrics in a row, again and again", () => {
  expect(ratesOf([5, 5, 5, 5, 5, 5], { factor: 0.5, patience: 1 })).toEqual([
    1, 1, 0.5, 0.5, 0.25, 0.25,
  ]);
});

test("higher may be better, also below zero", () => {
  expect(ratesOf([-9, -8, -7], { factor: 0.5, patience: 0, better: "higher" })).toEqual([1, 1, 1]);
  expect(ratesOf([-7, -8, -9], { factor: 0.5, patience: 0, better: "higher" })).toEqual([
    1, 0.5, 0.25,
  ]);
  expect(ratesOf([-7, -8, -9], { factor: 0.5, patience: 0 })).toEqual([1, 1, 1]);
});

test("a gain within the threshold is none", () => {
  expect(ratesOf([1, 0.95, 0.92], { factor: 0.5, patience: 0, threshold: 0.1 })).toEqual([
    1, 0.5, 0.25,
  ]);
  expect(ratesOf([1, 0.89], { factor: 0.5, patience: 0, threshold: 0.1 })).toEqual([1, 1]);
});

test("cools down after a reduction, and stops at the lowest rate", () => {
  expect(ratesOf([1, 1, 1, 1, 1], { factor: 0.5, patience: 0, cooldown: 2 })).toEqual([
    1, 0.5, 0.5, 0.5, 0.25,
  ]);
  expect(ratesOf([1, 1, 1, 1], { factor: 0.1, patience: 0, min: 0.05 })).toEqual([
    1, 0.1, 0.05, 0.05,
  ]);
});

test("NaN and infinities are never the best", () => {
  const diverged = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  expect(ratesOf([...diverged, 3, 2], { factor: 0.5, patience: 0 })).toEqual([
    0.5, 0.25, 0.125, 0.125, 0.125,
  ]);
});

test("the state survives JSON, and the function leaves the old one alone", () => {
  const next = reduceOnPlateau({ patience: 0 });
  const start = Object.freeze(plateauStart(1));
  expect(JSON.parse(JSON.stringify(start))).toEqual(start);
  const state = Object.freeze(next(start, 2));
  expect(next(JSON.parse(JSON.stringify(state)), 3)).toEqual(next(state, 3));
});

test("what makes no sense is refused", () => {
  expect(() => plateauStart(-1)).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: plateauStart: expected a finite learningRate ≥ 0, got -1]`,
  );
  expect(() => reduceOnPlateau({ factor: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: reduceOnPlateau: expected factor in [0, 1), got 1]`,
  );
  expect(() => reduceOnPlateau({ better: "faster" as never })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: reduceOnPlateau: expected better to be "lower" or "higher", got faster]`,
  );
});
