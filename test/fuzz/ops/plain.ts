/**
 * @file What ops are checked against: shapes and lists of numbers, looked up one index at a time.
 * Slow, and independent of ndarray.
 */
import { type DType, flip, SpmError, slice, type Tensor, tensor, transpose } from "@spm/core";
import { elements } from "@spm/core/extend";

/** Numbers in row-major order. */
export interface Plain {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Every index of a shape, the last axis fastest. */
export function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, n) => all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  );
}

/** The element at an index. */
export function get({ shape, values }: Plain, index: readonly number[]): number {
  if (index.length !== shape.length || index.some((i, k) => !(i >= 0 && i < shape[k]!)))
    throw new Error(`the oracle itself reads [${index}] of [${shape}]`);
  return values[index.reduce((flat, i, k) => flat * shape[k]! + i, 0)]!;
}

/** Numbers from a rule. */
export const build = (shape: readonly number[], rule: (index: number[]) => number): Plain => ({
  shape,
  values: indices(shape).map(rule),
});

/** How the same numbers lie in memory. */
export type Layout = "rows" | "columns" | "reversed" | "spread";
export const layouts: readonly Layout[] = ["rows", "columns", "reversed", "spread"];

/** A tensor of these numbers, laid out as told. */
export function toTensor({ shape, values }: Plain, dtype: DType, layout: Layout = "rows"): Tensor {
  const make = (s: readonly number[], v: readonly number[]) =>
    tensor(Float64Array.from(v), { shape: s, dtype });
  const plain = { shape, values };
  if (layout === "columns") {
    const turned = build(shape.toReversed(), (index) => get(plain, index.toReversed()));
    return transpose(make(turned.shape, turned.values));
  }
  if (layout === "reversed") {
    const mirrored = build(shape, (index) =>
      get(
        plain,
        index.map((i, k) => shape[k]! - 1 - i),
      ),
    );
    return shape.reduce((x, _, axis) => flip(x, axis), make(shape, mirrored.values));
  }
  if (layout === "spread") {
    const wide = build(
      shape.map((n) => 2 * n + 1),
      (index) =>
        index.every((i) => i % 2 === 1)
          ? get(
              plain,
              index.map((i) => (i - 1) / 2),
            )
          : 1,
    );
    return slice(
      make(wide.shape, wide.values),
      shape.map(() => ({ start: 1, step: 2 })),
    );
  }
  return make(shape, values);
}

/**
 * What an op came to: numbers, or a typed refusal. Any other exception goes through, and fails the
 * test.
 */
export function outcome(f: () => Tensor): Plain | "refused" {
  try {
    const y = f();
    return { shape: y.shape, values: [...elements(y.ndarray())] };
  } catch (error) {
    if (error instanceof SpmError) return "refused";
    throw error;
  }
}

/**
 * Whether two outcomes agree: the same refusal, or the same numbers up to a relative error. NaN
 * equals NaN.
 */
export function agree(
  ours: Plain | "refused",
  expected: Plain | "refused",
  tolerance = 0,
): boolean {
  if (ours === "refused" || expected === "refused") return ours === expected;
  const near = (a: number, b: number) =>
    a === b ||
    (Number.isNaN(a) && Number.isNaN(b)) ||
    Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
  return (
    ours.shape.length === expected.shape.length &&
    ours.shape.every((n, k) => n === expected.shape[k]) &&
    ours.values.length === expected.values.length &&
    ours.values.every((v, i) => near(v, expected.values[i]!))
  );
}

/** NumPy's broadcast of shapes, from its definition; undefined where they don't fit. */
export function broadcast(...shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(...shapes.map((s) => s.length));
  const out: number[] = [];
  for (let k = 0; k < rank; k++) {
    const sizes = new Set(shapes.map((s) => s[k - rank + s.length] ?? 1));
    sizes.delete(1);
    if (sizes.size > 1) return undefined;
    out.push([...sizes][0] ?? 1);
  }
  return out;
}

/** The element that a broadcast tensor has at an index of the larger shape. */
export const getBroadcast = (x: Plain, index: readonly number[]): number =>
  get(
    x,
    x.shape.map((n, k) => (n === 1 ? 0 : index[index.length - x.shape.length + k]!)),
  );
