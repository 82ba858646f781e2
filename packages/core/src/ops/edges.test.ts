/**
 * @file Where naive ops go wrong: sums of many, ties, singular points, empty and huge values,
 * numbers beside tensors.
 */

import { describe, expect, test } from "vitest";
import { elements } from "../extend.ts";
import * as c from "../index.ts";

const { add, grad, pow, sum, tensor } = c;
type Tensor = c.Tensor;
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const double = (...values: number[]): Tensor => tensor(values, { dtype: "float64" });
const slope = (f: (x: Tensor) => Tensor, ...at: number[]): number[] =>
  numbers(grad((x) => sum(f(x)))(double(...at)));

describe("sums", () => {
  test("seven million tenths in float32 are off by no more than one rounding", () => {
    const count = 7_700_000;
    const total = sum(c.full([count], 0.1));
    expect(numbers(total)[0]).toBe(Math.fround(Math.fround(0.1) * count));
  });

  test("of integers are integers, of nothing 0, of a scalar itself", () => {
    expect(sum(tensor(Int32Array.of(1, 2, 3))).dtype).toBe("int32");
    expect(numbers(sum(c.zeros([0, 3]), 0))).toEqual([0, 0, 0]);
    expect(numbers(sum(tensor(5)))).toEqual([5]);
    expect(numbers(c.mean(c.zeros([0])))).toEqual([Number.NaN]);
    expect(numbers(c.prod(c.zeros([0])))).toEqual([1]);
  });
});

describe("a number beside a tensor", () => {
  test("takes its dtype", () => {
    expect(add(tensor([1]), 0.1).dtype).toBe("float32");
    expect(numbers(add(tensor([0]), 0.1))).toEqual([Math.fround(0.1)]);
    expect(numbers(add(0.1, double(0)))).toEqual([0.1]);
    expect(add(tensor(Int32Array.of(1)), 2).dtype).toBe("int32");
  });
});

describe("derivatives at ties and singular points are PyTorch's", () => {
  test("powers", () => {
    const byBase = (b: number) => slope((x) => pow(x, b), 0, 2);
    expect(byBase(2)).toEqual([0, 4]);
    expect(byBase(1)).toEqual([1, 1]);
    expect(byBase(0)).toEqual([0, 0]);
    expect(byBase(0.5)[0]).toBe(Infinity);
    const byExponent = (a: number, ...b: number[]) => slope((x) => pow(a, x), ...b);
    expect(byExponent(0, 0, 1, 2)).toEqual([0, 0, 0]);
    expect(byExponent(2, 3)[0]).toBeCloseTo(8 * Math.LN2, 12);
    expect(byExponent(-2, 2)).toEqual([Number.NaN]);
    const second = (b: number) => slope((x) => grad((t) => sum(pow(t, b)))(x), 0);
    expect([second(2), second(1), second(3)]).toEqual([[2], [0], [0]]);
  });

  test("extremes share evenly, absolutes and norms have none at 0", () => {
    expect(slope((x) => c.max(x), 3, 1, 3)).toEqual([0.5, 0, 0.5]);
    expect(slope((x) => c.minimum(x, double(1, 2, 3)), 1, 1, 5)).toEqual([0.5, 1, 0]);
    expect(slope((x) => c.abs(x), -2, 0, 2)).toEqual([-1, 0, 1]);
    expect(slope((x) => c.norm(x), 0, 0)).toEqual([0, 0]);
    expect(slope((x) => c.std(x), 2, 2)).toEqual([0, 0]);
    expect(slope((x) => c.clamp(x, { min: -1, max: 1 }), -1, 1, 2)).toEqual([1, 1, 0]);
  });

  test("products with zeros, to the second order", () => {
    expect(slope((x) => c.prod(x), 0, 2, 3)).toEqual([6, 0, 0]);
    expect(slope((x) => c.prod(x), 0, 0, 3)).toEqual([0, 0, 0]);
    // ∂/∂x of ∂/∂x₀ = x₁x₂
    const mixed = slope((x) => c.at(grad((t) => c.prod(t))(x), 0), 0, 0, 3);
    expect(mixed).toEqual([0, 3, 0]);
  });

  test("a logsumexp of nothing but −∞ gives nobody a share", () => {
    expect(slope((x) => c.logsumexp(x), -Infinity, -Infinity)).toEqual([0, 0]);
    expect(slope((x) => c.logsumexp(x), 0, -Infinity)).toEqual([1, 0]);
  });

  test("what where does not choose has no say", () => {
    const safeLog = (x: Tensor) =>
      c.where(c.greater(x, 0), c.log(c.where(c.greater(x, 0), x, 1)), 0);
    expect(slope(safeLog, -1, 2)).toEqual([0, 0.5]);
  });
});

describe("NaN", () => {
  const nan = tensor([Number.NaN, 1]);
  test("goes through, and never loses", () => {
    for (const f of [c.relu, c.sign, c.sigmoid, c.softplus]) expect(numbers(f(nan))[0]).toBeNaN();
    expect(numbers(c.maximum(nan, 5))[0]).toBeNaN();
    expect(numbers(c.min(nan))[0]).toBeNaN();
    expect(numbers(c.logsumexp(nan))[0]).toBeNaN();
    expect(numbers(c.clamp(nan, { min: 0 }))[0]).toBeNaN();
    expect(numbers(c.sort(nan))).toEqual([1, Number.NaN]);
    expect(numbers(c.argmin(nan))).toEqual([0]);
  });
  test("is equal to nothing", () => {
    expect(numbers(c.equal(nan, nan))).toEqual([0, 1]);
    expect(numbers(c.notEqual(nan, nan))).toEqual([1, 0]);
    expect(numbers(c.lessEqual(nan, nan))).toEqual([0, 1]);
  });
});

describe("indices", () => {
  const x = c.reshape(c.arange(12, { dtype: "float64" }), [3, 4]);
  const int32 = (...values: number[]) => tensor(Int32Array.from(values));
  test("are read in pairs, which NumPy puts in front where they are apart", () => {
    expect(numbers(c.at(x, int32(0, -1, 2), int32(3, 0, 0)))).toEqual([3, 8, 8]);
    const rows = c.reshape(int32(2, 0), [2, 1]);
    expect(numbers(c.at(x, rows, int32(0, 3)))).toEqual([8, 11, 0, 3]);
    const cube = c.reshape(x, [3, 2, 2]);
    expect(c.at(cube, int32(0, 1, 1), {}, int32(1, 1, 0)).shape).toEqual([3, 2]);
    expect(c.at(cube, {}, int32(0, 1, 1), int32(1, 1, 0)).shape).toEqual([3, 3]);
  });
  test("may be masks, of an axis, of several, of none", () => {
    expect(numbers(c.at(x, c.greater(x, 8)))).toEqual([9, 10, 11]);
    expect(numbers(c.at(x, tensor([false, true, true]), 1))).toEqual([5, 9]);
    expect(c.at(x, c.less(x, 0)).shape).toEqual([0]);
    expect(c.at(x, tensor(true)).shape).toEqual([1, 3, 4]);
    expect(c.at(x, tensor(false)).shape).toEqual([0, 3, 4]);
  });
  test("that say the same twice add up their cotangents", () => {
    const f = (t: Tensor) => sum(c.square(c.at(t, int32(1, 1), int32(2, 2))));
    const slopes = numbers(grad(f)(x));
    expect(slopes[6]).toBe(24);
    expect(slopes.filter((s) => s !== 0)).toHaveLength(1);
  });
});

describe("functions near their limits", () => {
  test("sigmoid and softplus do not overflow, expm1 and log1p do not cancel", () => {
    expect(numbers(c.sigmoid(double(-800, 800)))).toEqual([0, 1]);
    expect(numbers(c.softplus(double(-800, 800)))).toEqual([0, 800]);
    expect(numbers(c.expm1(double(1e-20)))).toEqual([1e-20]);
    expect(numbers(c.log1p(double(1e-20)))).toEqual([1e-20]);
  });
});

test("every method is its function", () => {
  const x = double(4, 1, 3, 2).reshape([2, 2]);
  const y = x.matmul(x.transpose()).add(1).div(2).tanh().at(0, { step: -1 }).sum().exp();
  const same = c.exp(
    sum(c.at(c.tanh(c.div(add(c.matmul(x, c.transpose(x)), 1), 2)), 0, { step: -1 })),
  );
  expect(numbers(y)).toEqual(numbers(same));
  const methods = Object.getOwnPropertyNames(c.Tensor.prototype);
  expect(methods).toEqual(
    expect.arrayContaining(["topk", "where", "variance", "oneHot", "logicalNot", "clone"]),
  );
  expect(
    methods.filter((name) => /Op$|Array$|^(tensor|zeros|concat|einsum|stack)$/.test(name)),
  ).toEqual(["toArray"]);
});

test(
  "a vector is cut into as many parts as it has elements, " +
    "however large the product of their sizes",
  () => {
    const sizes = Array.from({ length: 40 }, (_, i) => i + 1);
    const parts = c.split(c.ones([820]), sizes);
    expect(parts.map(({ shape }) => shape)).toEqual(sizes.map((n) => [n]));
  },
);

test("a slice takes a list of ranges: a number or one range alone is refused", () => {
  const x = tensor([1, 2, 3]);
  for (const ranges of [0, -1, { start: 1 }])
    expect(() => c.slice(x, ranges as never)).toThrow(
      /^slice: expected an array of ranges, one for each axis, got .*\nhelp: in brackets/,
    );
});
