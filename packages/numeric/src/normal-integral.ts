/** @file The error function, and the logarithm of the normal distribution's integral. */
import { exp, mul, neg, square, sub } from "@spm/core";
import { type UnaryOp, unary } from "@spm/core/extend";

/** 2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, all of one sign (Abramowitz and Stegun 7.1.6). */
function erfSeries(x: number): number {
  let [term, total] = [x, x];
  for (let n = 1; Math.abs(term) > Math.abs(total) * 1e-17; n++)
    total += term *= (2 * x * x) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/**
 * erf x = 2/√π ∫₀ˣ e^(−t²) dt to the last digits of float64, element by element.
 * @param x - floating [...]
 * @returns [...], x's shape
 * @throws DTypeError unless x is floating
 * @example erf(tensor([0, 1])); // [0, 0.8427]
 */
export const erf: UnaryOp = unary({
  name: "erf",
  forward: (x) => (Math.abs(x) < 6 ? erfSeries(x) : Math.sign(x)), // 1 − erf 6 < 2⁻⁵³
  vjp: (ct, x) => mul(ct, mul(2 / Math.sqrt(Math.PI), exp(neg(square(x))))),
});

/** ln erfc z for z ≥ 0: by erf's series below 1.5, by the continued fraction from there on. */
function logErfc(z: number): number {
  if (z < 1.5) return Math.log1p(-erfSeries(z));
  // √π e^(z²) erfc z = 1/(z + ½/(z + 1/(z + 3⁄2/(z + …)))) (Abramowitz and Stegun 7.1.14)
  let fraction = z;
  for (let k = 100; k >= 1; k--) fraction = z + k / 2 / fraction;
  return -z * z - Math.log(Math.sqrt(Math.PI) * fraction);
}

/**
 * ln Φ(x), the logarithm of the probability that a standard normal number is below x; exact where
 * Φ itself is 0 in floating point.
 * @param x - floating [...]
 * @returns [...], as x. On wasm it runs on the reference. The derivative φ(x)/Φ(x), computed as
 * e^(−x²/2 − y)/√(2π), has a relative error of about x² roundings far below 0
 * @throws DTypeError for other dtypes
 * @example logNdtr(tensor([0, -2])); // [-0.6931, -3.7832]
 */
export const logNdtr: UnaryOp = unary({
  name: "logNdtr",
  forward: (x) => {
    if (x < 0) return logErfc(-x * Math.SQRT1_2) - Math.LN2;
    return Math.log1p(-0.5 * Math.exp(logErfc(x * Math.SQRT1_2)));
  },
  vjp: (ct, x, y) =>
    mul(ct, exp(sub(neg(mul(0.5, square(x))), sub(y, -0.5 * Math.log(2 * Math.PI))))),
});
