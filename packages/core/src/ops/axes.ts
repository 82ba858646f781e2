/** @file Axes: counted from the front or the back, and what a reduction does along them. */
import { ShapeError } from "../errors.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { kindOf, shapeOf } from "./check.ts";
import { checkOptions, type OptionNames } from "./options.ts";

/** An axis, or several. */
export type Axes = number | Shape;

/** Whether a value is {@link Axes}, and not an object of options. */
export const isAxes = (value: unknown): value is Axes =>
  typeof value === "number" || Array.isArray(value);

/**
 * An axis counted from the front; a negative one counts from the back.
 * @param op - the op that asks, for the message
 * @throws ShapeError unless it is an integer with −rank ≤ axis < rank
 * @example checkAxis("softmax", -1, 3) // 2
 */
export function checkAxis(op: string, axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  const expected = rank === 0 ? "no axis for a scalar" : `an axis in [${-rank}, ${rank})`;
  if (typeof axis !== "object") throw new ShapeError(op, expected, String(axis));
  throw new ShapeError(op, expected, kindOf(axis), "the number alone");
}

/**
 * Axes, ascending and distinct; all of them where none is given.
 * @throws ShapeError for one out of range or given twice
 */
export function checkAxes(op: string, axis: Axes | undefined, rank: number): number[] {
  if (axis === undefined) return Array.from({ length: rank }, (_, k) => k);
  const axes = [axis].flat().map((a: number) => checkAxis(op, a, rank));
  if (new Set(axes).size !== axes.length) throw new ShapeError(op, "each axis once", `[${axis}]`);
  return axes.sort((a, b) => a - b);
}

/**
 * The shape after a reduction over `axes`, which become 1 or vanish.
 * @example reducedShape([2, 3], [1], true) // [2, 1]
 */
export const reducedShape = (shape: Shape, axes: Shape, keepdims: boolean): number[] =>
  keepdims
    ? shape.map((n, k) => (axes.includes(k) ? 1 : n))
    : shape.filter((_, k) => !axes.includes(k));

/** The axes of a reduction where they do not stand alone, and what becomes of them. */
export interface ReduceOptions {
  /** @defaultValue all axes */
  readonly axis?: Axes | undefined;
  /**
   * Whether the axes stay, as size 1.
   * @defaultValue false
   */
  readonly keepdims?: boolean;
}
const reduceNames: OptionNames<ReduceOptions> = { axis: true, keepdims: "boolean" };

/** {@link ReduceOptions}, checked: the options of the primitives. */
export interface Reduction {
  readonly axes: Shape;
  readonly keepdims: boolean;
}

/**
 * The checked form of a reduction's options, in which axes may stand for themselves.
 * @param names - the options of `op`, where it has more
 * @throws OptionError; ShapeError for an axis out of range or given twice
 */
export function reductionOf(
  op: string,
  x: Tensor,
  options: Axes | ReduceOptions | undefined,
  names: OptionNames<ReduceOptions> = reduceNames,
): Reduction {
  const shape = shapeOf(op, x);
  if (options === undefined || isAxes(options))
    return { axes: checkAxes(op, options, shape.length), keepdims: false };
  checkOptions(op, options, names);
  const { axis, keepdims = false } = options;
  return { axes: checkAxes(op, axis, shape.length), keepdims };
}
