/** @file Random operands: small shapes, hostile numbers, all dtypes, all layouts. */
import type { DType } from "@spm/core";
import fc from "fast-check";
import { type Layout, layouts, type Plain, toTensor } from "./plain.ts";

/** Cases in each family; the seed makes a failure repeat. */
export const runs = { numRuns: 10_000, seed: 20_251_122 } as const;

export const shapes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });
export const axes = fc.integer({ min: -4, max: 4 });

/** Integers, mostly: what is summed is exact. */
export const whole = fc.integer({ min: -4, max: 4 });
/** Anything that a float64 can be. */
const hostile = fc.oneof(
  { weight: 3, arbitrary: whole },
  { weight: 2, arbitrary: fc.double({ min: -30, max: 30, noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 1e308, -1e308, 5e-324),
  },
);

const byDType: Readonly<Record<DType, fc.Arbitrary<number>>> = {
  float64: hostile,
  float32: hostile.map(Math.fround),
  int32: fc.oneof(whole, fc.constantFrom(2147483647, -2147483648)),
  bool: fc.constantFrom(0, 1),
};

/** An operand: its numbers, and how to make the tensor. */
export interface Operand {
  readonly plain: Plain;
  readonly dtype: DType;
  readonly layout: Layout;
}

export const tensorOf = ({ plain, dtype, layout }: Operand) => toTensor(plain, dtype, layout);

/** An operand of a shape and dtype, of numbers drawn as said. */
export function operand(
  shape: fc.Arbitrary<readonly number[]> = shapes,
  dtype: fc.Arbitrary<DType> = fc.constant("float64"),
  numbers?: fc.Arbitrary<number>,
): fc.Arbitrary<Operand> {
  return fc.tuple(shape, dtype, fc.constantFrom(...layouts)).chain(([s, d, layout]) => {
    const length = s.reduce((a, b) => a * b, 1);
    const values = fc.array(numbers ?? byDType[d], { minLength: length, maxLength: length });
    return values.map((list) => ({ plain: { shape: s, values: list }, dtype: d, layout }));
  });
}

/** float64 mostly, any other now and then. */
export const anyDType: fc.Arbitrary<DType> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<DType>("float64") },
  { weight: 3, arbitrary: fc.constantFrom<DType>("float32", "int32", "bool") },
);

/** A shape that often broadcasts with another. */
export const related = (shape: readonly number[]): fc.Arbitrary<number[]> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.nat(3), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
        .map(([drop, ones]) => shape.slice(drop).map((n, k) => (ones[k] ? 1 : n))),
    },
    { weight: 1, arbitrary: shapes },
  );
