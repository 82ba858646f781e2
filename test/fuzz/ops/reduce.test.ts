/** @file Reductions and running sums against loops over every index. */
import * as c from "@spm/core";
import fc from "fast-check";
import { test } from "vitest";
import {
  anyDType,
  axes,
  type Operand,
  operand,
  runs,
  shapes,
  tensorOf,
  whole,
} from "./arbitrary.ts";
import { agree, build, get, indices, outcome, type Plain } from "./plain.ts";

const axisChoice = fc.oneof(fc.constant(undefined), axes, fc.array(axes, { maxLength: 3 }));

/** The axes that are meant; undefined where there is no such axis, or one twice. */
function resolve(axis: number | number[] | undefined, rank: number): number[] | undefined {
  const list = axis === undefined ? [...Array(rank).keys()] : [axis].flat();
  const positive = list.map((a) => (a < 0 ? a + rank : a));
  const valid =
    positive.every((a) => a >= 0 && a < rank) && new Set(positive).size === positive.length;
  return valid ? positive : undefined;
}

/** `fold` of the numbers that come together in each element of the result. */
function folded(
  x: Plain,
  over: number[],
  keepdims: boolean,
  fold: (values: number[]) => number,
): Plain {
  const kept = x.shape.map((n, k) => (over.includes(k) ? 1 : n));
  const result = build(kept, (index) => {
    const inside = (other: number[]) => other.every((i, k) => over.includes(k) || i === index[k]);
    return fold(
      indices(x.shape)
        .filter(inside)
        .map((other) => get(x, other)),
    );
  });
  return { ...result, shape: keepdims ? kept : x.shape.filter((_, k) => !over.includes(k)) };
}

interface Reduction {
  readonly op: (x: c.Tensor, options: c.ReduceOptions) => c.Tensor;
  readonly fold: (values: number[]) => number;
  readonly dtypes: readonly c.DType[];
  /** Whether there is a result of nothing. */
  readonly empty: boolean;
  readonly tolerance?: number;
}

const total = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const average = (values: number[]): number => total(values) / values.length;
const squares = (values: number[]): number => total(values.map((v) => (v - average(values)) ** 2));
const largest = (values: number[]): number =>
  values.some(Number.isNaN) ? Number.NaN : values.toSorted((a, b) => (a < b ? 1 : -1))[0]!;
const floating: c.DType[] = ["float32", "float64"];
const numeric: c.DType[] = [...floating, "int32"];
const all: c.DType[] = [...numeric, "bool"];

const reductions: Record<string, Reduction> = {
  sum: { op: c.sum, fold: total, dtypes: numeric, empty: true },
  mean: { op: c.mean, fold: average, dtypes: floating, empty: true },
  max: { op: c.max, fold: largest, dtypes: numeric, empty: false },
  min: {
    op: c.min,
    fold: (values) => -largest(values.map((v) => -v)),
    dtypes: numeric,
    empty: false,
  },
  prod: {
    op: c.prod,
    fold: (values) => values.reduce((a, b) => a * b, 1),
    dtypes: numeric,
    empty: true,
  },
  variance: {
    op: c.variance,
    fold: (v) => squares(v) / Math.max(0, v.length - 1),
    dtypes: floating,
    empty: true,
  },
  std: {
    op: c.std,
    fold: (v) => Math.sqrt(squares(v) / Math.max(0, v.length - 1)),
    dtypes: floating,
    empty: true,
  },
  norm: { op: c.norm, fold: (v) => Math.hypot(...v), dtypes: floating, empty: true },
  logsumexp: {
    op: c.logsumexp,
    fold: (v) => Math.log(total(v.map(Math.exp))),
    dtypes: floating,
    empty: true,
  },
  any: { op: c.any, fold: (v) => Number(v.some((x) => x !== 0)), dtypes: all, empty: true },
  all: { op: c.all, fold: (v) => Number(v.every((x) => x !== 0)), dtypes: all, empty: true },
  argmax: {
    op: c.argmax,
    fold: (v) => v.findIndex((x) => Object.is(x + 0, largest(v) + 0)),
    dtypes: all,
    empty: false,
  },
};

/** What the op should come to. */
function expected(
  { plain, dtype }: Operand,
  name: string,
  axis: number | number[] | undefined,
  keepdims: boolean,
) {
  const { fold, dtypes, empty } = reductions[name]!;
  const over = resolve(axis, plain.shape.length);
  if (over === undefined || !dtypes.includes(dtype)) return "refused";
  if (!empty && over.some((k) => plain.shape[k] === 0)) return "refused";
  const result = folded(plain, over, keepdims, fold);
  const overflow = dtype === "int32" && result.values.some((v) => (v | 0) !== v);
  if (overflow && name !== "argmax") return "refused";
  return dtype === "float32" ? { ...result, values: result.values.map(Math.fround) } : result;
}

test("reductions", () => {
  const names = fc.constantFrom(...Object.keys(reductions));
  const small = operand(shapes, anyDType, whole).filter(
    ({ dtype, plain }) => dtype !== "bool" || plain.values.every((v) => v === 0 || v === 1),
  );
  const bits = operand(shapes, fc.constant<c.DType>("bool"));
  fc.assert(
    fc.property(
      names,
      fc.oneof({ weight: 5, arbitrary: small }, bits),
      axisChoice,
      fc.boolean(),
      (name, x, axis, keepdims) =>
        agree(
          outcome(() => reductions[name]!.op(tensorOf(x), { axis, keepdims })),
          expected(x, name, axis, keepdims),
          x.dtype === "float32" ? 3e-6 : 1e-12,
        ),
    ),
    runs,
  );
});

test("NaN and infinities go through sums and win extremes", () => {
  const names = fc.constantFrom("sum", "max", "argmax", "any");
  const numbers = fc.oneof(whole, fc.constantFrom(Number.NaN, Infinity));
  fc.assert(
    fc.property(
      names,
      operand(shapes, fc.constant<c.DType>("float64"), numbers),
      axisChoice,
      (name, x, axis) =>
        agree(
          outcome(() => reductions[name]!.op(tensorOf(x), { axis })),
          expected(x, name, axis, false),
        ),
    ),
    runs,
  );
});

test("cumsum", () => {
  fc.assert(
    fc.property(operand(shapes, anyDType, fc.constantFrom(0, 1)), axes, (x, axis) => {
      const [over] = resolve(axis, x.plain.shape.length) ?? [];
      const sums =
        over === undefined || x.dtype === "bool"
          ? "refused"
          : build(x.plain.shape, (index) =>
              total(
                Array.from({ length: index[over]! + 1 }, (_, i) =>
                  get(x.plain, index.with(over, i)),
                ),
              ),
            );
      return agree(
        outcome(() => c.cumsum(tensorOf(x), axis)),
        sums,
      );
    }),
    runs,
  );
});
