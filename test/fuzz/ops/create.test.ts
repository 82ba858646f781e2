/** @file Creation: what is asked for, or a refusal before anything is made. */
import * as c from "@spm/core";
import fc from "fast-check";
import { test } from "vitest";
import { runs } from "./arbitrary.ts";
import { agree, outcome, type Plain } from "./plain.ts";

const dtypes = fc.constantFrom<c.DType | undefined>(
  "float32",
  "float64",
  "int32",
  "bool",
  undefined,
);
const numbers = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(0, 1) },
  { weight: 1, arbitrary: fc.constantFrom(2, -1, 0.5, Number.NaN, Infinity, 2 ** 31, -(2 ** 31)) },
);
const sizes = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, Number.NaN, 1e12) },
);
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Numbers as a dtype holds them, or a refusal where it can't. */
function held({ shape, values }: Plain, dtype: c.DType): Plain | "refused" {
  if (dtype === "float32") return { shape, values: values.map(Math.fround) };
  const fits = (v: number) =>
    dtype === "bool" ? v === 0 || v === 1 : Number.isInteger(v) && Math.abs(v + 0.5) < 2 ** 31;
  return dtype === "float64" || values.every(fits) ? { shape, values } : "refused";
}

type Nested = number | boolean | string | Nested[];
const nested = fc.letrec<{ tree: Nested }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof({ weight: 9, arbitrary: numbers }, fc.boolean(), {
      weight: 1,
      arbitrary: fc.constant("1"),
    }),
    fc.array(tie("tree"), { maxLength: 3 }),
  ),
})).tree;
/** Nested arrays that are as deep everywhere, mostly. */
const regular = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    fc.array(numbers, { minLength: 27, maxLength: 27 }),
  )
  .map(([shape, values]): Nested => {
    let at = 0;
    const fill = (depth: number): Nested =>
      depth === shape.length
        ? values[at++]!
        : Array.from({ length: shape[depth]! }, () => fill(depth + 1));
    return fill(0);
  });

/** The shape of nested arrays; undefined where they are ragged or hold something else. */
function shapeOf(data: Nested): number[] | undefined {
  if (typeof data === "string") return undefined;
  if (!Array.isArray(data)) return [];
  if (data.length === 0) return [0];
  const inner = data.map(shapeOf);
  return inner.every((s) => s !== undefined && s.join() === inner[0]?.join())
    ? [data.length, ...inner[0]!]
    : undefined;
}

test("tensor from nested arrays", () => {
  fc.assert(
    fc.property(
      fc.oneof({ weight: 4, arbitrary: regular }, nested),
      dtypes,
      fc.option(fc.array(sizes, { maxLength: 3 })),
      (data, dtype, shape) => {
        const own = shapeOf(data);
        const flat = [data].flat(9) as (number | boolean)[];
        const to = shape ?? own;
        const target =
          dtype ??
          (flat.length > 0 && flat.every((v) => typeof v === "boolean") ? "bool" : "float32");
        const valid =
          own !== undefined &&
          to!.every((n) => Number.isSafeInteger(n) && n >= 0) &&
          size(to!) === flat.length;
        return agree(
          outcome(() =>
            c.tensor(data as c.Nested, { ...(dtype && { dtype }), ...(shape && { shape }) }),
          ),
          valid ? held({ shape: to!, values: flat.map(Number) }, target) : "refused",
        );
      },
    ),
    runs,
  );
});

test("tensor from typed arrays and views of ndarrays", () => {
  const kinds = fc.constantFrom<(values: number[]) => { length: number }>(
    (v) => Float32Array.from(v),
    (v) => Float64Array.from(v),
    (v) => Int32Array.from(v),
    (v) => Uint8Array.from(v),
    (v) => Int8Array.from(v),
    (v) => Uint16Array.from(v),
    (v) => BigInt64Array.from(v.map((x) => BigInt(Number.isInteger(x) ? x : 0))),
  );
  const shape = fc.option(fc.array(sizes, { maxLength: 3 }));
  fc.assert(
    fc.property(
      kinds,
      fc.array(numbers, { maxLength: 6 }),
      dtypes,
      shape,
      fc.integer({ min: -2, max: 2 }),
      (make, values, dtype, to, stride) => {
        const data = make(values) as Float64Array;
        const known = new Map<unknown, c.DType>([
          [Float32Array, "float32"],
          [Float64Array, "float64"],
          [Int32Array, "int32"],
          [Uint8Array, "bool"],
        ]);
        const own = known.get(data.constructor);
        const target = to ?? [values.length];
        const valid =
          own !== undefined &&
          target.every((n) => Number.isSafeInteger(n) && n >= 0) &&
          size(target) === values.length;
        const whole = outcome(() =>
          c.tensor(data, { ...(dtype && { dtype }), ...(to && { shape: to }) }),
        );
        if (
          !agree(
            whole,
            valid ? held({ shape: target, values: [...data] }, dtype ?? own) : "refused",
          )
        )
          return false;
        // A view that reads outside of its data is refused, not followed.
        const offset = stride < 0 ? values.length - 1 : 0;
        const reach =
          values.length === 0
            ? 0
            : Math.floor((values.length - 1) / Math.max(1, Math.abs(stride))) + 1;
        for (const n of [reach, reach + 1]) {
          const inside =
            n === 0 ||
            Array.from({ length: n }, (_, i) => offset + i * stride).every(
              (i) => i >= 0 && i < values.length,
            );
          const seen = outcome(() =>
            c.tensor({ data, shape: [n], stride: [stride], offset } as c.NdArray),
          );
          const view = {
            shape: [n],
            values: Array.from({ length: n }, (_, i) => data[offset + i * stride]!),
          };
          if (!agree(seen, own !== undefined && inside ? held(view, own) : "refused")) return false;
        }
        return true;
      },
    ),
    runs,
  );
});

test("full, arange, linspace, eye", () => {
  const any = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.constantFrom(0.5, Number.NaN, Infinity));
  fc.assert(
    fc.property(
      fc.array(sizes, { maxLength: 3 }),
      dtypes,
      any,
      any,
      any,
      (shape, dtype, start, stop, step) => {
        const target = dtype ?? "float32";
        const options = dtype === undefined ? {} : { dtype };
        const possible = shape.every((n) => Number.isSafeInteger(n) && n >= 0) && size(shape) < 1e6;
        const filled = possible
          ? held({ shape, values: Array(size(shape)).fill(start) }, target)
          : "refused";
        // whether the value fits matters even where nothing holds it
        const emptied = possible && size(shape) === 0;
        const full = outcome(() => c.full(shape, start, options));
        const finite = [start, stop, step].every(Number.isFinite);
        const walked: number[] = [];
        if (finite && step !== 0)
          for (let i = 0; step > 0 ? start + i * step < stop : start + i * step > stop; i++)
            walked.push(start + i * step);
        const ranged =
          finite && step !== 0
            ? held({ shape: [walked.length], values: walked }, target)
            : "refused";
        const line = Array.from(
          { length: Number.isInteger(step) && step >= 1 ? step : 0 },
          (_, i) => (i === 0 ? start : start + ((stop - start) * i) / (step - 1)),
        );
        const even =
          line.length > 0 &&
          Number.isFinite(start) &&
          Number.isFinite(stop) &&
          target.startsWith("float");
        const [rows, columns] = [shape[0] ?? 2, shape[1] ?? 3];
        const square =
          [rows, columns].every((n) => Number.isSafeInteger(n) && n >= 0) && rows * columns < 1e6;
        const unit = square
          ? held(
              {
                shape: [rows, columns],
                values: Array.from({ length: rows * columns }, (_, i) =>
                  Number(Math.floor(i / columns) === i % columns),
                ),
              },
              target,
            )
          : "refused";
        return (
          (emptied || agree(full, filled)) &&
          agree(
            outcome(() => c.arange(stop, { start, step, ...options })),
            ranged,
          ) &&
          (!even ||
            agree(
              outcome(() => c.linspace(start, stop, step, options)),
              held({ shape: [line.length], values: line }, target),
              1e-6,
            )) &&
          agree(
            outcome(() => c.eye(rows, columns, options)),
            unit,
          )
        );
      },
    ),
    runs,
  );
});
