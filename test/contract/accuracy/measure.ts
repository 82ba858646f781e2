/** @file Errors in ulp of float32: of the float64 truth, on a backend. */
import { type Backend, reference, rng, type Tensor, tensor, uniform } from "@spm/core";
import { fromArray, wrap } from "@spm/core/extend";
import type { Case } from "./cases.ts";

/** The operands of a case, the same for all who measure it. */
export function operandsOf({ operands }: Case): Float32Array[] {
  const random = rng(17);
  return operands.map(({ shape, low, high, identity = 0 }) => {
    const data = Float32Array.from(uniform(random, shape, low, high).ndarray().data);
    const n = shape.at(-1) ?? 0;
    if (identity !== 0)
      for (const [at, v] of data.entries())
        if (Math.floor(at / n) % n === at % n) data[at] = v + identity;
    return data;
  });
}

/** What a case gives on a backend in a dtype. */
export async function resultOf(
  one: Case,
  dtype: "float32" | "float64",
  backend: Backend = reference,
): Promise<ArrayLike<number>> {
  const xs = operandsOf(one).map((data, k): Tensor => {
    const shape = one.operands[k]?.shape ?? [];
    if (dtype === "float64") return tensor(Float64Array.from(data), { shape });
    return fromArray(wrap(data, shape), backend);
  });
  return one.here(...xs).data();
}

/** The distance of float32 numbers at |v|. */
const ulp = (v: number): number => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(v))), -126) - 23);

/** The largest error and the mean one, in ulp of each element of the truth or of the largest. */
export function errorOf(
  { ulpOf }: Case,
  got: ArrayLike<number>,
  truth: ArrayLike<number>,
): { largest: number; mean: number } {
  if (got.length !== truth.length || got.length === 0)
    throw new Error(`expected ${truth.length} results, got ${got.length}`);
  const values = Array.from(truth);
  const top = ulp(values.reduce((most, v) => Math.max(most, Math.abs(v)), 0));
  const errors = values.map((v, i) =>
    got[i] === v ? 0 : Math.abs((got[i] ?? 0) - v) / (ulpOf === "each" ? ulp(v) : top),
  );
  const mean = errors.reduce((sum, e) => sum + e, 0) / errors.length;
  return { largest: Math.max(...errors), mean };
}
