/**
 * @file The GRU: its formula by loops, sequences, structured maps, derivatives. (PyTorch's values:
 * test/golden.)
 */
import { normal, reshape, rng, slice, type Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { gradcheckModule } from "./gradcheck-module.ts";
import { Gru, GruCell } from "./gru.ts";
import { type LinearKind, linearKinds } from "./linear-kinds.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const random = rng(1);
const kinds = Object.keys(linearKinds) as LinearKind[];

test.each(kinds)("a step with %s maps follows the formula", (linear) => {
  const cell = new GruCell(3, 4, { linear, random });
  const [x, h] = [normal(random, [1, 3]), normal(random, [1, 4])];
  const [i, u] = [cell.input, cell.hidden];
  const a = (map: { forward(x: Tensor): Tensor }, v: Tensor): number[] => numbers(map.forward(v));
  const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
  const [ir, iz, n] = [a(i.r, x), a(i.z, x), a(i.n, x)];
  const [hr, hz, hn] = [a(u.r, h), a(u.z, h), a(u.n, h)];
  const expected = numbers(h).map((before, k) => {
    const [r, z] = [sigmoid(ir[k]! + hr[k]!), sigmoid(iz[k]! + hz[k]!)];
    return (1 - z) * Math.tanh(n[k]! + r * hn[k]!) + z * before;
  });
  for (const [k, v] of numbers(cell.forward(x, h)).entries())
    expect(v).toBeCloseTo(expected[k]!, 5);
});

test("a sequence is its steps one after another, from zeros or a given state", () => {
  const gru = new Gru(3, 4, { random });
  const [x, start] = [normal(random, [2, 5, 3]), normal(random, [2, 4])];
  const states = gru.forward(x, start);
  expect(states.shape).toEqual([2, 5, 4]);
  let h = start;
  for (let t = 0; t < 5; t++) {
    h = gru.cell.forward(reshape(slice(x, [undefined, { start: t, stop: t + 1 }]), [2, 3]), h);
    const now = numbers(slice(states, [undefined, { start: t, stop: t + 1 }]));
    for (const [k, v] of numbers(h).entries()) expect(now[k]).toBeCloseTo(v, 6);
  }
  expect(numbers(gru.forward(x))).not.toEqual(numbers(states));
});

test("derivatives through time", () => {
  gradcheckModule(new Gru(1, 2, { random, linear: "rotation", bias: false }), [
    normal(random, [1, 2, 1]),
    normal(random, [1, 2]),
  ]);
});

test("refuses what is no sequence", () => {
  const gru = new Gru(3, 4, { random });
  expect(() => gru.forward(normal(random, [2, 3]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Gru: expected x of shape [batch, time ≥ 1, 3], got [2, 3]]`,
  );
  expect(() => gru.forward(normal(random, [2, 0, 3]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Gru: expected x of shape [batch, time ≥ 1, 3], got [2, 0, 3]]`,
  );
});
