/**
 * @file Maps in → out that are not square, by operators that are: padded to one, stacked, or
 * folded.
 */
import { add, broadcastTo, mul, reshape, type Shape, slice, sum, type Tensor } from "@spm/core";
import { checkOptions, type OptionNames, ShapeError } from "@spm/core/extend";
import { widen } from "./composed.ts";
import { type ApplyOptions, apply, type Factors } from "./factors.ts";
import { defaultSchedule } from "./patterns.ts";
import type { Schedule } from "./schedule.ts";
import { blockDiagonal } from "./schedule-algebra.ts";

/**
 * `pad`: one operator as wide as the larger side, x padded with zeros and y cut off: W is a corner
 * of an n × n product. `split`: operators as wide as the smaller side. For out > in they are
 * stacked: each sees all of x, their outputs stand one after another. For in > out they are folded:
 * each sees its own part of x, y = q^(−1/2) Σ W_c x_c, the transpose of stacking.
 */
export type Rectangular = "pad" | "split";

/** A map in → out laid out on q copies of one operator. */
export interface Tiling {
  readonly form: "one" | "stack" | "fold";
  /** q, the number of operators. */
  readonly count: number;
  /** The schedule of one of them. */
  readonly operator: Schedule;
  /** The schedule of all of them, side by side. */
  readonly schedule: Schedule;
  /** Shape of d_in: [in], or [q, in] where operators are stacked. */
  readonly dIn: Shape;
  /** Shape of d_out: [out], or [q, out] where operators are folded. */
  readonly dOut: Shape;
}

/** Options of {@link planTiling}. */
export interface TilingOptions {
  /** @defaultValue "pad" */
  readonly rectangular?: Rectangular;
  /**
   * The schedule of one operator. (`shuffle(n)` fits any n without padding.)
   * @defaultValue a butterfly over the next power of two: every output sees every input after
   * log₂ n stages, partners are found by XOR without a table, and there are fast kernels for it
   */
  readonly schedule?: Schedule;
}

const tilingOptions: OptionNames<TilingOptions> = { rectangular: true, schedule: true };

const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/**
 * The tiling of a map in → out: the number of operators, their schedule, the diagonals' shapes.
 * @throws ShapeError for sizes below 1, or a schedule narrower than the side it must hold
 * @example planTiling(784, 256, { rectangular: "split" }).count; // 4
 */
export function planTiling(
  inFeatures: number,
  outFeatures: number,
  options: TilingOptions = {},
): Tiling {
  checkOptions("planTiling", options, tilingOptions);
  const { rectangular = "pad", schedule } = options;
  for (const n of [inFeatures, outFeatures])
    if (!Number.isSafeInteger(n) || n < 1)
      throw new ShapeError("mixer", "sizes in, out ≥ 1", `${inFeatures} and ${outFeatures}`);
  const [small, large] = [Math.min(inFeatures, outFeatures), Math.max(inFeatures, outFeatures)];
  const needed = rectangular === "pad" ? large : small;
  const base = schedule ?? defaultSchedule(nextPowerOfTwo(needed));
  if (base.n < needed) throw new ShapeError("mixer", `a schedule of width n ≥ ${needed}`, base.n);
  const count = Math.ceil(large / base.n);
  const form = count === 1 ? "one" : outFeatures > inFeatures ? "stack" : "fold";
  return {
    form,
    count,
    operator: base,
    schedule: blockDiagonal(base, count),
    dIn: form === "stack" ? [count, inFeatures] : [inFeatures],
    dOut: form === "fold" ? [count, outFeatures] : [outFeatures],
  };
}

/**
 * y = W x + bias, W made of the operators of a tiling.
 * @param factors - over the tiling's schedule, with the diagonals (required) in the tiling's
 * shapes; bias [out]
 * @param x - [..., in]
 * @returns [..., out]. Cost 3nL FLOP a row for each operator
 * @throws ShapeError, DTypeError where x or the factors do not fit the tiling
 * @example
 * const tiling = planTiling(4, 8, { rectangular: "split" });
 * const { schedule, dIn, dOut } = tiling;
 * const parameters = initialParameters(rotationMixer, schedule, rng(1));
 * const stages = { mixer: rotationMixer, schedule, parameters };
 * applyTiled(tiling, { ...stages, dIn: ones(dIn), dOut: ones(dOut) }, ones([4])).shape; // [8]
 */
export function applyTiled(
  { form, count, schedule }: Tiling,
  factors: Factors & { readonly dIn: Tensor; readonly dOut: Tensor },
  x: Tensor,
  options: ApplyOptions = {},
): Tensor {
  checkOptions("applyTiled", options, { backward: true });
  if (form === "one") return apply(factors, x, options);
  const n = schedule.n / count;
  const lead = x.shape.slice(0, -1);
  if (form === "stack") {
    const copies = broadcastTo(reshape(widen(x, n), [...lead, 1, n]), [...lead, count, n]);
    const dIn = reshape(widen(factors.dIn, n), [schedule.n]);
    return apply({ ...factors, dIn }, reshape(copies, [...lead, schedule.n]), options);
  }
  const { bias, dOut, ...rest } = factors;
  const parts = apply({ ...rest, dOut: reshape(widen(dOut, n), [schedule.n]) }, x, options);
  const total = sum(reshape(parts, [...lead, count, n]), { axis: -2 });
  const y = mul(
    slice(total, [...lead.map(() => undefined), { stop: dOut.shape.at(-1) ?? n }]),
    1 / Math.sqrt(count),
  );
  return bias === undefined ? y : add(y, bias);
}
