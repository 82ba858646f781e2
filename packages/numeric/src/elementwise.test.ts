/** @file Element-wise functions: accuracy in float32, edges, and what is refused. */
import { cast, grad, rng, sum, type Tensor, tensor, uniform } from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import * as n from "./index.ts";

const double = (...values: number[]): Tensor => tensor(values, { dtype: "float64" });
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];

/** The spacing of float32 at a number. */
const spacing = (v: number): number =>
  2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(v)))) - 23);

describe("in float32 within a few spacings of the exact value", () => {
  test.each<[string, (x: Tensor) => Tensor, (x: number) => number, number, number, number]>([
    ["tan", n.tan, Math.tan, -1.5, 1.5, 2],
    ["asin", n.asin, Math.asin, -1, 1, 3],
    ["acos", n.acos, Math.acos, -1, 1, 2.5],
    ["atan", n.atan, Math.atan, -10, 10, 0.51],
    ["sinh", n.sinh, Math.sinh, -1, 1, 0.51],
    ["sinh, as far as it is finite", n.sinh, Math.sinh, -89.41, 89.41, 0.51],
    ["cosh, as far as it is finite", n.cosh, Math.cosh, -89.41, 89.41, 0.51],
    ["asinh", n.asinh, Math.asinh, -1e6, 1e6, 0.51],
    ["acosh", n.acosh, Math.acosh, 1, 10, 1.5],
    ["acosh near 1", n.acosh, Math.acosh, 1, 1.001, 1.5],
    ["atanh", n.atanh, Math.atanh, -1, 1, 1.5],
    ["atanh near 0", n.atanh, Math.atanh, -1e-3, 1e-3, 1.5],
    ["log2", n.log2, Math.log2, 0, 10, 0.51],
    ["log10", n.log10, Math.log10, 0, 10, 0.51],
    ["exp2", n.exp2, (x) => 2 ** x, -120, 120, 0.51],
  ])("%s", (_, f, exact, low, high, most) => {
    const x = uniform(rng(3), [5000], low, high);
    const got = numbers(f(x));
    const worst = numbers(x).reduce((w, v, i) => {
      const wanted = exact(v);
      return Math.max(w, Math.abs((got[i] ?? Number.NaN) - wanted) / spacing(wanted));
    }, 0);
    expect(worst).toBeLessThanOrEqual(most);
  });
});

test("lgamma and logNdtr in float32 are those of float64, rounded", () => {
  const x = uniform(rng(4), [5000], 0.1, 9.5);
  for (const f of [n.lgamma, n.logNdtr])
    expect(numbers(f(x))).toEqual(numbers(f(cast(x, "float64"))).map(Math.fround));
});

describe("where floating point ends", () => {
  const special = [Number.NaN, Infinity, -Infinity, 0, 1, -1];
  test.each<[string, (x: Tensor) => Tensor, (x: number) => number]>([
    ["tan", n.tan, Math.tan],
    ["asin", n.asin, Math.asin],
    ["acos", n.acos, Math.acos],
    ["atan", n.atan, Math.atan],
    ["cosh", n.cosh, Math.cosh],
    ["asinh", n.asinh, Math.asinh],
    ["acosh", n.acosh, Math.acosh],
    ["atanh", n.atanh, Math.atanh],
    ["log2", n.log2, Math.log2],
    ["log10", n.log10, Math.log10],
    ["exp2", n.exp2, (v) => 2 ** v],
    ["trunc", n.trunc, Math.trunc],
  ])("%s", (_, f, exact) => {
    const got = numbers(f(double(...special)));
    special.forEach((v, i) => {
      const wanted = exact(v);
      const close = Math.abs((got[i] ?? 0) - wanted) <= 1e-12 || Object.is(got[i], wanted);
      expect(close, `${got[i]} for ${wanted} at ${v}`).toBe(true);
    });
  });

  test("derivatives at the ends of asin and acos are infinite, not NaN", () => {
    expect(numbers(grad((x: Tensor) => sum(n.asin(x)))(double(1, -1)))).toEqual([
      Infinity,
      Infinity,
    ]);
    expect(numbers(grad((x: Tensor) => sum(n.acos(x)))(double(1)))).toEqual([-Infinity]);
  });

  test("hypot and atan2 have derivative 0 at the origin, and do not overflow", () => {
    for (const f of [n.hypot, n.atan2])
      expect(
        grad((a: Tensor, b: Tensor) => sum(f(a, b)), [0, 1])(double(0), double(0)).map((g) =>
          numbers(g).map(Math.abs),
        ),
      ).toEqual([[0], [0]]);
    expect(numbers(n.hypot(tensor([3e30]), tensor([4e30])))[0]).toBeCloseTo(5e30, -25);
    const slope = grad((y: Tensor) => sum(n.atan2(y, 1e30)))(tensor([1e30]));
    expect(numbers(slope)[0]).toBeCloseTo(5e-31, 35);
    expect(numbers(n.atan2(double(0, -0, 0, -0), double(1, 1, -1, -1)))).toEqual([
      0,
      -0,
      Math.PI,
      -Math.PI,
    ]);
  });

  test("logaddexp of infinities and far apart", () => {
    const a = double(Infinity, -Infinity, -Infinity, Infinity, Number.NaN, 1e4);
    const b = double(Infinity, -Infinity, 2, -Infinity, 0, -1e4);
    expect(numbers(n.logaddexp(a, b))).toEqual([Infinity, -Infinity, 2, Infinity, Number.NaN, 1e4]);
  });

  test("remainder has the divisor's sign, int32 too; by 0 it is NaN or refused", () => {
    const integers = (...v: number[]) => tensor(v, { dtype: "int32" });
    expect(numbers(n.remainder(integers(-7, 7, -7, 7), integers(3, 3, -3, -3)))).toEqual([
      2, 1, -1, -2,
    ]);
    expect(numbers(n.remainder(double(5, -5, 1), double(Infinity, Infinity, 0)))).toEqual([
      5,
      Infinity,
      Number.NaN,
    ]);
    expect(() => n.remainder(integers(1), integers(0))).toThrow("remainder: expected ");
  });

  test("isInf of every dtype", () => {
    expect(numbers(n.isInf(double(Infinity, Number.NaN, -Infinity, 0)))).toEqual([1, 0, 1, 0]);
    expect(numbers(n.isInf(tensor([1, 2], { dtype: "int32" })))).toEqual([0, 0]);
    expect(numbers(n.isInf(tensor([true])))).toEqual([0]);
  });

  test("lerp ends where it should, exactly", () => {
    const [a, b] = [double(0.1, 1e9), double(0.3, 1e-9)];
    expect(numbers(n.lerp(a, b, 0))).toEqual(numbers(a));
    expect(numbers(n.lerp(a, b, 1))).toEqual(numbers(b));
    expect(numbers(n.lerp(a, b, double(1, 0)))).toEqual([0.3, 1e9]);
  });

  test("lgamma and logNdtr", () => {
    const [first, second, ...rest] = numbers(n.lgamma(double(1, 2, 0, Infinity, -0.5, Number.NaN)));
    expect(first).toBeCloseTo(0, 13);
    expect(second).toBeCloseTo(0, 13);
    expect(rest).toEqual([Infinity, Infinity, Number.NaN, Number.NaN]);
    expect(numbers(n.logNdtr(double(-Infinity, Infinity, Number.NaN)))).toEqual([
      -Infinity,
      -0,
      Number.NaN,
    ]);
    expect(numbers(n.logNdtr(double(-40)))[0]).toBeCloseTo(-804.6084420137538, 10);
  });
});

test("int32 is refused by what has a derivative", () => {
  const x = tensor([1, 2], { dtype: "int32" });
  const { asin, atanh, exp2, lgamma, log2, logNdtr, sinh, tan } = n;
  for (const [name, f] of Object.entries({ asin, atanh, exp2, lgamma, log2, logNdtr, sinh, tan }))
    expect(() => f(x)).toThrow(`${name}: expected float32 or float64, got int32`);
  const { atan2, hypot, logaddexp, xlogy } = n;
  for (const [name, f] of Object.entries({ atan2, hypot, logaddexp, xlogy }))
    expect(() => f(x, x)).toThrow(`${name}: expected float32 or float64, got int32`);
  expect(() => n.trunc(tensor([true]))).toThrow("trunc: expected float32 or float64 or int32");
});

test("erf to the last digits", () => {
  const known = [
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3, 0.9999779095030014],
    [5.5, 0.9999999999999927],
  ] as const;
  for (const [x, y] of known)
    expect(Math.abs(numbers(n.erf(double(x)))[0]! - y)).toBeLessThan(2 ** -51);
  expect(numbers(n.erf(double(-7, Infinity, -0)))).toEqual([-1, 1, -0]);
});
