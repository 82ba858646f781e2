/**
 * @file Arithmetic and the elementary functions, each beside its derivative. Most other derivatives
 * are written in them.
 */
import { ValueError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { inNameOf, numericDTypes, shapeOf } from "./check.ts";
import { type BinaryOp, binary, type UnaryOp, unary } from "./elementwise.ts";
import { equal, greater, greaterEqual, less, logicalAnd, where } from "./logic.ts";
import { compiledLoop } from "./loops.ts";
import { checkOptions, type OptionNames } from "./options.ts";

/**
 * a + b, element by element: [...] and [...], which broadcast → [...].
 * @throws ShapeError unless they broadcast; DTypeError unless their dtypes agree
 * @example add(tensor([1, 2]), 10); // [11, 12]
 */
export const add: BinaryOp = binary({
  name: "add",
  dtypes: numericDTypes,
  loop: compiledLoop("add", (a, b) => a + b),
  vjp: (ct) => [() => ct, () => ct],
});

/**
 * a − b, element by element: [...] and [...], which broadcast → [...].
 * @throws ShapeError unless they broadcast; DTypeError unless their dtypes agree
 * @example sub(1, tensor([1, 2])); // [0, -1]
 */
export const sub: BinaryOp = binary({
  name: "sub",
  dtypes: numericDTypes,
  loop: compiledLoop("sub", (a, b) => a - b),
  vjp: (ct) => [() => ct, () => neg(ct)],
});

/**
 * a · b, element by element: [...] and [...], which broadcast → [...].
 * @throws ShapeError unless they broadcast; DTypeError unless their dtypes agree
 * @example mul(tensor([[1], [2]]), tensor([3, 4])); // [[3, 4], [6, 8]]
 */
export const mul: BinaryOp = binary({
  name: "mul",
  dtypes: numericDTypes,
  loop: compiledLoop("mul", (a, b) => a * b),
  vjp: (ct, a, b) => [() => mul(ct, b), () => mul(ct, a)],
});

/**
 * a / b, element by element: [...] and [...], which broadcast → [...]; ±∞ or NaN where b is 0.
 * @throws ShapeError unless they broadcast; DTypeError unless both are of one floating dtype
 * @example div(tensor([1, 3]), 2); // [0.5, 1.5]
 */
export const div: BinaryOp = binary({
  name: "div",
  loop: compiledLoop("div", (a, b) => a / b),
  vjp: (ct, _, b, y) => [() => div(ct, b), () => neg(div(mul(ct, y), b))],
});

/**
 * aᵇ, element by element: [...] and [...], which broadcast → [...]; NaN for a negative base with a
 * fraction. At a base of 0, the derivative by an exponent ≥ 0 is 0, as is the one by the base of
 * 0⁰.
 * @throws ShapeError unless they broadcast; DTypeError unless both are of one floating dtype
 * @example pow(tensor([2, 3]), 2); // [4, 9]
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

/**
 * The greater or lesser of two; the one chosen gets the cotangent, equal ones half of it each, and
 * beside NaN, which is neither chosen nor not, both all of it.
 */
const extremum = (
  name: string,
  f: (a: number, b: number) => number,
  loses: typeof less,
): BinaryOp => {
  const share = (ct: Tensor, a: Tensor, b: Tensor) =>
    where(equal(a, b), mul(0.5, ct), where(loses(a, b), 0, ct));
  return binary({
    name,
    dtypes: numericDTypes,
    forward: f,
    vjp: (ct, a, b) => [() => share(ct, a, b), () => share(ct, b, a)],
  });
};

/**
 * The larger of a and b, element by element: [...] and [...], which broadcast → [...]. NaN wins;
 * equal ones share the cotangent.
 * @throws ShapeError unless they broadcast; DTypeError unless their dtypes agree
 * @example maximum(tensor([1, -1]), 0); // [1, 0]
 */
export const maximum: BinaryOp = extremum("maximum", Math.max, less);

/**
 * The smaller of a and b, element by element: [...] and [...], which broadcast → [...]. NaN wins;
 * equal ones share the cotangent.
 * @throws ShapeError unless they broadcast; DTypeError unless their dtypes agree
 * @example minimum(tensor([1, -1]), 0); // [0, -1]
 */
export const minimum: BinaryOp = extremum("minimum", Math.min, greater);

/** −x, element by element: [...] → [...]. @example neg(tensor([1, -2])); // [-1, 2] */
export const neg: UnaryOp = unary({
  name: "neg",
  dtypes: numericDTypes,
  forward: (x) => -x,
  vjp: (ct) => neg(ct),
});

/** Steps, whose derivative is 0. */
const stepwise = (name: string, forward: (x: number) => number): UnaryOp =>
  unary({ name, dtypes: numericDTypes, forward, vjp: () => null });

/**
 * The sign of x, element by element: [...] → [...] of −1, 0 and 1; its derivative is 0.
 * @example sign(tensor([-3, 0])); // [-1, 0]
 */
export const sign: UnaryOp = stepwise("sign", Math.sign);

/**
 * ⌊x⌋, the largest integer ≤ x, element by element: [...] → [...]; its derivative is 0.
 * @example floor(tensor([1.7, -1.2])); // [1, -2]
 */
export const floor: UnaryOp = stepwise("floor", Math.floor);

/**
 * ⌈x⌉, the smallest integer ≥ x, element by element: [...] → [...]; its derivative is 0.
 * @example ceil(tensor([1.2, -1.7])); // [2, -1]
 */
export const ceil: UnaryOp = stepwise("ceil", Math.ceil);

/**
 * The nearest integer, of two the even one, element by element: [...] → [...]; its derivative is 0.
 * @example round(tensor([0.5, 1.5, -1.6])); // [0, 2, -2]
 */
export const round: UnaryOp = stepwise("round", (x) => {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
});

/**
 * |x|, element by element: [...] → [...]; the derivative at 0 is 0.
 * @example abs(tensor([-3, 2])); // [3, 2]
 */
export const abs: UnaryOp = unary({
  name: "abs",
  dtypes: numericDTypes,
  forward: Math.abs,
  vjp: (ct, x) => mul(ct, sign(x)),
});

/** 1 / x, element by element: [...] → [...]. @example reciprocal(tensor([4])); // [0.25] */
export const reciprocal = (x: Tensor): Tensor => inNameOf("reciprocal", () => div(1, x));

/**
 * x², element by element: [...] → [...].
 * @throws DTypeError unless x is floating
 * @example square(tensor([3, -2])); // [9, 4]
 */
export const square: UnaryOp = unary({
  name: "square",
  forward: (x) => x * x,
  vjp: (ct, x) => mul(ct, mul(2, x)),
});

/**
 * √x, element by element: [...] → [...]; NaN below 0.
 * @throws DTypeError unless x is floating
 * @example sqrt(tensor([4, 9])); // [2, 3]
 */
export const sqrt: UnaryOp = unary({
  name: "sqrt",
  forward: Math.sqrt,
  vjp: (ct, _, y) => div(ct, mul(2, y)),
});

/**
 * eˣ, element by element: [...] → [...].
 * @throws DTypeError unless x is floating
 * @example exp(tensor([0, 1])); // [1, 2.7183]
 */
export const exp: UnaryOp = unary({
  name: "exp",
  forward: Math.exp,
  vjp: (ct, _, y) => mul(ct, y),
});

/**
 * eˣ − 1 without cancellation near 0, element by element: [...] → [...].
 * @throws DTypeError unless x is floating
 * @example expm1(tensor([0, 1])); // [0, 1.7183]
 */
export const expm1: UnaryOp = unary({
  name: "expm1",
  forward: Math.expm1,
  vjp: (ct, _, y) => mul(ct, add(y, 1)),
});

/**
 * ln x, element by element: [...] → [...]; NaN below 0, −∞ at 0.
 * @throws DTypeError unless x is floating
 * @example log(tensor([1, Math.E])); // [0, 1]
 */
export const log: UnaryOp = unary({ name: "log", forward: Math.log, vjp: (ct, x) => div(ct, x) });

/**
 * ln(1 + x) without cancellation near 0, element by element: [...] → [...].
 * @throws DTypeError unless x is floating
 * @example log1p(tensor([0, 1])); // [0, 0.6931]
 */
export const log1p: UnaryOp = unary({
  name: "log1p",
  forward: Math.log1p,
  vjp: (ct, x) => div(ct, add(x, 1)),
});

/**
 * sin x, x in radians, element by element: [...] → [...].
 * @throws DTypeError unless x is floating
 * @example sin(tensor([0, Math.PI / 2])); // [0, 1]
 */
export const sin: UnaryOp = unary({
  name: "sin",
  forward: Math.sin,
  vjp: (ct, x) => mul(ct, cos(x)),
});

/**
 * cos x, x in radians, element by element: [...] → [...].
 * @throws DTypeError unless x is floating
 * @example cos(tensor([0, Math.PI])); // [1, -1]
 */
export const cos: UnaryOp = unary({
  name: "cos",
  forward: Math.cos,
  vjp: (ct, x) => neg(mul(ct, sin(x))),
});

/** The limits of {@link clamp}. */
export interface ClampOptions {
  /** @defaultValue -Infinity */
  readonly min?: number;
  /** @defaultValue Infinity */
  readonly max?: number;
}
const clampNames: OptionNames<ClampOptions> = { min: true, max: true };

/**
 * x limited to min … max, element by element: [...] → [...]; the derivative is 1 at the limits, 0
 * beyond.
 * @throws ValueError unless min ≤ max
 * @example clamp(tensor([-1, 0.5, 2]), { min: 0, max: 1 }); // [0, 0.5, 1]
 */
export function clamp(x: Tensor, options: ClampOptions): Tensor {
  checkOptions("clamp", options, clampNames);
  const { min = -Infinity, max = Infinity } = options;
  shapeOf("clamp", x);
  if (min <= max)
    return inNameOf("clamp", () => where(less(x, min), min, where(greater(x, max), max, x)));
  throw new ValueError("clamp", "min ≤ max", `${min} and ${max}`);
}
