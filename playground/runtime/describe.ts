/** @file Values as the page shows them: tensors as tables, everything else as text. */
import { type Shape, Tensor } from "@spm/core";
import { elements, showSpec, showValue } from "@spm/core/extend";
import type { Table } from "../messages.ts";

/** Rows and columns of a table that are shown, and matrices of a tensor with more axes. */
const [ROWS, COLUMNS, MATRICES] = [12, 10, 3];

/** A number with at most five significant digits. */
export function showNumber(v: number): string {
  if (Number.isInteger(v) && Math.abs(v) < 1e6) return Object.is(v, -0) ? "0" : `${v}`;
  if (!Number.isFinite(v)) return `${v}`;
  const short = Number(v.toPrecision(5));
  return Math.abs(short) >= 1e6 || Math.abs(short) < 1e-4 ? short.toExponential() : `${short}`;
}

/** The indices 0 … count − 1, with null for those left out of the middle. */
function shown(count: number, most: number): (number | null)[] {
  const all = Array.from({ length: count }, (_, k) => k);
  const half = most / 2;
  return count <= most ? all : [...all.slice(0, half), null, ...all.slice(count - half)];
}

/**
 * A tensor's numbers as tables: one for up to two axes, else one for each of the first matrices.
 * @param data - its elements, row by row
 */
export function tables(spec: string, shape: Shape, data: ArrayLike<number>): Table[] {
  const [rows = 1, columns = 1] = shape.length > 1 ? shape.slice(-2) : [1, ...shape];
  const matrices = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  const cell = (k: number, r: number | null, c: number | null): string =>
    r === null || c === null ? "…" : showNumber(Number(data[(k * rows + r) * columns + c]));
  return Array.from({ length: Math.min(matrices, MATRICES) }, (_, k) => ({
    caption: shape.length > 2 ? `${spec} at [${indexOf(k, shape).join(", ")}]` : spec,
    rows: shown(rows, ROWS).map((r) => shown(columns, COLUMNS).map((c) => cell(k, r, c))),
  }));
}

/** The leading indices of matrix k of a shape. */
function indexOf(k: number, shape: Shape): number[] {
  let rest = k;
  return shape
    .slice(0, -2)
    .toReversed()
    .map((size) => {
      const at = rest % size;
      rest = (rest - at) / size;
      return at;
    })
    .toReversed();
}

/** The numbers of a tensor: at once where they are in CPU memory. */
export const numbersOf = (x: Tensor): ArrayLike<number> | Promise<ArrayLike<number>> =>
  x.backend.arrayOf === undefined ? x.data() : elements(x.ndarray()).slice();

/** A value that is no tensor, on one line unless it says otherwise itself. */
function showText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return `${value}`;
  if (value instanceof Error) return String(value);
  try {
    const own =
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? value.toString
        : undefined;
    return own === undefined || own === Object.prototype.toString
      ? showValue(value)
      : String(value);
  } catch {
    return Object.prototype.toString.call(value); // a circle, or an object without a text
  }
}

/** The values of a `console.log` as text and tables; a promise while a device is read. */
export function described(values: readonly unknown[]): Parts | Promise<Parts> {
  const parts = values.map(partsOf);
  return parts.some((part) => part instanceof Promise)
    ? Promise.all(parts).then((all) => all.flat())
    : parts.flatMap((part) => part as Parts);
}

type Parts = readonly (string | Table)[];

function partsOf(value: unknown): Parts | Promise<Parts> {
  if (!(value instanceof Tensor))
    return Array.isArray(value) && value.some((part) => part instanceof Tensor)
      ? described(value)
      : [showText(value)];
  const spec = showSpec(value);
  const data = numbersOf(value);
  const asTables = (numbers: ArrayLike<number>): Parts =>
    value.shape.length === 0
      ? [`${showNumber(Number(numbers[0]))}`]
      : tables(spec, value.shape, numbers);
  return data instanceof Promise ? data.then(asTables) : asTables(data);
}
