/** @file Positions along an axis, and ranges of them, with Python's rules. */
import { ValueError } from "../errors.ts";
import { checkOptions, type OptionNames } from "./options.ts";

/**
 * An index counted from the start; a negative one counts from the end.
 * @throws ValueError unless it is an integer with −n ≤ i < n
 */
export function checkIndex(op: string, i: number, n: number): number {
  if (Number.isInteger(i) && i >= -n && i < n) return i < 0 ? i + n : i;
  throw new ValueError(op, `indices in [${-n}, ${n})`, i);
}

/** A range of positions, as Python's start:stop:step; negative ones count from the end. */
export interface SliceRange {
  /** @defaultValue 0, or the last for a negative step */
  readonly start?: number;
  /**
   * The end, excluded.
   * @defaultValue the end, or before the first for a negative step
   */
  readonly stop?: number;
  /** @defaultValue 1 */
  readonly step?: number;
}
const rangeNames: OptionNames<SliceRange> = { start: true, stop: true, step: true };

/**
 * Python's `slice.indices` for an axis of size n: the first index, the number of elements, the
 * step.
 * @throws OptionError for an unknown key; ValueError for a step of 0 or a position that is no
 * integer
 */
export function resolveRange(
  op: string,
  range: SliceRange,
  n: number,
): { start: number; length: number; step: number } {
  checkOptions(op, range, rangeNames);
  const { start, stop, step = 1 } = range;
  for (const v of [start ?? 0, stop ?? 0, step])
    if (!Number.isInteger(v)) throw new ValueError(op, "integers for start, stop and step", v);
  if (step === 0) throw new ValueError(op, "a step other than 0", step);
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
  const place = (v: number) => Math.min(Math.max(v < 0 ? v + n : v, low), high);
  const from = start === undefined ? (step > 0 ? 0 : n - 1) : place(start);
  const to = stop === undefined ? (step > 0 ? n : -1) : place(stop);
  return { start: from, length: Math.max(0, Math.ceil((to - from) / step)), step };
}
