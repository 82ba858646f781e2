/**
 * @file Per-sample gradients against a loop over the samples, with inputs and cotangents captured
 * in one backward pass.
 */
import {
  add,
  div,
  grad,
  mean,
  mul,
  normal,
  reshape,
  rng,
  slice,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tanh,
  tensor,
  vjp,
  zeros,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { Linear } from "./linear.ts";
import { perSampleEmbedding, perSampleLinear, perSampleNorm } from "./per-sample.ts";

const float64 = { dtype: "float64" } as const;
const random = rng(6);
const draw = (...shape: number[]): Tensor => normal(random, shape, 0, 1, float64);
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const one = (x: Tensor, b: number): Tensor =>
  reshape(slice(x, [{ start: b, stop: b + 1 }]), x.shape.slice(1));

/** Each row of `ours` against the gradient of the sample alone. */
function equalToALoop(ours: Tensor, samples: number, alone: (b: number) => Tensor): void {
  expect(ours.shape[0]).toBe(samples);
  for (let b = 0; b < samples; b++) {
    const expected = alone(b);
    expect(ours.shape.slice(1)).toEqual(expected.shape);
    numbers(one(ours, b)).forEach((v, i) => {
      expect(v).toBeCloseTo(numbers(expected)[i]!, 12);
    });
  }
}

test.each([[[3]], [[3, 4]], [[2, 2, 2]], [[0, 4]]])("a dense layer, %o", (lead) => {
  const [x, ct] = [draw(...lead, 5), draw(...lead, 2)];
  const layer = new Linear(5, 2, { random });
  const { weight, bias } = perSampleLinear(x, ct);
  const loop = (b: number) => {
    const rows = reshape(one(x, b), [-1, 5]);
    const f = (w: Tensor, shift: Tensor) =>
      add(sum(mul(reshape(rows, [-1, 1, 5]), w), { axis: -1 }), shift);
    return vjp(f, draw(2, 5), draw(2)).pullback(reshape(one(ct, b), [-1, 2]));
  };
  equalToALoop(weight, lead[0]!, (b) => loop(b)[0]);
  equalToALoop(bias, lead[0]!, (b) => loop(b)[1]);
  expect(layer.weight.shape).toEqual(weight.shape.slice(1));
});

test.each([[[3]], [[3, 4]], [[2, 9]]])(
  "an embedding, %o: also longer than its table, with tokens twice",
  (lead) => {
    const count = lead.reduce((a, b) => a * b, 1);
    const tokens = tensor(
      Int32Array.from({ length: count }, () => random.integer(6)),
      { shape: lead },
    );
    const ct = draw(...lead, 3);
    equalToALoop(perSampleEmbedding(tokens, ct, 6), lead[0]!, (b) => {
      const own = lead.length === 1 ? reshape(one(tokens, b), []) : one(tokens, b);
      return vjp((table) => take(table, own), draw(6, 3)).pullback(one(ct, b))[0];
    });
  },
);

test("a norm", () => {
  const [x, ct] = [draw(3, 4, 5), draw(3, 4, 5)];
  const centred = sub(x, mean(x, { axis: -1, keepdims: true }));
  const normalised = div(
    centred,
    sqrt(add(mean(square(centred), { axis: -1, keepdims: true }), 1e-5)),
  );
  const { gain, bias } = perSampleNorm(normalised, ct);
  const loop = (b: number) => {
    const f = (g: Tensor, shift: Tensor) => add(mul(one(normalised, b), g), shift);
    return vjp(f, draw(5), draw(5)).pullback(one(ct, b));
  };
  equalToALoop(gain, 3, (b) => loop(b)[0]);
  equalToALoop(bias, 3, (b) => loop(b)[1]);
});

test("inputs and cotangents are captured with a zero beside each layer's output", () => {
  const [w1, w2] = [draw(4, 3), draw(2, 4)];
  const x = draw(5, 3);
  const layer = (w: Tensor, h: Tensor) =>
    sum(mul(reshape(h, [-1, 1, h.shape.at(-1)!]), w), { axis: -1 });
  const hidden = (p1: Tensor) => tanh(add(layer(w1, x), p1));
  const loss = (p1: Tensor, p2: Tensor) => sum(square(add(layer(w2, hidden(p1)), p2)));
  const [ct1, ct2] = grad(loss, [0, 1])(zeros([5, 4], float64), zeros([5, 2], float64));
  const batchLoss = (a: Tensor, b: Tensor) => sum(square(layer(b, tanh(layer(a, x)))));
  const [batch1, batch2] = grad(batchLoss, [0, 1])(w1, w2);
  const captured = [
    [x, ct1, batch1],
    [hidden(zeros([5, 4], float64)), ct2, batch2],
  ] as const;
  for (const [input, ct, batch] of captured) {
    const expected = numbers(batch);
    const total = sum(perSampleLinear(input, ct).weight, { axis: 0 });
    numbers(total).forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i]!, 10);
    });
  }
});

test("refuses what does not fit", () => {
  expect(() => perSampleLinear(draw(3, 5), draw(2, 2))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: perSampleLinear: expected a cotangent for [3], got one for [2]]`,
  );
  expect(() => perSampleLinear(draw(5), draw(2))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: perSampleLinear: expected shape [samples, ..., n], got [5]]`,
  );
  expect(() =>
    perSampleEmbedding(tensor(Int32Array.of(0, 6)), draw(2, 3), 6),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: scatterAdd: expected indices in [-6, 6), got 6]`,
  );
  expect(() => perSampleNorm(draw(2, 3), draw(2, 4))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: perSampleNorm: expected a cotangent for [2, 3], got one for [2, 4]]`,
  );
});
