/** @file Per-sample gradients against a loop over the samples. */
import {
  add,
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
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { apply, type Factors } from "./factors.ts";
import type { Diagonals, MixerKind } from "./mixer.ts";
import { mixers } from "./mixers.ts";
import { byName, inOrder, type Names } from "./parameterisation/define.ts";
import { rotationMixer } from "./parameterisation/rotation.ts";
import { butterfly, shuffle } from "./patterns.ts";
import { perSampleMixer } from "./per-sample.ts";
import type { Schedule } from "./schedule.ts";

const float64 = { dtype: "float64" } as const;
const random = rng(12);
const draw = (...shape: number[]): Tensor => normal(random, shape, 0, 1, float64);
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const kinds: [name: string, mixer: MixerKind][] = Object.entries(mixers);

function drawFactors<const N extends Names>(
  mixer: MixerKind<N>,
  schedule: Schedule,
  inFeatures: number,
  outFeatures: number,
): Factors<N> & Required<Diagonals> {
  const { parameterisation } = mixer;
  const list = parameterisation.shapes(schedule).map((shape) => draw(...shape));
  const diagonals = { dIn: draw(inFeatures), dOut: draw(outFeatures), bias: draw(outFeatures) };
  return { mixer, schedule, parameters: byName<N, Tensor>(parameterisation, list), ...diagonals };
}

describe.each(kinds)("%s", (_, mixer) => {
  test.each([
    [shuffle(7), 7, 7, [4]],
    [butterfly(8), 5, 3, [3, 2, 2]],
    [butterfly(8), 5, 3, [3, 6]],
    [butterfly(1), 1, 1, [2]],
    [shuffle(3), 3, 3, [0]],
  ] as const)("%#: each sample as if it were alone", (schedule, inFeatures, outFeatures, lead) => {
    const { dIn, dOut, bias, parameters } = drawFactors(mixer, schedule, inFeatures, outFeatures);
    const factors: Factors = { mixer, schedule, parameters, dIn, dOut, bias };
    const [x, ct] = [draw(...lead, inFeatures), draw(...lead, outFeatures)];
    const gradients = perSampleMixer(factors, x, ct);
    const { parameterisation } = mixer;
    expect(Object.keys(gradients)).toEqual([
      ...parameterisation.parameters.map(({ name }) => name),
      ...["dIn", "dOut", "bias"],
    ]);
    const ours = [
      ...[gradients.dIn, gradients.dOut, gradients.bias],
      ...inOrder(parameterisation, gradients),
    ];
    const own = inOrder(parameterisation, parameters);
    const shapes = [dIn, dOut, bias, ...own].map(({ shape }) => [lead[0], ...shape]);
    expect(ours.map(({ shape }) => shape)).toEqual(shapes);
    const sample = (t: Tensor, b: number) =>
      reshape(slice(t, [{ start: b, stop: b + 1 }]), t.shape.slice(1));
    for (let b = 0; b < lead[0]; b++) {
      const alone = vjp(
        (dIn: Tensor, dOut: Tensor, bias: Tensor, ...list: Tensor[]) => {
          const rebuilt = { dIn, dOut, bias, parameters: byName(parameterisation, list) };
          return apply({ mixer, schedule, ...rebuilt }, sample(x, b));
        },
        ...[dIn, dOut, bias],
        ...own,
      ).pullback(sample(ct, b));
      for (const [k, expected] of alone.map(numbers).entries()) {
        const [gradient] = ours.slice(k);
        const found = gradient === undefined ? [] : numbers(sample(gradient, b));
        expect(found).toHaveLength(expected.length);
        for (const [i, v] of expected.entries()) expect(found[i]).toBeCloseTo(v, 11);
      }
    }
  });

  test("what the factors leave out has gradients too", () => {
    const drawn = drawFactors(mixer, butterfly(4), 4, 4);
    const { dIn: _i, dOut: _o, bias: _b, ...bare } = drawn;
    const { dIn, dOut, bias } = perSampleMixer(bare, draw(2, 4), draw(2, 4));
    expect([dIn, dOut, bias].map((g) => g.shape)).toEqual([
      [2, 4],
      [2, 4],
      [2, 4],
    ]);
  });

  test("they can be differentiated: the gradient of a sample's squared gradient norm", () => {
    const factors = drawFactors(mixer, butterfly(2), 2, 2);
    const ct = draw(3, 2);
    const norm = (x: Tensor) =>
      inOrder(mixer.parameterisation, perSampleMixer(factors, x, ct))
        .map((gradient) => sum(square(gradient)))
        .reduce(add);
    gradcheck(norm, [draw(3, 2)]);
  });
});

test("refuses what does not fit", () => {
  const factors = drawFactors(rotationMixer, butterfly(4), 4, 4);
  expect(() => perSampleMixer(factors, draw(4), draw(4))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: perSampleMixer: expected x of shape [samples, ..., 4], got [4]]`,
  );
  expect(() => perSampleMixer(factors, draw(2, 3), draw(2, 4))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: perSampleMixer: expected x of shape [samples, ..., 4], got [2, 3]]`,
  );
  expect(() => perSampleMixer(factors, draw(2, 4), draw(3, 4))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: perSampleMixer: expected a cotangent of shape [2, 4], got [3, 4]]`,
  );
});
