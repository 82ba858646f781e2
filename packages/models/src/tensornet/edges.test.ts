/** @file The pairs within a cutoff: those of all comparisons, without making them all. */
import { normal, rng, type Tensor, tensor, uniform } from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { candidates, edgesWithin } from "./edges.ts";

/** All pairs compared. */
function slowly(positions: Tensor, cutoff: number, molecules: readonly number[] = []) {
  const r = elements(positions.ndarray());
  const [receivers, senders]: [number[], number[]] = [[], []];
  const atoms = r.length / 3;
  for (let i = 0; i < atoms; i++)
    for (let j = 0; j < atoms; j++) {
      const [x, y, z] = [0, 1, 2].map((k) => r[3 * i + k]! - r[3 * j + k]!) as [
        number,
        number,
        number,
      ];
      if (molecules[i] !== molecules[j] || x * x + y * y + z * z >= cutoff * cutoff) continue;
      receivers.push(i);
      senders.push(j);
    }
  return [...receivers, ...senders];
}
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];

test.each([0.3, 1, 2.5, 100])("the pairs of all comparisons, in order, cutoff %d", (cutoff) => {
  const positions = normal(rng(2), [200, 3], 0, 2);
  expect(numbers(edgesWithin(positions, cutoff))).toEqual(slowly(positions, cutoff));
});

test("atoms of different molecules are no pair, in whatever order they come", () => {
  const random = rng(3);
  const positions = uniform(random, [120, 3], -1, 1);
  const of = Array.from({ length: 120 }, () => Math.floor(3 * random.uniform()));
  const molecules = tensor(Int32Array.from(of));
  expect(numbers(edgesWithin(positions, 0.8, { molecules }))).toEqual(slowly(positions, 0.8, of));
});

test("no atoms, no pairs; the cutoff itself is outside", () => {
  expect(edgesWithin(tensor([], { shape: [0, 3] }), 1).shape).toEqual([2, 0]);
  const line = tensor([
    [0, 0, 0],
    [0, 0, 2],
  ]);
  expect(numbers(edgesWithin(line, 2))).toEqual([0, 1, 0, 1]);
});

test("an atom of 10,000 is compared with its surroundings, not with all", () => {
  const compared = (atoms: number): number => {
    const side = (atoms / 0.1) ** (1 / 3); // the density of water, in Å
    const places = elements(uniform(rng(5), [atoms, 3], 0, side).ndarray());
    const near = candidates(Float64Array.from(places), [], 3);
    return near.reduce((total, of) => total + of.length, 0) / atoms;
  };
  expect(compared(10_000)).toBeLessThan(27 * 3 ** 3 * 0.1);
  expect(edgesWithin(uniform(rng(5), [10_000, 3], 0, 46), 3).shape).toEqual([2, 117_730]);
});

test("atoms at opposite ends of a huge space", () => {
  const positions = tensor(
    [
      [-1e9, 0, 0],
      [1e9, 0, 0],
      [1e9, 0, 1e9],
      [-1e9, 1, 0],
    ],
    {
      dtype: "float64",
    },
  );
  expect(numbers(edgesWithin(positions, 2))).toEqual(slowly(positions, 2));
});

test.each<[string, () => unknown]>([
  ["edgesWithin: expected positions [atoms, 3], got [2]", () => edgesWithin(tensor([1, 2]), 1)],
  [
    "edgesWithin: expected a finite cutoff above 0, got -1",
    () => edgesWithin(tensor([[1, 2, 3]]), -1),
  ],
  [
    "edgesWithin: expected finite positions, got NaN",
    () => edgesWithin(tensor([[1, Number.NaN, 3]]), 1),
  ],
  [
    "edgesWithin: expected molecules [1], got [2]",
    () => edgesWithin(tensor([[1, 2, 3]]), 1, { molecules: tensor(Int32Array.of(1, 1)) }),
  ],
])("%s", (message, attempt) => {
  expect(attempt).toThrow(message);
});
