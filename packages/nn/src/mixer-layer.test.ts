/**
 * @file The mixer layers: a drop-in for Linear in every shape, their parameters, starts and
 * refusals.
 */
import { add, matmul, normal, rng, sum, type Tensor, transpose, valueAndGrad } from "@spm/core";
import { elements } from "@spm/core/extend";
import {
  applyInverse,
  dft,
  fromPermutation,
  generalMixer,
  hadamard,
  type MixerKind,
  mixers,
  rotationMixer,
  shuffle,
} from "@spm/mixer";
import { inOrder } from "@spm/mixer/extend";
import { assert, describe, expect, test } from "vitest";
import { linearKinds } from "./linear-kinds.ts";
import { MixerLayer } from "./mixer-layer.ts";

const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const random = rng(3);
const kinds: [name: string, mixer: MixerKind][] = Object.entries(mixers);
const stagesOf = ({ mixer, factors }: MixerLayer): Tensor[] =>
  inOrder(mixer.parameterisation, factors.parameters);

describe.each(kinds)("%s", (name, mixer) => {
  test.each([
    ["pad", 7, 3],
    ["pad", 3, 7],
    ["split", 9, 4],
    ["split", 4, 9],
    ["pad", 5, 5],
    ["pad", 1, 1],
  ] as const)(
    "%s, %i → %i: x Wᵀ + b, with leading axes",
    (rectangular, inFeatures, outFeatures) => {
      const options = { random, rectangular, dtype: "float64", gain: 2 } as const;
      const layer = new MixerLayer(mixer, inFeatures, outFeatures, options);
      assert(layer.bias !== null);
      layer.bias.assign(normal(random, [outFeatures], 0, 1, { dtype: "float64" }));
      const x = normal(random, [2, 3, inFeatures], 0, 1, { dtype: "float64" });
      const y = layer.forward(x);
      const w = layer.toDense();
      expect([y.shape, w.shape]).toEqual([
        [2, 3, outFeatures],
        [outFeatures, inFeatures],
      ]);
      const dense = numbers(add(matmul(x, transpose(w)), layer.bias));
      numbers(y).forEach((v, i) => {
        expect(v).toBeCloseTo(dense[i]!, 12);
      });
      expect(layer.flopsPerRow).toBeGreaterThan(0);
    },
  );

  test("is the linear map of its name, and its parameters are fields by theirs", () => {
    const layer = Object.entries(linearKinds)
      .find(([kind]) => kind === name)?.[1]
      .create(5, 3, { random });
    assert(layer instanceof MixerLayer);
    expect(layer.mixer).toBe(mixer);
    const paths = [...layer.namedParameters().keys()];
    const own = mixer.parameterisation.parameters.map((parameter) => parameter.name);
    expect(paths.sort()).toEqual(["dIn", "dOut", "bias", ...own].sort());
    const shapes = mixer.parameterisation.shapes(layer.schedule);
    expect(stagesOf(layer).map(({ shape }) => shape)).toEqual(shapes);
  });

  test("a parameter on a padded coordinate does not exist", () => {
    const layer = new MixerLayer(mixer, 5, 3, { random });
    expect([layer.dIn?.shape, layer.dOut.shape, layer.bias?.shape]).toEqual([[5], [3], [3]]);
  });

  test("weight decay spares the stages and the bias", () => {
    const layer = new MixerLayer(mixer, 6, 6, { random, schedule: shuffle(6) });
    const decayed = [...layer.namedParameters()].filter(([, p]) => p.decay).map(([path]) => path);
    expect(decayed.sort()).toEqual(["dIn", "dOut"]);
  });

  test("the output's variance is the input's times gain², for one operator and for several", () => {
    for (const [inFeatures, outFeatures, rectangular] of [
      [64, 64, "pad"],
      [256, 64, "split"],
      [64, 256, "split"],
    ] as const) {
      const layer = new MixerLayer(mixer, inFeatures, outFeatures, {
        random,
        rectangular,
        gain: Math.SQRT2,
      });
      const y = numbers(layer.forward(normal(random, [500, inFeatures])));
      const variance = y.reduce((total, v) => total + v * v, 0) / y.length;
      expect(variance).toBeGreaterThan(1.8);
      expect(variance).toBeLessThan(2.2);
    }
  });

  test("without diagonals and bias, the gain alone is left beside the stages", () => {
    const layer = new MixerLayer(mixer, 4, 4, { random, diagonals: false, bias: false });
    expect([layer.dIn, layer.bias]).toEqual([null, null]);
    const y = layer.forward(normal(random, [2, 4]));
    expect(y.shape).toEqual([2, 4]);
  });

  test("every parameter gets a gradient", () => {
    for (const rectangular of ["pad", "split"] as const) {
      const layer = new MixerLayer(mixer, 9, 4, { random, rectangular });
      const x = normal(random, [3, 9]);
      const { grads } = valueAndGrad(() => sum(layer.forward(x)), layer.parameters());
      for (const g of grads)
        if (g.shape[0] !== 0) expect(numbers(g).some((v) => v !== 0)).toBe(true);
    }
  });

  const options = { random, diagonals: false, bias: false } as const;

  test("starts from a preset, takes its schedule and dtype over, trains from there", () => {
    const start = hadamard(8, { mixer });
    const layer = new MixerLayer(mixer, 8, 8, { ...options, init: start });
    expect(stagesOf(layer).map(({ dtype }) => dtype)).toEqual(
      mixer.parameterisation.parameters.map(() => "float64"),
    );
    expect(Math.abs(numbers(layer.toDense())[9]!)).toBeCloseTo(1 / Math.sqrt(8), 12);
    const { grads } = valueAndGrad(
      () => sum(layer.forward(normal(random, [2, 8], 0, 1, { dtype: "float64" }))),
      layer.parameters(),
    );
    expect(grads.flatMap(numbers).some((v) => v !== 0)).toBe(true);
  });

  test("starts in float32", () => {
    const start = dft(4, { dtype: "float32", mixer });
    const layer = new MixerLayer(mixer, 8, 8, { random, init: start });
    const { factors } = layer;
    for (const p of stagesOf(layer)) expect(p.dtype).toBe("float32");
    expect(layer.dIn?.shape).toEqual([8]);
    const x = normal(random, [8]);
    const back = numbers(applyInverse(factors, layer.forward(x)));
    numbers(x).forEach((v, i) => {
      expect(back[i]).toBeCloseTo(v, 5);
    });
  });

  test("keeps the diagonal that a setting brings", () => {
    const start = fromPermutation([2, 0, 1], { mixer });
    const layer = new MixerLayer(mixer, 3, 3, { ...options, init: start });
    const w = numbers(layer.toDense()).map((v) => Math.round(v * 1e12) / 1e12 + 0);
    expect(w).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
  });

  test("starts from hadamard by name", () => {
    const layer = new MixerLayer(mixer, 64, 64, { random, init: "hadamard" });
    for (const v of numbers(layer.toDense())) expect(Math.abs(v)).toBeCloseTo(1 / 8, 6);
  });

  test("moves as near as it can to a given matrix, and exactly to one butterfly of its own", () => {
    const goal = new MixerLayer(mixer, 8, 8, { random, gain: 2 }).toDense();
    const layer = new MixerLayer(mixer, 8, 8, { random });
    assert(layer.bias !== null);
    layer.bias.assign(normal(random, [8]));
    const bias = numbers(layer.bias);
    expect(layer.assignDense(goal)).toBeLessThan(1e-6);
    numbers(layer.toDense()).forEach((v, k) => {
      expect(v).toBeCloseTo(numbers(goal)[k]!, 5);
    });
    expect(numbers(layer.bias)).toEqual(bias);
    const narrow = new MixerLayer(mixer, 5, 3, { random });
    const [before, error] = [
      distance(narrow.toDense(), far),
      narrow.assignDense(far) * Math.hypot(...numbers(far)),
    ];
    expect(distance(narrow.toDense(), far)).toBeCloseTo(error, 4);
    expect(error).toBeLessThan(before);
    const split = new MixerLayer(mixer, 8, 2, { random, rectangular: "split" });
    expect(() => split.assignDense(normal(random, [2, 8]))).toThrow(
      "assignDense: expected one operator with diagonals, got 4 with d_in",
    );
  });

  test("refuses an init of every other kind", () => {
    for (const [other, theirs] of kinds.filter(([kind]) => kind !== name)) {
      const start = hadamard(8, { mixer: theirs });
      expect(() => new MixerLayer(mixer, 8, 8, { random, init: start })).toThrow(
        `mixer: expected an init of the ${name} kind, got ${other}\n` +
          "help: hadamard(n, { mixer }) and the like make one",
      );
    }
  });
});

const far = normal(rng(8), [3, 5]);
const distance = (a: Tensor, b: Tensor): number => {
  const other = numbers(b);
  return Math.hypot(...numbers(a).map((v, k) => v - (other[k] ?? Number.NaN)));
};

test("a rotation between other widths comes near a matrix, and no nearer than it can", () => {
  const turned = new MixerLayer(rotationMixer, 5, 3, { random });
  const error = turned.assignDense(normal(random, [3, 5]));
  expect(error).toBeGreaterThan(0.01);
  expect(error).toBeLessThan(0.9);
});

test("refuses what it can't be", () => {
  const start = hadamard(8);
  expect(
    () => new MixerLayer(rotationMixer, 8, 4, { random, init: start }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: mixer: expected an init for 8 → 4, got one for 8 → 8]`,
  );
  expect(
    () => new MixerLayer(rotationMixer, 8, 4, { random, schedule: shuffle(6) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: mixer: expected a schedule of width n ≥ 8, got 6]`,
  );
  expect(() => new MixerLayer(generalMixer, 0, 4, { random })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: MixerLayer: expected sizes in, out ≥ 1, got 0 and 4]`,
  );
  expect(() =>
    new MixerLayer(rotationMixer, 8, 4, { random }).forward(normal(random, [2, 7])),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: MixerLayer: expected x of shape [..., 8], got [2, 7]]`,
  );
});
