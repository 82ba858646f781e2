/**
 * @file The element-wise functions, as gpu.js's JavaScript; `x0`, `x1`, … are the operands. NaN
 * gives NaN.
 */
import * as c from "@spm/core";
import type * as extend from "@spm/core/extend";
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
 * erf to 1.5e-7 (Abramowitz and Stegun 7.1.26); near 0, where that is not relative, Taylor's
 * series.
 */
const erfBody =
  "const m = Math.abs(x0); if (m < 0.1) { const z = x0 * x0; " +
  "return 1.1283791670955126 * x0 * (1 - z * " +
  "(0.33333333333 - z * (0.1 - z * 0.023809523810))); } " +
  "const t = 1 / (1 + 0.3275911 * m); " +
  "const y = 1 - t * (0.254829592 + t * (-0.284496736 + t * " +
  "(1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-m * m); " +
  "if (x0 < 0) { return -y; } return x0 === x0 ? y : x0;";

/**
 * Returns NaN, made of what the device loaded: WGSL has no such constant, and drivers give any
 * number for the logarithm of NaN.
 */
const returnNaN = "return (x0 - x0) / (x0 - x0);";

/** Some drivers say ln 0 = −88, ln −99 = 4.6 and ln NaN = 89. */
const logBody =
  "if (x0 > 0) { return Math.log(x0); } if (x0 === 0) { " +
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
  [c.log.primitive, logBody],
  [c.log1p.primitive, log1pBody],
  [c.sin.primitive, returnSin("x0")],
  [c.cos.primitive, returnCos("x0")],
  [c.erf.primitive, erfBody],
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
  [c.add.primitive, "return x0 + x1;"],
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
