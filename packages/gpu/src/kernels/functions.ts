/**
 * @file The element-wise functions, as gpu.js's JavaScript; `x0`, `x1`, … are the operands. NaN
 * gives NaN.
 */
import * as c from "@spm/core";
import type * as extend from "@spm/core/extend";
import * as numeric from "@spm/numeric";
import { sumOfTwo } from "./elementwise.ts";
import { returnCos, returnSin } from "./trigonometry.ts";

/**
 * Statements that set `y` to tanh of a local. Below 0.625 Cephes' odd polynomial (Moshier): there
 * (1 − t) / (1 + t) loses digits.
 */
export const setTanh = (y: string, x: string): string =>
  `const ${y}M = Math.abs(${x}); const ${y}S = ${x} * ${x}; const ${y}T = Math.exp(-2 * ${y}M); ` +
  `let ${y} = (1 - ${y}T) / (1 + ${y}T); if (${x} < 0) { ${y} = -${y}; } ` +
  `if (${y}M < 0.625) { ${y} = ${x} + ${x} * ${y}S * (-0.333332819422 + ${y}S * (0.133314422036 ` +
  `+ ${y}S * (-0.0537397155531 + ${y}S * (0.0206390887954 - ${y}S * 0.00570498872745)))); } `;

/**
 * Statements that set `y` to σ of a local: e⁻ˣ may overflow, 1 / ∞ is right; NaN is kept, which
 * drivers' exponentials drop.
 */
export const setSigmoid = (y: string, x: string): string =>
  `const ${y} = ${x} === ${x} ? 1 / (1 + Math.exp(-${x})) : ${x}; `;

/** Taylor's series near 0, where eˣ − 1 would cancel. */
const expm1Body =
  "if (Math.abs(x0) < 0.5) { return x0 * (1 + x0 * (0.5 + x0 * " +
  "(0.16666666667 + x0 * (0.041666666667 + x0 * (0.0083333333333 + x0 * " +
  "(0.0013888888889 + x0 * (0.0001984126984 + x0 * 0.0000248015873))))))); } " +
  "return x0 === x0 ? Math.exp(x0) - 1 : x0;";

/**
 * Statements that set `l` to ln(1 + v) without cancellation (Kahan): the rounding of 1 + v divides
 * out.
 */
const log1pOf = (v: string): string =>
  `const u = 1 + ${v}; let l = ${v}; if (u !== 1) { l = Math.log(u) * ${v} / (u - 1); } `;

/**
 * Statements that set `y` to erf of a local, to 1.5e-7 (Abramowitz and Stegun 7.1.26); near 0,
 * where that is not relative, Taylor's series.
 */
export const setErf = (y: string, x: string): string =>
  `const ${y}M = Math.abs(${x}); const ${y}T = 1 / (1 + 0.3275911 * ${y}M); ` +
  `let ${y} = 1 - ${y}T * (0.254829592 + ${y}T * (-0.284496736 + ${y}T * ` +
  `(1.421413741 + ${y}T * (-1.453152027 + ${y}T * 1.061405429)))) * Math.exp(-${y}M * ${y}M); ` +
  `if (${x} < 0) { ${y} = -${y}; } if (${y}M < 0.1) { const ${y}Z = ${x} * ${x}; ` +
  `${y} = 1.1283791670955126 * ${x} * (1 - ${y}Z * ` +
  `(0.33333333333 - ${y}Z * (0.1 - ${y}Z * 0.023809523810))); } `;

/**
 * Returns NaN, made of what the device loaded: WGSL has no such constant, and drivers give any
 * number for the logarithm of NaN.
 */
const returnNaN = "return (x0 - x0) / (x0 - x0);";

/** ln x times a factor. Some drivers say ln 0 = −88, ln −99 = 4.6 and ln NaN = 89. */
const logOf = (factor: number): string =>
  `if (x0 > 0) { return Math.log(x0) * ${factor}; } if (x0 === 0) { ` +
  `return -1 / Math.abs(x0); } ${returnNaN}`;

/**
 * If 1 + x rounds to x, its logarithm is that of x: also at infinity, where Kahan's quotient is
 * NaN.
 */
const log1pBody =
  `if (x0 > -1) { ${log1pOf("x0")}if (u === x0) { l = Math.log(x0); } return l; } ` +
  `if (x0 === -1) { return -1 / (1 + x0); } ${returnNaN}`;

/** GPUs know powers of positive numbers only. */
const powBody =
  "if (x1 === 0) { return 1; } if (x0 === 1) { return 1; } if (x0 === x0) { if (x1 === x1) { " +
  "const m = Math.abs(x0); let r = Math.pow(m, x1); if (m === 0) { " +
  "r = x1 > 0 ? 0 : 1 / m; } if (m === 1) { r = 1; } " +
  "if (x0 < 0) { const h = Math.floor(x1); if (h === x1) { if (h - 2 * Math.floor(h * 0.5) " +
  "> 0) { r = -r; } } else { if (1 / m > 0) { r = Math.sqrt(x0); } } } return r; " +
  "} return x1; } return x0;";

/** The larger or smaller of two: a GPU's own drops NaN. */
const extremeBody = (name: "max" | "min"): string =>
  `if (x0 === x0) { if (x1 === x1) { return Math.${name}(x0, x1); } return x1; } return x0;`;

/**
 * asinh x is ln 2x once 1 + x² rounds to x². Before, ln(1 + v) with v = x + x² / (1 + √(1 + x²))
 * of |x|.
 */
const asinhBody =
  "const m = Math.abs(x0); let v = m; " +
  "if (m < 1e9) { v = m + m * (m / (1 + Math.sqrt(1 + m * m))); } " +
  `${log1pOf("v")}if (m >= 1e9) { l = Math.log(m) + 0.69314718056; } ` +
  "if (x0 < 0) { return -l; } return x0 === x0 ? l : x0;";

/** sinh x by its series below 1; e^(x/2) twice, so that it overflows where the result does. */
const sinhBody =
  "const m = Math.abs(x0); const z = x0 * x0; let y = x0; " +
  "if (m < 1) { y = x0 + x0 * z * (0.16666666667 + z * (0.0083333333333 + z * " +
  "(0.0001984126984 + z * 0.00000275573192))); } else { const e = Math.exp(0.5 * m); " +
  "y = 0.5 * e * e - 0.5 / e / e; if (x0 < 0) { y = -y; } } return x0 === x0 ? y : x0;";

const coshBody =
  "const e = Math.exp(0.5 * Math.abs(x0)); const y = 0.5 * e * e + 0.5 / e / e; " +
  "return x0 === x0 ? y : x0;";

/**
 * Cephes' arctan (Moshier) of the smaller side over the larger one, and the octant's angle; −0
 * counts as negative.
 */
const atan2Body =
  "const m = Math.abs(x0); const n = Math.abs(x1); const h = Math.max(m, n); " +
  "let t = Math.min(m, n); let a = 0; if (m === n) { t = m > 0 ? 1 : 0; } else { t = t / h; } " +
  "if (t > 0.41421356237) { t = (t - 1) / (t + 1); a = 0.78539816340; } const z = t * t; " +
  "a = a + (t + t * z * (-0.333329491539 + z * (0.199777106478 + z * (-0.138776856032 " +
  "+ z * 0.0805374449538)))); if (m > n) { a = 1.5707963268 - a; } " +
  "if (x1 < 0) { a = 3.1415926536 - a; } else { if (x1 === 0) { if (1 / x1 < 0) { " +
  "a = 3.1415926536 - a; } } } if (x0 < 0) { a = -a; } else { if (x0 === 0) { " +
  "if (1 / x0 < 0) { a = -a; } } } if (x0 === x0) { return x1 === x1 ? a : x1; } return x0;";

/** The larger side times √(1 + the square of the smaller one over it); ∞ beside NaN, too. */
const hypotBody =
  "const a = Math.abs(x0); const b = Math.abs(x1); if (a > 3.4028235e38) { return a; } " +
  "if (b > 3.4028235e38) { return b; } if (x0 === x0) { if (x1 === x1) { " +
  "const m = Math.max(a, b); let t = 0; if (m > 0) { t = Math.min(a, b) / m; } " +
  "return m * Math.sqrt(1 + t * t); } return x1; } return x0;";

/** The quotient is rounded, so that the rest may be off by one divisor. */
const remainderBody =
  "let r = x0 - Math.floor(x0 / x1) * x1; if (x1 > 0) { if (r < 0) { r = r + x1; } " +
  "if (r >= x1) { r = r - x1; } } else { if (r > 0) { r = r + x1; } " +
  "if (r <= x1) { r = r - x1; } } return r;";

/**
 * ln Φ from ln erfc |x|/√2 (Chebyshev, to 1.2e-7 of erfc: Press et al., Numerical Recipes 6.2).
 */
const logNdtrBody =
  "const z = Math.abs(x0) * 0.70710678119; const t = 1 / (1 + 0.5 * z); " +
  "let l = Math.log(0.5 * t) - z * z - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * " +
  "(0.09678418 + t * (-0.18628806 + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 " +
  "+ t * (-0.82215223 + t * 0.17087277)))))))); if (x0 >= 0) { const e = -Math.exp(l); " +
  "const u = 1 + e; l = e; if (u !== 1) { l = Math.log(u) * e / (u - 1); } } " +
  "return x0 === x0 ? l : x0;";

/** The nearest integer, of two the even one. */
const roundBody =
  "const f = Math.floor(x0); const d = x0 - f; if (d < 0.5) { return f; } " +
  "if (d === 0.5) { if (f - 2 * Math.floor(f * 0.5) === 0) { return f; } } return f + 1;";

/** A primitive of an element-wise function. */
type Elementwise = extend.Primitive<[x: 1, ...more: 1[]], [y: 1], void>;

/** Bodies by primitive. */
export const functions: ReadonlyMap<Elementwise, string> = new Map<Elementwise, string>([
  [c.neg.primitive, "return -x0;"],
  [
    c.sign.primitive,
    "if (x0 > 0) { return 1; } if (x0 < 0) { return -1; } return x0 === x0 ? 0 : x0;",
  ], // never a subnormal x
  [c.abs.primitive, "return Math.abs(x0);"],
  [c.square.primitive, "return x0 * x0;"],
  [c.sqrt.primitive, "return Math.sqrt(x0);"],
  [c.exp.primitive, "return x0 === x0 ? Math.exp(x0) : x0;"], // some drivers say e^NaN = ∞
  [c.expm1.primitive, expm1Body],
  [c.log.primitive, logOf(1)],
  [c.log1p.primitive, log1pBody],
  [c.sin.primitive, returnSin("x0")],
  [c.cos.primitive, returnCos("x0")],
  [numeric.erf.primitive, `${setErf("y", "x0")}return x0 === x0 ? y : x0;`],
  // a GPU's max(NaN, 0) is 0
  [c.relu.primitive, "if (x0 === x0) { return Math.max(x0, 0); } return x0;"],
  [
    c.sigmoid.primitive,
    "if (x0 < 0) { const e = Math.exp(x0); return e / (1 + e); " +
      "} return x0 === x0 ? 1 / (1 + Math.exp(-x0)) : x0;",
  ],
  [
    c.softplus.primitive,
    `const e = Math.exp(-Math.abs(x0)); ${log1pOf("e")}if (x0 === x0) { ` +
      "return Math.max(x0, 0) + l; } return x0;",
  ],
  [c.tanh.primitive, `${setTanh("y", "x0")}return y;`],
  [c.floor.primitive, "return Math.floor(x0);"],
  [c.ceil.primitive, "return Math.ceil(x0);"],
  [c.round.primitive, roundBody],
  [numeric.trunc.primitive, "return x0 < 0 ? Math.ceil(x0) : Math.floor(x0);"],
  [numeric.asinh.primitive, asinhBody],
  [numeric.sinh.primitive, sinhBody],
  [numeric.cosh.primitive, coshBody],
  [numeric.log2.primitive, logOf(Math.LOG2E)],
  [numeric.log10.primitive, logOf(Math.LOG10E)],
  [numeric.logNdtr.primitive, logNdtrBody],
  [numeric.atan2.primitive, atan2Body],
  [numeric.hypot.primitive, hypotBody],
  [numeric.remainder.primitive, remainderBody],
  [c.add.primitive, sumOfTwo],
  [c.sub.primitive, "return x0 - x1;"],
  [c.mul.primitive, "return x0 * x1;"],
  [c.div.primitive, "return x0 / x1;"],
  [c.pow.primitive, powBody],
  [c.maximum.primitive, extremeBody("max")],
  [c.minimum.primitive, extremeBody("min")],
]);

/**
 * Bodies of the comparisons, whose results are bool. WGSL's != is false beside NaN, so they are
 * made of ===.
 */
export const comparisons: ReadonlyMap<Elementwise, string> = new Map<Elementwise, string>([
  [c.equal.primitive, "return x0 === x1 ? 1 : 0;"],
  [c.notEqual.primitive, "return x0 === x1 ? 0 : 1;"],
  [c.greater.primitive, "return x0 > x1 ? 1 : 0;"],
  [c.greaterEqual.primitive, "return x0 >= x1 ? 1 : 0;"],
  [c.logicalAnd.primitive, "return x0 === 0 ? 0 : (x1 === 0 ? 0 : 1);"],
  [c.logicalOr.primitive, "return x0 === 0 ? (x1 === 0 ? 0 : 1) : 1;"],
]);
