/** @file Per-sample gradients against a loop over the samples. */
import {
  each,
  elements,
  gradcheck,
  normal,
  reshape,
  rng,
  slice,
  square,
  sum,
  type Tensor,
  vjp,
} from "@spm/core";
import { assert, expect, test } from "vitest";
import { type Factors, mix } from "./factors.ts";
import { perSampleGradients } from "./per-sample.ts";
import { butterfly, type Schedule, shuffle } from "./schedule.ts";

const float64 = { dtype: "float64" } as const;
const random = rng(12);
const draw = (...shape: number[]): Tensor => normal(random, shape, 0, 1, float64);
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));

function drawFactors(
  kind: Factors["kind"],
  schedule: Schedule,
  fanIn: number,
  fanOut: number,
): Factors {
  const ends = { schedule, dIn: draw(fanIn), dOut: draw(fanOut), bias: draw(fanOut) };
  if (kind === "rotation") return { kind, ...ends, angles: draw(schedule.first.length) };
  return {
    kind,
    ...ends,
    blocks: draw(schedule.first.length, 4),
    scales: draw(schedule.leftovers.length),
  };
}

test.each([
  ["rotation", shuffle(7), 7, 7, [4]],
  ["general", shuffle(7), 7, 7, [4]],
  ["rotation", butterfly(8), 5, 3, [3, 2, 2]],
  ["general", butterfly(8), 5, 3, [3, 6]],
  ["general", butterfly(1), 1, 1, [2]],
  ["rotation", shuffle(3), 3, 3, [0]],
] as const)("%s, %#: each sample as if it were alone", (kind, schedule, fanIn, fanOut, lead) => {
  const factors = drawFactors(kind, schedule, fanIn, fanOut);
  const [x, ct] = [draw(...lead, fanIn), draw(...lead, fanOut)];
  const ours = Object.entries(perSampleGradients(factors, x, ct)) as [string, Tensor][];
  const names = ours.map(([name]) => name);
  const parameters = names.map((name) => Reflect.get(factors, name) as Tensor);
  for (let b = 0; b < lead[0]; b++) {
    const [xb, ctb] = each([x, ct], (t) =>
      reshape(slice(t, [{ start: b, stop: b + 1 }]), t.shape.slice(1)),
    );
    const rebuilt = (...ps: Tensor[]): Factors => ({
      ...factors,
      ...Object.fromEntries(names.map((n, k) => [n, ps[k]])),
    });
    const alone = vjp((...ps: Tensor[]) => mix(rebuilt(...ps), xb), ...parameters).pullback(ctb);
    expect(ours.map(([, { shape }]) => shape)).toEqual(
      parameters.map((p) => [lead[0], ...p.shape]),
    );
    const expected = alone.map(numbers);
    ours.forEach(([, gradient], k) => {
      const own = numbers(slice(gradient, [{ start: b, stop: b + 1 }]));
      own.forEach((v, i) => {
        expect(v).toBeCloseTo(expected[k]![i]!, 11);
      });
    });
  }
});

test("what the factors leave out has gradients too", () => {
  const { dIn: _i, dOut: _o, bias: _b, ...bare } = drawFactors("rotation", butterfly(4), 4, 4);
  const { dIn, dOut, bias } = perSampleGradients(bare as Factors, draw(2, 4), draw(2, 4));
  expect([dIn, dOut, bias].map((g) => g.shape)).toEqual([
    [2, 4],
    [2, 4],
    [2, 4],
  ]);
});

test("they can be differentiated: the gradient of a sample's squared gradient norm", () => {
  const factors = drawFactors("rotation", butterfly(2), 2, 2);
  const ct = draw(3, 2);
  gradcheck(
    (x) => {
      const { angles } = perSampleGradients(factors, x, ct);
      assert(angles !== undefined);
      return sum(square(angles));
    },
    [draw(3, 2)],
  );
});

test("refuses what does not fit", () => {
  const factors = drawFactors("rotation", butterfly(4), 4, 4);
  expect(() => perSampleGradients(factors, draw(4), draw(4))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: perSampleGradients: expected x of shape [samples, ..., 4], got [4]]`,
  );
  expect(() =>
    perSampleGradients(factors, draw(2, 3), draw(2, 4)),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: perSampleGradients: expected x of shape [samples, ..., 4], got [2, 3]]`,
  );
  expect(() =>
    perSampleGradients(factors, draw(2, 4), draw(3, 4)),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: perSampleGradients: expected a cotangent of shape [2, 4], got [3, 4]]`,
  );
});
