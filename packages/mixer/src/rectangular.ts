/**
 * @file Maps in → out that are not square, by operators that are: padded to one, stacked, or
 * folded.
 */
import { add, broadcastTo, mul, reshape, type Shape, slice, sum, type Tensor } from "@spm/core";
import { ShapeError } from "@spm/core/extend";
import { widen } from "./composed.ts";
import { apply, type Factors } from "./factors.ts";
import type { BackwardMode } from "./mixer.ts";
import { defaultSchedule, type Schedule } from "./schedule.ts";
import { blockDiagonal } from "./schedule-algebra.ts";

/**
 * `pad`: one operator as wide as the larger side, x padded with zeros and y cut off: W is a corner
 * of an n × n product. `split`: operators as wide as the smaller side. For out > in they are
 * stacked: each sees all of x, their outputs stand one after another. For in > out they are folded:
 * each sees its own part of x, y = q^(−1/2) Σ W_c x_c, the transpose of stacking.
 */
export type Rectangular = "pad" | "split";

/** How a map in → out lies on q copies of one operator. */
export interface Tiling {
  readonly form: "one" | "stack" | "fold";
  /** q, the number of operators. */
  readonly count: number;
  /** Of all of them, side by side. */
  readonly schedule: Schedule;
  /**
   * Shapes of the diagonals: [in], or [q, in] where operators are stacked; [out], or [q, out] where
   * they are folded.
   */
  readonly dIn: Shape;
  readonly dOut: Shape;
}

const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/**
 * The arrangement for a map in → out.
 * @param schedule - of one operator. Unless given, a butterfly over the next power of two: every
 * output sees every input after log₂ n stages, partners are found by XOR without a table, and the
 * fast kernels know it. (`shuffle(n)` fits any n without padding.)
 * @throws ShapeError for sizes below 1, or a schedule narrower than the side it must hold
 */
export function planTiling(
  rectangular: Rectangular,
  fanIn: number,
  fanOut: number,
  schedule?: Schedule,
): Tiling {
  for (const n of [fanIn, fanOut])
    if (!Number.isSafeInteger(n) || n < 1)
      throw new ShapeError("mixer", "sizes in, out ≥ 1", `${fanIn} and ${fanOut}`);
  const [small, large] = [Math.min(fanIn, fanOut), Math.max(fanIn, fanOut)];
  const needed = rectangular === "pad" ? large : small;
  const base = schedule ?? defaultSchedule(nextPowerOfTwo(needed));
  if (base.n < needed) throw new ShapeError("mixer", `a schedule of width n ≥ ${needed}`, base.n);
  const count = Math.ceil(large / base.n);
  const form = count === 1 ? "one" : fanOut > fanIn ? "stack" : "fold";
  return {
    form,
    count,
    schedule: blockDiagonal(base, count),
    dIn: form === "stack" ? [count, fanIn] : [fanIn],
    dOut: form === "fold" ? [count, fanOut] : [fanOut],
  };
}

/**
 * y = W x + bias for an arrangement.
 * @param factors - over `arrangement.schedule`, with the diagonals (required) in the arrangement's
 * shapes; bias [out]
 * @param x - [..., in]
 * @returns [..., out]
 */
export function applyTiled(
  { form, count, schedule }: Tiling,
  factors: Factors & { readonly dIn: Tensor; readonly dOut: Tensor },
  x: Tensor,
  backward?: BackwardMode,
): Tensor {
  if (form === "one") return apply(factors, x, backward);
  const n = schedule.n / count;
  const lead = x.shape.slice(0, -1);
  if (form === "stack") {
    const copies = broadcastTo(reshape(widen(x, n), [...lead, 1, n]), [...lead, count, n]);
    const dIn = reshape(widen(factors.dIn, n), [schedule.n]);
    return apply({ ...factors, dIn }, reshape(copies, [...lead, schedule.n]), backward);
  }
  const { bias, dOut, ...rest } = factors;
  const parts = apply({ ...rest, dOut: reshape(widen(dOut, n), [schedule.n]) }, x, backward);
  const total = sum(reshape(parts, [...lead, count, n]), { axis: -2 });
  const y = mul(
    slice(total, [...lead.map(() => undefined), { stop: dOut.shape.at(-1) ?? n }]),
    1 / Math.sqrt(count),
  );
  return bias === undefined ? y : add(y, bias);
}
