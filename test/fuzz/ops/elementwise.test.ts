/** @file Element-wise ops against their formulas, one number at a time. */
import * as c from "@spm/core";
import * as nn from "@spm/nn";
import fc from "fast-check";
import { test } from "vitest";
import { anyDType, type Operand, operand, related, runs, shapes, tensorOf } from "./arbitrary.ts";
import { agree, broadcast, build, getBroadcast, outcome, type Plain } from "./plain.ts";

const floating = ["float32", "float64"];
const numeric = [...floating, "int32"];

/** A result rounded to its dtype; undefined where int32 can't hold it. */
function rounded(plain: Plain, dtype: string): Plain | "refused" {
  if (dtype === "int32" && plain.values.some((v) => (Math.trunc(v) | 0) !== Math.trunc(v)))
    return "refused";
  return dtype === "float32" ? { ...plain, values: plain.values.map(Math.fround) } : plain;
}

interface Unary {
  readonly op: (x: c.Tensor) => c.Tensor;
  readonly formula: (x: number) => number;
  readonly dtypes?: readonly string[];
}

/**
 * Formulas that are not the implementation's where it matters: stable ones from naive ones, inside
 * of their range.
 */
const unary: Record<string, Unary> = {
  neg: { op: c.neg, formula: (x) => 0 - x, dtypes: numeric },
  abs: { op: c.abs, formula: (x) => (x < 0 ? -x : x), dtypes: numeric },
  sign: { op: c.sign, formula: (x) => (x > 0 ? 1 : x < 0 ? -1 : x), dtypes: numeric },
  floor: { op: c.floor, formula: (x) => -Math.ceil(-x), dtypes: numeric },
  ceil: { op: c.ceil, formula: (x) => -Math.floor(-x), dtypes: numeric },
  round: {
    op: c.round,
    // a sum with no bits left for fractions rounds halves to even
    formula: (x) => (Math.abs(x) < 2 ** 51 ? x + 2 ** 52 * 1.5 - 2 ** 52 * 1.5 : x),
    dtypes: numeric,
  },
  reciprocal: { op: c.reciprocal, formula: (x) => 1 / x },
  square: { op: c.square, formula: (x) => x ** 2 },
  sqrt: { op: c.sqrt, formula: (x) => (x < 0 ? Number.NaN : x ** 0.5) },
  exp: { op: c.exp, formula: (x) => Math.E ** x },
  expm1: { op: c.expm1, formula: (x) => (Math.abs(x) < 1e-5 ? x + (x * x) / 2 : Math.exp(x) - 1) },
  log: { op: c.log, formula: (x) => Math.log2(x) * Math.LN2 },
  log1p: { op: c.log1p, formula: (x) => (Math.abs(x) < 1e-5 ? x - (x * x) / 2 : Math.log(1 + x)) },
  sin: { op: c.sin, formula: (x) => (Math.abs(x) > 100 ? Math.sin(x) : Math.cos(x - Math.PI / 2)) },
  cos: { op: c.cos, formula: (x) => (Math.abs(x) > 100 ? Math.cos(x) : Math.sin(x + Math.PI / 2)) },
  tanh: {
    op: c.tanh,
    formula: (x) => (Math.abs(x) > 20 ? Math.sign(x) : 1 - 2 / (Math.exp(2 * x) + 1)),
  },
  sigmoid: { op: c.sigmoid, formula: (x) => 0.5 + 0.5 * Math.tanh(x / 2) },
  softplus: { op: c.softplus, formula: (x) => (x > 700 ? x : Math.log(1 + Math.exp(x))) },
  relu: { op: c.relu, formula: (x) => (Number.isNaN(x) || x > 0 ? x : 0) },
  leakyRelu: { op: nn.leakyRelu, formula: (x) => (x > 0 ? x : 0.01 * x) },
  elu: { op: nn.elu, formula: (x) => (x > 0 ? x : Math.exp(x) - 1) },
  silu: { op: nn.silu, formula: (x) => x * (0.5 + 0.5 * Math.tanh(x / 2)) },
};

const tolerances: Record<string, number> = { float64: 1e-11, float32: 3e-7, int32: 0 };

test("unary ops", () => {
  const names = fc.constantFrom(...Object.keys(unary));
  fc.assert(
    fc.property(names, operand(shapes, anyDType), (name, x) => {
      const { op, formula, dtypes = floating } = unary[name]!;
      const expected = dtypes.includes(x.dtype)
        ? rounded({ ...x.plain, values: x.plain.values.map(formula) }, x.dtype)
        : "refused";
      return agree(
        outcome(() => op(tensorOf(x))),
        expected,
        tolerances[x.dtype],
      );
    }),
    runs,
  );
});

interface Binary {
  readonly op: (a: c.TensorLike, b: c.TensorLike) => c.Tensor;
  readonly formula: (a: number, b: number) => number;
  readonly dtypes?: readonly string[];
  readonly result?: string;
}

const comparison = (op: Binary["op"], holds: (a: number, b: number) => boolean): Binary => ({
  op,
  formula: (a, b) => (holds(a, b) ? 1 : 0),
  dtypes: [...numeric, "bool"],
  result: "bool",
});

const power = (a: number, b: number): number => {
  if (b === 0 || a === 1) return 1;
  if (a === -1 && Math.abs(b) === Infinity) return 1;
  return a ** b;
};

const binary: Record<string, Binary> = {
  add: { op: c.add, formula: (a, b) => a + b },
  sub: { op: c.sub, formula: (a, b) => a - b },
  mul: { op: c.mul, formula: (a, b) => a * b },
  div: { op: c.div, formula: (a, b) => a / b, dtypes: floating },
  pow: { op: c.pow, formula: power, dtypes: floating },
  maximum: { op: c.maximum, formula: (a, b) => (Number.isNaN(a) || a > b ? a : b) },
  minimum: { op: c.minimum, formula: (a, b) => (Number.isNaN(a) || a < b ? a : b) },
  equal: comparison(c.equal, (a, b) => a === b),
  notEqual: comparison(c.notEqual, (a, b) => !(a === b)),
  greater: comparison(c.greater, (a, b) => a > b),
  greaterEqual: comparison(c.greaterEqual, (a, b) => a >= b),
  less: comparison(c.less, (a, b) => a < b),
  lessEqual: comparison(c.lessEqual, (a, b) => a <= b),
  logicalAnd: comparison(c.logicalAnd, (a, b) => a !== 0 && b !== 0),
  logicalOr: comparison(c.logicalOr, (a, b) => a !== 0 || b !== 0),
};

/** What `formula` gives over the broadcast shape. */
function zipped(formula: (...v: number[]) => number, ...xs: Plain[]): Plain | "refused" {
  const shape = broadcast(...xs.map((x) => x.shape));
  return shape === undefined
    ? "refused"
    : build(shape, (index) => formula(...xs.map((x) => getBroadcast(x, index))));
}

const pair = operand(shapes, anyDType).chain((a) =>
  fc.tuple(
    fc.constant(a),
    operand(related(a.plain.shape), fc.oneof(fc.constant(a.dtype), anyDType)),
  ),
);

test("binary ops with broadcasting", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(binary)), pair, (name, [a, b]) => {
      const { op, formula, dtypes = numeric, result = a.dtype } = binary[name]!;
      const numbers = zipped(formula, a.plain, b.plain);
      const allowed = a.dtype === b.dtype && dtypes.includes(a.dtype) && numbers !== "refused";
      const expected = allowed ? rounded(numbers, result) : "refused";
      return agree(
        outcome(() => op(tensorOf(a), tensorOf(b))),
        expected,
      );
    }),
    runs,
  );
});

test("a number takes the dtype of the tensor beside it", () => {
  const numbers = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(0.1, 1e10, Number.NaN, Infinity),
  );
  fc.assert(
    fc.property(
      fc.constantFrom("add", "mul", "greater"),
      operand(shapes, anyDType),
      numbers,
      (name, a, number) => {
        const { op, formula, dtypes = numeric, result = a.dtype } = binary[name]!;
        const fits =
          floating.includes(a.dtype) ||
          (a.dtype === "int32" ? (number | 0) === number : number === 0 || number === 1);
        const value = a.dtype === "float32" ? Math.fround(number) : number;
        const numbers = { ...a.plain, values: a.plain.values.map((v) => formula(v, value)) };
        const expected = fits && dtypes.includes(a.dtype) ? rounded(numbers, result) : "refused";
        return agree(
          outcome(() => op(tensorOf(a), number)),
          expected,
        );
      },
    ),
    runs,
  );
});

test("where, clamp and cast", () => {
  const masks = (a: Operand) =>
    operand(related(a.plain.shape), fc.oneof(fc.constant<c.DType>("bool"), anyDType));
  const triple = pair.chain(([a, b]) => fc.tuple(masks(a), fc.constant(a), fc.constant(b)));
  fc.assert(
    fc.property(triple, anyDType, fc.double(), fc.double(), ([mask, a, b], dtype, low, high) => {
      const chosen = zipped((m, x, y) => (m !== 0 ? x : y), mask.plain, a.plain, b.plain);
      const whereOk = mask.dtype === "bool" && a.dtype === b.dtype;
      const where = outcome(() => c.where(tensorOf(mask), tensorOf(a), tensorOf(b)));
      const clamped = outcome(() => c.clamp(tensorOf(a), { min: low, max: high }));
      const limit = (v: number) => [...(v < low ? [low] : []), ...(v > high ? [high] : []), v][0]!;
      const clampOk = low <= high && a.dtype === "float64";
      const cast = outcome(() => c.cast(tensorOf(a), dtype));
      return (
        agree(where, whereOk ? chosen : "refused") &&
        (a.dtype !== "float64" ||
          agree(
            clamped,
            clampOk ? { ...a.plain, values: a.plain.values.map(limit) } : "refused",
          )) &&
        agree(cast, converted(a, dtype))
      );
    }),
    runs,
  );
});

function converted({ plain, dtype: from }: Operand, dtype: string): Plain | "refused" {
  if (from === dtype) return plain;
  if (dtype === "bool") return { ...plain, values: plain.values.map((v) => (v === 0 ? 0 : 1)) };
  if (dtype !== "int32") return rounded(plain, dtype);
  if (
    plain.values.some(
      (v) => !(Math.abs(Math.trunc(v)) <= 2147483647 || Math.trunc(v) === -2147483648),
    )
  )
    return "refused";
  return { ...plain, values: plain.values.map((v) => Math.trunc(v)) };
}
