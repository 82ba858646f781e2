/**
 * @file The checker finds what is wrong: a factor of 2.001 for 2, one element of many, a second
 * derivative only.
 */
import { describe, expect, test } from "vitest";
import { unary } from "./extend.ts";
import {
  type Differentiable,
  gradcheck,
  gradgradcheck,
  mul,
  square,
  sum,
  type Tensor,
  tensor,
} from "./index.ts";

const x = tensor([0.3, -1.2, 2], { dtype: "float64" });

/** x², with a derivative of choice. */
const squareWith = (vjp: (ct: Tensor, x: Tensor) => Tensor): Differentiable =>
  unary({ name: "square by hand", forward: (v) => v * v, vjp }) as Differentiable;

describe("gradcheck", () => {
  test("reports the worst disagreement of a right derivative, which is rounding", () => {
    const report = gradcheck(
      squareWith((ct, x) => mul(ct, mul(2, x))),
      [x],
    );
    expect(report.error).toBeLessThan(1e-8);
    expect(report.moved).toMatch(/^element \d of input 0$|^all inputs along a random direction$/);
    expect(Math.abs(report.analytic - report.numeric)).toBeLessThan(1e-8);
  });

  test("refuses 2.001 for 2", () => {
    const wrong = squareWith((ct, x) => mul(ct, mul(2.001, x)));
    expect(() => gradcheck(wrong, [x])).toThrow(
      /^gradcheck: expected a derivative within 0\.000001 of the difference quotient/,
    );
  });

  test("names the one element that is wrong, of the input that is wrong", () => {
    const f = (a: Tensor, b: Tensor) =>
      mul(
        square(a),
        squareWith((ct, t) => mul(ct, mul(t, tensor([2, 2.1, 2], { dtype: "float64" }))))(b),
      );
    expect(() => gradcheck(f, [tensor([1, 1, 1], { dtype: "float64" }), x])).toThrow(
      /\(moved element 1 of input 1\)$/,
    );
  });

  test("finds what no single element shows: a derivative that is not linear", () => {
    const f = squareWith((ct, t) => mul(mul(2, t), mul(ct, ct)));
    expect(() => gradcheck(f, [x])).toThrow(/gradcheck/);
  });

  test("refuses NaN, which agrees with nothing", () => {
    const f = squareWith((ct) => mul(ct, Number.NaN));
    expect(() => gradcheck(f, [x])).toThrow(/got NaN/);
  });

  test("takes float64 only", () => {
    expect(() => gradcheck(square, [tensor([1])])).toThrow(
      "gradcheck: expected float64, got float32",
    );
  });

  test("may be told how far and how close", () => {
    const wrong = squareWith((ct, x) => mul(ct, mul(2.001, x)));
    expect(gradcheck(wrong, [x], { tolerance: 0.01, step: 1e-4, seed: 3 }).error).toBeGreaterThan(
      1e-4,
    );
  });
});

describe("gradgradcheck", () => {
  const twice = (factor: number) => {
    const slope = unary({
      name: "2x by hand",
      forward: (v) => 2 * v,
      vjp: (ct) => mul(ct, factor),
    });
    return squareWith((ct, x) => mul(ct, slope(x)));
  };

  test("passes what is right to the second order", () => {
    expect(gradgradcheck(twice(2), [x]).error).toBeLessThan(1e-7);
  });

  test("refuses a first derivative that is right with a second that is not", () => {
    expect(gradcheck(twice(2.001), [x]).error).toBeLessThan(1e-7);
    expect(() => gradgradcheck(twice(2.001), [x])).toThrow(/difference quotient/);
  });

  test("also by the cotangent", () => {
    const f = (a: Tensor, b: Tensor) => sum(mul(a, square(b)));
    expect(gradgradcheck(f, [x, x]).error).toBeLessThan(1e-7);
  });
});
