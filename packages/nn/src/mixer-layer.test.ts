/**
 * @file The mixer layers: a drop-in for Linear in every shape, their parameters, starts and
 * refusals.
 */
import {
  add,
  elements,
  matmul,
  normal,
  rng,
  sum,
  type Tensor,
  transpose,
  valueAndGrad,
} from "@spm/core";
import { dft, hadamard, permutation, shuffle, solve } from "@spm/mixer";
import { assert, describe, expect, test } from "vitest";
import { GeneralMixer, RotationMixer } from "./mixer.ts";

const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const random = rng(3);
const layers = { rotation: RotationMixer, general: GeneralMixer };

describe.each(Object.entries(layers))("%s", (_, Layer) => {
  test.each([
    ["pad", 7, 3],
    ["pad", 3, 7],
    ["split", 9, 4],
    ["split", 4, 9],
    ["pad", 5, 5],
    ["pad", 1, 1],
  ] as const)("%s, %i → %i: x Wᵀ + b, with leading axes", (rectangular, fanIn, fanOut) => {
    const layer = new Layer(fanIn, fanOut, { random, rectangular, dtype: "float64", gain: 2 });
    assert(layer.bias !== null);
    layer.bias.assign(normal(random, [fanOut], 0, 1, { dtype: "float64" }));
    const x = normal(random, [2, 3, fanIn], 0, 1, { dtype: "float64" });
    const y = layer.forward(x);
    const w = layer.toDense();
    expect([y.shape, w.shape]).toEqual([
      [2, 3, fanOut],
      [fanOut, fanIn],
    ]);
    const dense = numbers(add(matmul(x, transpose(w)), layer.bias));
    numbers(y).forEach((v, i) => {
      expect(v).toBeCloseTo(dense[i]!, 12);
    });
    expect(layer.flopsPerRow).toBeGreaterThan(0);
  });

  test("a parameter on a padded coordinate does not exist", () => {
    const layer = new Layer(5, 3, { random });
    expect([layer.dIn?.shape, layer.dOut.shape, layer.bias?.shape]).toEqual([[5], [3], [3]]);
  });

  test("weight decay spares the stages and the bias", () => {
    const layer = new Layer(6, 6, { random, schedule: shuffle(6) });
    const decayed = [...layer.namedParameters()].filter(([, p]) => p.decay).map(([path]) => path);
    expect(decayed.sort()).toEqual(["dIn", "dOut"]);
  });

  test("the variance of the output is the input's times gain², for one operator and for several", () => {
    for (const [fanIn, fanOut, rectangular] of [
      [64, 64, "pad"],
      [256, 64, "split"],
      [64, 256, "split"],
    ] as const) {
      const layer = new Layer(fanIn, fanOut, { random, rectangular, gain: Math.SQRT2 });
      const y = numbers(layer.forward(normal(random, [500, fanIn])));
      const variance = y.reduce((total, v) => total + v * v, 0) / y.length;
      expect(variance).toBeGreaterThan(1.8);
      expect(variance).toBeLessThan(2.2);
    }
  });

  test("without diagonals and bias, the gain alone is left beside the stages", () => {
    const layer = new Layer(4, 4, { random, diagonals: false, bias: false });
    expect([layer.dIn, layer.bias]).toEqual([null, null]);
    const y = layer.forward(normal(random, [2, 4]));
    expect(y.shape).toEqual([2, 4]);
  });

  test("every parameter gets a gradient", () => {
    for (const rectangular of ["pad", "split"] as const) {
      const layer = new Layer(9, 4, { random, rectangular });
      const x = normal(random, [3, 9]);
      const { grads } = valueAndGrad(() => sum(layer.forward(x)), layer.parameters());
      for (const g of grads)
        if (g.shape[0] !== 0) expect(numbers(g).some((v) => v !== 0)).toBe(true);
    }
  });
});

describe("starts", () => {
  const options = { random, diagonals: false, bias: false } as const;

  test("an exact setting, its schedule and dtype taken over, trained from there", () => {
    const start = hadamard(8);
    const layer = new RotationMixer(8, 8, { ...options, start });
    expect(layer.angles.dtype).toBe("float64");
    expect(Math.abs(numbers(layer.toDense())[9]!)).toBeCloseTo(1 / Math.sqrt(8), 12);
    const { grads } = valueAndGrad(
      () => sum(layer.forward(normal(random, [2, 8], 0, 1, { dtype: "float64" }))),
      [layer.angles],
    );
    expect(numbers(grads[0]).some((v) => v !== 0)).toBe(true);
  });

  test("in float32, and in free blocks", () => {
    const start = dft(4, { dtype: "float32", kind: "general" });
    const layer = new GeneralMixer(8, 8, { random, start });
    const { factors } = layer;
    expect(factors.blocks.dtype).toBe("float32");
    expect(layer.dIn?.shape).toEqual([8]);
    const x = normal(random, [8]);
    const back = numbers(solve(factors, layer.forward(x)));
    numbers(x).forEach((v, i) => {
      expect(back[i]).toBeCloseTo(v, 5);
    });
  });

  test("a setting that brings a diagonal keeps it", () => {
    const start = permutation([2, 0, 1]);
    const layer = new RotationMixer(3, 3, { ...options, start });
    const w = numbers(layer.toDense()).map((v) => Math.round(v * 1e12) / 1e12 + 0);
    expect(w).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
  });

  test("hadamard by name", () => {
    const layer = new RotationMixer(64, 64, { random, init: "hadamard" });
    for (const v of numbers(layer.toDense())) expect(Math.abs(v)).toBeCloseTo(1 / 8, 6);
  });
});

test("moves to a given matrix: exactly where it is one butterfly, as near as it can elsewhere", () => {
  const goal = new GeneralMixer(8, 8, { random, gain: 2 }).toDense();
  const layer = new GeneralMixer(8, 8, { random });
  assert(layer.bias !== null);
  layer.bias.assign(normal(random, [8]));
  const bias = numbers(layer.bias);
  expect(layer.assignDense(goal)).toBeLessThan(1e-6);
  numbers(layer.toDense()).forEach((v, k) => {
    expect(v).toBeCloseTo(numbers(goal)[k]!, 5);
  });
  expect(numbers(layer.bias)).toEqual(bias);
  const turned = new RotationMixer(5, 3, { random });
  const error = turned.assignDense(normal(random, [3, 5]));
  expect(error).toBeGreaterThan(0.01);
  expect(error).toBeLessThan(0.9);
  const split = new RotationMixer(8, 2, { random, rectangular: "split" });
  expect(() => split.assignDense(normal(random, [2, 8]))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: assignDense: expected one operator with diagonals, got 4 with d_in]`,
  );
});

test("refuses what it can't be", () => {
  const start = hadamard(8);
  expect(() => new RotationMixer(8, 4, { random, start })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: mixer: expected a start for 8 → 4, got one for 8 → 8]`,
  );
  expect(
    () => new RotationMixer(8, 4, { random, schedule: shuffle(6) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: mixer: expected a schedule of width n ≥ 8, got 6]`,
  );
  const unchecked = { random, start } as object as { random: typeof random };
  expect(() => new GeneralMixer(8, 8, unchecked)).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: mixer: expected a start of the general kind, got rotation
    help: use toGeneral()]
  `);
  expect(() => new GeneralMixer(0, 4, { random })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: GeneralMixer: expected sizes in, out ≥ 1, got 0 and 4]`,
  );
  expect(() =>
    new RotationMixer(8, 4, { random }).forward(normal(random, [2, 7])),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: RotationMixer: expected x of shape [..., 8], got [2, 7]]`,
  );
});
