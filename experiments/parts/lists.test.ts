/** @file Lists in settings: what they hold, and an error that names the part that is wrong. */
import { expect, test } from "vitest";
import { readNames, readNumbers, readRates } from "./lists.ts";

test("lists of any length are read whole", () => {
  expect(readRates("0.0001, 0.0003,0.001,0.003,0.01")).toEqual([1e-4, 3e-4, 1e-3, 3e-3, 1e-2]);
  expect(readNumbers("samples", "500, 1000,16000")).toEqual([500, 1000, 16_000]);
  expect(readNames("layers", "b,a", ["a", "b"])).toEqual(["b", "a"]);
});

test("the part that is wrong is named, not the list around it", () => {
  // as a list that was cut off before its last figure ends
  expect(() => readRates("0.0001,0.0003,0.001,0.00")).toThrow(/rates above 0, got "0.00"$/);
  expect(() => readRates("0.01,")).toThrow(/rates above 0, got ""$/);
  expect(() => readNumbers("samples", "8,x,9")).toThrow(/samples as whole numbers ≥ 1, got "x"$/);
  expect(() => readNames("layers", "a,c", ["a", "b"])).toThrow(/layers of a, b, or all, got "c"$/);
});
