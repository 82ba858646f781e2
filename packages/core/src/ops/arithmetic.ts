/**
 * @file Arithmetic and the elementary functions, each beside its derivative: what most other
 * derivatives are written in.
 */
import { ValueError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { cast } from "./cast.ts";
import { numericDTypes } from "./check.ts";
import { type BinaryOp, binary, type UnaryOp, unary } from "./elementwise.ts";
import { equal, greater, greaterEqual, less, lessEqual, logicalAnd, where } from "./logic.ts";
import { compiledLoop } from "./loops.ts";

/** a + b */
export const add: BinaryOp = binary({
  name: "add",
  dtypes: numericDTypes,
  loop: compiledLoop("add", (a, b) => a + b),
  vjp: (ct) => [() => ct, () => ct],
});

/** a − b */
export const sub: BinaryOp = binary({
  name: "sub",
  dtypes: numericDTypes,
  loop: compiledLoop("sub", (a, b) => a - b),
  vjp: (ct) => [() => ct, () => neg(ct)],
});

/** a · b, element by element */
export const mul: BinaryOp = binary({
  name: "mul",
  dtypes: numericDTypes,
  loop: compiledLoop("mul", (a, b) => a * b),
  vjp: (ct, a, b) => [() => mul(ct, b), () => mul(ct, a)],
});

/** a / b */
export const div: BinaryOp = binary({
  name: "div",
  loop: compiledLoop("div", (a, b) => a / b),
  vjp: (ct, _, b, y) => [() => div(ct, b), () => neg(div(mul(ct, y), b))],
});

/**
 * aᵇ; NaN for a negative base and a fraction. Derivatives at a base of 0: 0 by an exponent ≥ 0, and
 * by the base of 0⁰
 */
export const pow: BinaryOp = binary({
  name: "pow",
  // as IEEE 754 wants it
  forward: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  vjp: (ct, a, b, y) => {
    const unless = (singular: Tensor) => where(logicalAnd(equal(a, 0), singular), 1, a);
    const byBase = () => mul(ct, mul(b, pow(unless(equal(b, 0)), sub(b, 1)))); // b·aᵇ⁻¹
    return [byBase, () => mul(ct, mul(y, log(unless(greaterEqual(b, 0)))))]; // aᵇ·ln a
  },
});

/** An extremum of two; the operand that wins gets the cotangent, equal ones half of it each. */
function extremum(
  name: string,
  f: (a: number, b: number) => number,
  wins: typeof less,
  ties: typeof less,
): BinaryOp {
  const share = (ct: Tensor, a: Tensor, b: Tensor) => {
    const halves = add(cast(wins(a, b), ct.dtype), cast(ties(a, b), ct.dtype));
    return mul(ct, mul(0.5, halves));
  };
  return binary({
    name,
    dtypes: numericDTypes,
    forward: f,
    vjp: (ct, a, b) => [() => share(ct, a, b), () => share(ct, b, a)],
  });
}

/** The larger of a and b; NaN wins */
export const maximum: BinaryOp = extremum("maximum", Math.max, greater, greaterEqual);

/** The smaller of a and b; NaN wins */
export const minimum: BinaryOp = extremum("minimum", Math.min, less, lessEqual);

/** −x */
export const neg: UnaryOp = unary({
  name: "neg",
  dtypes: numericDTypes,
  forward: (x) => -x,
  vjp: (ct) => neg(ct),
});

/** −1, 0 or 1 */
export const sign: UnaryOp = unary({
  name: "sign",
  dtypes: numericDTypes,
  forward: Math.sign,
  vjp: () => null,
});

/** |x|; the derivative at 0 is 0 */
export const abs: UnaryOp = unary({
  name: "abs",
  dtypes: numericDTypes,
  forward: Math.abs,
  vjp: (ct, x) => mul(ct, sign(x)),
});

/** 1 / x */
export const reciprocal = (x: Tensor): Tensor => div(1, x);

/** x² */
export const square: UnaryOp = unary({
  name: "square",
  forward: (x) => x * x,
  vjp: (ct, x) => mul(ct, mul(2, x)),
});

/** √x; NaN below 0 */
export const sqrt: UnaryOp = unary({
  name: "sqrt",
  forward: Math.sqrt,
  vjp: (ct, _, y) => div(ct, mul(2, y)),
});

/** eˣ */
export const exp: UnaryOp = unary({
  name: "exp",
  forward: Math.exp,
  vjp: (ct, _, y) => mul(ct, y),
});

/** eˣ − 1, exact near 0 */
export const expm1: UnaryOp = unary({
  name: "expm1",
  forward: Math.expm1,
  vjp: (ct, _, y) => mul(ct, add(y, 1)),
});

/** ln x; NaN below 0, −∞ at 0 */
export const log: UnaryOp = unary({ name: "log", forward: Math.log, vjp: (ct, x) => div(ct, x) });

/** ln(1 + x), exact near 0 */
export const log1p: UnaryOp = unary({
  name: "log1p",
  forward: Math.log1p,
  vjp: (ct, x) => div(ct, add(x, 1)),
});

/** sin x, x in radians */
export const sin: UnaryOp = unary({
  name: "sin",
  forward: Math.sin,
  vjp: (ct, x) => mul(ct, cos(x)),
});

/** cos x, x in radians */
export const cos: UnaryOp = unary({
  name: "cos",
  forward: Math.cos,
  vjp: (ct, x) => neg(mul(ct, sin(x))),
});

/** erf x = 2/√π ∫₀ˣ e^(−t²) dt, to the last digits of float64 */
export const erf: UnaryOp = unary({
  name: "erf",
  forward: (x) => {
    if (!(Math.abs(x) < 6)) return Math.sign(x); // 1 − erf 6 < 2⁻⁵³
    // 2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, all of one sign (Abramowitz and Stegun 7.1.6)
    let [term, total] = [x, x];
    for (let n = 1; Math.abs(term) > Math.abs(total) * 1e-17; n++)
      total += term *= (2 * x * x) / (2 * n + 1);
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
  },
  vjp: (ct, x) => mul(ct, mul(2 / Math.sqrt(Math.PI), exp(neg(square(x))))),
});

/**
 * x limited to [min, max], either of which may be left out; the derivative is 1 at the limits, 0
 * beyond.
 * @throws ValueError unless min ≤ max
 * @example clamp(x, { min: 0 });
 */
export function clamp(
  x: Tensor,
  { min = -Infinity, max = Infinity }: { min?: number; max?: number },
): Tensor {
  if (min <= max) return where(less(x, min), min, where(greater(x, max), max, x));
  throw new ValueError("clamp", "min ≤ max", `${min} and ${max}`);
}
