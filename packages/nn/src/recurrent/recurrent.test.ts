/**
 * @file Recurrent networks: the GRU's formula by loops, sequences, padded batches, structured maps,
 * names of PyTorch's. (PyTorch's values: test/golden.)
 */
import {
  arange,
  at,
  concat,
  expandDims,
  less,
  normal,
  rng,
  square,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  where,
  zeros,
} from "@spm/core";
import { elements, sizeOf } from "@spm/core/extend";
import { expect, test } from "vitest";
import { type LinearKind, linearKinds } from "../linear-kinds.ts";
import { Sequential } from "../sequential.ts";
import type { RecurrentCell, RecurrentState } from "./cells.ts";
import { Gru, GruCell, Lstm, type RecurrentOptions, Rnn } from "./index.ts";

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

/** A network of each kind: two layers, both directions. */
const networks = (options: RecurrentOptions) => ({
  Rnn: new Rnn(3, 4, options),
  "Rnn, relu": new Rnn(3, 4, { nonlinearity: "relu", ...options }),
  Lstm: new Lstm(3, 4, options),
  Gru: new Gru(3, 4, options),
});
const deep = networks({ random, layers: 2, bidirectional: true });

test("a sequence is its steps one after another, from zeros or a given state", () => {
  for (const [name, network] of Object.entries(networks({ random }))) {
    const [x, start] = [normal(random, [2, 5, 3]), normal(random, [1, 2, 4])];
    const [cell] = network.cells;
    const from = cell!.combine(() => at(start, 0)) as never;
    const { output, state } = network.scan(x, { state: cell!.combine(() => start) as never });
    let now: RecurrentState = from;
    for (let t = 0; t < 5; t++) {
      now = (cell as RecurrentCell).step(at(x, {}, t), now);
      const want = numbers(now[0]);
      for (const [k, v] of numbers(at(output, {}, t)).entries())
        expect(v, name).toBeCloseTo(want[k]!, 6);
    }
    expect(state.map(numbers)).toEqual(now.map(numbers));
    expect(numbers(network.forward(x))).not.toEqual(numbers(output));
  }
});

test.each(Object.entries(deep))(
  "%s: each sequence of a padded batch is what it is alone, whatever stands after its end",
  (_, network) => {
    const lengths = [4, 1, 0, 3];
    const x = normal(random, [4, 4, 3]);
    const after = less(arange(4), expandDims(tensor(lengths), 1));
    const padded = where(expandDims(after, -1), x, Number.NaN);
    const start = normal(random, [4, 4, 4]);
    const state = network.cells[0]!.combine(() => start) as never;
    const loss = (x: Tensor, options: object) => () => sum(square(network.scan(x, options).output));
    const int32 = tensor(lengths, { dtype: "int32" });
    const together = network.scan(padded, { lengths: int32, state });
    const sums = network.parameters().map(({ shape }) => new Float64Array(sizeOf(shape)));
    for (const [b, length] of lengths.entries()) {
      const mine = { start: b, stop: b + 1 };
      const own = network.cells[0]!.combine(() => at(start, {}, mine)) as never;
      const rest = numbers(at(together.output, b, { start: length }));
      expect(rest.every((v) => v === 0)).toBe(true);
      if (length === 0) continue;
      const cut = at(padded, mine, { stop: length });
      const alone = network.scan(cut, { state: own });
      expect(numbers(at(together.output, mine, { stop: length }))).toEqual(numbers(alone.output));
      const ends = together.state.map((part) => numbers(at(part, {}, mine)));
      expect(ends).toEqual(alone.state.map(numbers));
      const { grads } = valueAndGrad(loss(cut, { state: own }), network.parameters());
      for (const [k, g] of grads.entries())
        for (const [i, v] of numbers(g).entries()) sums[k]![i]! += v;
    }
    // nothing ran in a sequence of length 0
    expect(numbers(at(together.state[0], {}, 2))).toEqual(numbers(at(start, {}, 2)));
    const options = { lengths: int32, state };
    const { grads } = valueAndGrad(loss(padded, options), network.parameters());
    for (const [k, g] of grads.entries())
      for (const [i, v] of numbers(g).entries()) expect(v).toBeCloseTo(sums[k]![i]!, 4);
  },
);

test("dropout is between layers, in training only", () => {
  const options = { random: rng(3), layers: 2 };
  const [plain, dropping] = [new Gru(3, 4, options), new Gru(3, 4, { ...options, dropout: 0.5 })];
  dropping.loadStateDict(plain.stateDict());
  const x = normal(random, [2, 3, 3]);
  expect(numbers(dropping.forward(x))).not.toEqual(numbers(plain.forward(x)));
  expect(numbers(dropping.eval().forward(x))).toEqual(numbers(plain.forward(x)));
  const single = new Gru(3, 4, { random: rng(3), dropout: 0.5 });
  expect(numbers(single.forward(x))).toEqual(numbers(single.eval().forward(x)));
});

test("refuses what is no sequence, and what does not fit it", () => {
  const gru = new Gru(3, 4, { random });
  expect(() => gru.forward(normal(random, [2, 3]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Gru: expected x of shape [batch, time ≥ 1, 3], got [2, 3]]`,
  );
  expect(() => gru.forward(normal(random, [2, 0, 3]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Gru: expected x of shape [batch, time ≥ 1, 3], got [2, 0, 3]]`,
  );
  const x = normal(random, [2, 5, 3]);
  expect(() => gru.forward(x, zeros([2, 4]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Gru: expected 1 of state [1, 2, 4], got [2, 4]]`,
  );
  expect(() => gru.scan(x, { lengths: tensor([5, 2]) })).toThrowErrorMatchingInlineSnapshot(
    `[DTypeError: Gru: expected int32 lengths, got float32[2]]`,
  );
  const three = tensor([5, 2, 1], { dtype: "int32" });
  expect(() => gru.scan(x, { lengths: three })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Gru: expected lengths of shape [2], got [3]]`,
  );
  expect(() => new Lstm(3, 4, { random, layers: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Lstm: expected layers ≥ 1, got 0]`,
  );
  expect(
    () => new Rnn(3, 4, { random, nonlinearity: "elu" as "relu" }),
  ).toThrowErrorMatchingInlineSnapshot(`[ValueError: RnnCell: expected tanh, relu, got "elu"]`);
});

test("PyTorch's names stand for the maps of all gates", () => {
  const other = new Lstm(3, 4, { random, layers: 2, bidirectional: true });
  const given = deep.Lstm.stateDict();
  const join = (paths: readonly string[]) => concat(paths.flatMap((path) => given[path] ?? []));
  const values = Object.entries(deep.Lstm.pytorchNames).map(
    ([name, paths]) => [name, join(paths)] as const,
  );
  expect(values).toHaveLength(16);
  const within = new Sequential([other]);
  within.loadStateDict(Object.fromEntries(values.map(([name, v]) => [`layers.0.${name}`, v])));
  const x = normal(random, [2, 3, 3]);
  expect(numbers(other.forward(x))).toEqual(numbers(deep.Lstm.forward(x)));
  const named = Object.fromEntries(values);
  expect(() => other.loadStateDict({ ...named, weight_ih_l0: zeros([12, 3]) })).toThrow(
    /expected float32\[4, 3\] for "cells\.0\.input\.i\.weight", got float32\[12, 3\]/,
  );
  expect(() => new Lstm(3, 4, { random, linear: "rotation" }).loadStateDict(named)).toThrow(
    /unexpected "weight_ih_l0"/,
  );
});
