/** @file Arithmetic: the ops that most derivatives are written in. */

import { loops } from "../array.ts";
import { cast } from "./cast.ts";
import { type BinaryOp, binary, type UnaryOp, unary } from "./elementwise.ts";
import { zipLoop } from "./loops.ts";

/** a + b */
export const add: BinaryOp = binary({ name: "add", loop: loops.add, vjp: (ct) => [ct, ct] });

/** a − b */
export const sub: BinaryOp = binary({
  name: "sub",
  loop: loops.sub,
  vjp: (ct, { needs }) => [ct, needs[1] ? neg(ct) : null],
});

/** a · b, element by element */
export const mul: BinaryOp = binary({
  name: "mul",
  loop: loops.mul,
  vjp: (ct, { inputs: [a, b], needs }) => [needs[0] ? mul(ct, b!) : null, needs[1] ? mul(ct, a!) : null],
});

/** a / b */
export const div: BinaryOp = binary({
  name: "div",
  dtypes: ["float32", "float64"],
  loop: loops.div,
  vjp: (ct, { inputs: [, b], outputs: [y], needs }) => [
    needs[0] ? div(ct, b!) : null,
    needs[1] ? neg(div(mul(ct, y!), b!)) : null, // b̄ = −ȳ·(a/b)/b
  ],
});

/** −x */
export const neg: UnaryOp<void> = unary({
  name: "neg",
  dtypes: ["float32", "float64", "int32"],
  forward: (x) => -x,
  vjp: (ct) => neg(ct),
});

/** x² */
export const square: UnaryOp<void> = unary({
  name: "square",
  forward: (x) => x * x,
  vjp: (ct, { inputs: [x] }) => mul(ct, mul(2, x!)),
});

/** √x; NaN below 0 */
export const sqrt: UnaryOp<void> = unary({
  name: "sqrt",
  forward: Math.sqrt,
  vjp: (ct, { outputs: [y] }) => div(ct, mul(2, y!)),
});

/** eˣ */
export const exp: UnaryOp<void> = unary({ name: "exp", forward: Math.exp, vjp: (ct, { outputs: [y] }) => mul(ct, y!) });

/** ln x; NaN below 0, −∞ at 0 */
export const log: UnaryOp<void> = unary({ name: "log", forward: Math.log, vjp: (ct, { inputs: [x] }) => div(ct, x!) });

/** sin x, x in radians */
export const sin: UnaryOp<void> = unary({
  name: "sin",
  forward: Math.sin,
  vjp: (ct, { inputs: [x] }) => mul(ct, cos(x!)),
});

/** cos x, x in radians */
export const cos: UnaryOp<void> = unary({
  name: "cos",
  forward: Math.cos,
  vjp: (ct, { inputs: [x] }) => neg(mul(ct, sin(x!))),
});

const comparison = (name: string, f: (a: number, b: number) => boolean): BinaryOp =>
  binary({
    name,
    dtypes: ["float32", "float64", "int32", "bool"],
    result: "bool",
    loop: zipLoop((a, b) => (f(a, b) ? 1 : 0)),
    vjp: () => [null, null],
  });

/** 1 where a = b */
export const equal: BinaryOp = comparison("equal", (a, b) => a === b);

/** 1 where a ≠ b */
export const notEqual: BinaryOp = comparison("notEqual", (a, b) => a !== b);

/** 1 where a > b */
export const greater: BinaryOp = comparison("greater", (a, b) => a > b);

/** x limited to [min, max], either of which may be left out; the derivative is 1 at the limits, 0 beyond */
export const clamp: UnaryOp<{ readonly min?: number; readonly max?: number }> = unary({
  name: "clamp",
  forward: (x, { min = -Infinity, max = Infinity }) => Math.min(Math.max(x, min), max),
  vjp: (ct, { inputs: [x], outputs: [y] }) => mul(ct, cast(equal(x!, y!), x!.dtype)),
});
