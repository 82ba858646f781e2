/** @file Rows by name, and random sparse maps: their numbers, gradients and spread. */
import { normal, rng } from "@spm/core";
import { elements } from "@spm/core/extend";
import { Mlp } from "@spm/models";
import { gradcheckModule } from "@spm/nn";
import { expect, test } from "vitest";
import { mapsOf, mnistRow } from "../mnist/rows.ts";
import { mapKinds, mapRow } from "./map-rows.ts";
import { RandomSparse } from "./random-sparse.ts";

test("a name says the kind and its sizes", () => {
  expect(mapRow("block-diagonal")).toMatchObject({ kind: "block-diagonal", width: undefined });
  expect(mapRow("dense-112x2")).toMatchObject({ kind: "dense", width: 112, layers: 2 });
  for (const wrong of ["dence", "dense-0", "dense-", "-3", "dense-3x"])
    expect(() => mapRow(wrong), wrong).toThrow(/expected rows like dense or dense-64/);
});

test("a tied row has one map between its hidden layers", () => {
  const numbers = (name: string): number => {
    const { width = 0, layers = 2, ...row } = mnistRow(name);
    const sizes = [20, ...new Array<number>(layers).fill(width), 10];
    return new Mlp({ sizes, linear: mapsOf(row), random: rng(1) }).parameterCount();
  };
  expect(numbers("tied-dense-7x4")).toBe(numbers("dense-7"));
  expect(numbers("dense-7x4")).toBe(numbers("dense-7") + 2 * 7 * 8);
});

test("random sparse maps have as many numbers as a mixer's blocks", () => {
  const numbers = (kind: keyof typeof mapKinds): number =>
    mapKinds[kind].create(256, 256, { random: rng(1), bias: false }).parameterCount();
  expect(numbers("sparse-general")).toBe(4 * 128 * 8);
  expect(numbers("sparse-rotation")).toBe(128 * 8);
  const wide = mapKinds["sparse-general"].create(784, 256, { random: rng(1), bias: false });
  expect(wide.parameterCount()).toBe(4 * 512 * 10);
});

test("a random sparse map: entries where they were drawn, gradients, the outputs' scale", () => {
  const map = new RandomSparse(12, 5, { entries: 3, random: rng(1) });
  const rows = [...elements(map.toDense().ndarray())];
  const filled = Array.from({ length: 5 }, (_, k) =>
    rows.slice(12 * k, 12 * k + 12).flatMap((v, i) => (v === 0 ? [] : [i])),
  );
  expect(filled.map(({ length }) => length)).toEqual([3, 3, 3, 3, 3]);
  expect(new Set(filled.map(String)).size).toBeGreaterThan(1);
  gradcheckModule(new RandomSparse(4, 3, { entries: 2, random: rng(2) }), [normal(rng(3), [2, 4])]);
  const large = new RandomSparse(256, 256, { entries: 16, gain: 2, random: rng(4) });
  const y = [...elements(large.forward(normal(rng(5), [64, 256])).ndarray())];
  expect(y.reduce((total, v) => total + v * v, 0) / y.length).toBeCloseTo(4, 0);
});
