/**
 * @file Tensors as text and as nested arrays, the reverse of create.ts. Numbers look as NumPy
 * prints them, with commas, so that the rows are JavaScript again.
 */
import { type DType, isFloating, type NdArray, wrap } from "../array.ts";
import { Parameter, showSpec, type Tensor } from "../tensor.ts";
import type { Nested } from "./create.ts";

/** The number of elements above which the middle of long axes is left out. */
const THRESHOLD = 1000;
/** The number of indices that remain at either end of such an axis. */
const EDGE = 3;
/** The width of a line in columns. */
const WIDTH = 88;
/** The largest number of decimals. */
const DECIMALS = 8;

type Tree<T> = T | readonly Tree<T>[];

/** The elements, nested as the axes are, at the `indices` of each axis; null is the `gap`. */
function nest<T>(
  { data, shape, stride, offset }: NdArray,
  indices: (size: number) => readonly (number | null)[],
  leaf: (value: number) => T,
  gap: T,
): Tree<T> {
  const level = (axis: number, at: number): Tree<T> =>
    axis === shape.length
      ? leaf(data[at]!)
      : indices(shape[axis]!).map((i) =>
          i === null ? gap : level(axis + 1, at + i * stride[axis]!),
        );
  return level(0, offset);
}

const all = (size: number): number[] => [...new Array(size).keys()];
const ends = (size: number): (number | null)[] =>
  size <= 2 * EDGE ? all(size) : [...all(EDGE), null, ...all(EDGE).map((i) => size - EDGE + i)];

/** See {@link Tensor.toArray}. */
export async function toArray(x: Tensor): Promise<Nested> {
  const value = x.dtype === "bool" ? Boolean : Number;
  return nest<number | boolean>(wrap(await x.data(), x.shape), all, value, 0);
}

/** A tensor's head and, where they can be read without waiting, its rows. */
export function print(x: Tensor): string {
  // by name, since a bundler renames classes
  const kind = x instanceof Parameter ? "Parameter" : "Tensor";
  const head = `${kind} ${showSpec(x)} on ${x.backend.name}`;
  if (x.invalid !== null) return `${head}\n${x.invalid}`;
  if (x.backend.arrayOf === undefined)
    return `${head}\nto read it: await t.toArray(); to print it: await to(t, reference)`;
  return `${head}${x.shape.length === 0 ? ": " : "\n"}${rows(x.ndarray(), x.dtype)}`;
}

/**
 * The elements in brackets and aligned columns; above 1000 in all, without the middle of long axes.
 */
function rows(array: NdArray, dtype: DType): string {
  if (array.size === 0) return "[]";
  const indices = array.size > THRESHOLD ? ends : all;
  const shown: number[] = [];
  nest(array, indices, (value) => shown.push(value), 0);
  const word = isFloating(dtype)
    ? decimals(shown, dtype)
    : (value: number) => (dtype === "bool" ? `${value === 1}` : `${value}`);
  const width = Math.max(...shown.map((value) => word(value).length));
  return lines(
    nest(array, indices, (value) => word(value).padStart(width), "..."),
    array.dimension,
  );
}

/**
 * Writes numbers with the decimals that tell the shown ones apart, at most 8; with exponents where
 * one is 10⁸ or more, below 10⁻⁴, or more than a thousand times another.
 */
function decimals(shown: readonly number[], dtype: DType): (value: number) => string {
  const sizes = shown.filter((v) => v !== 0 && Number.isFinite(v)).map(Math.abs);
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const scientific = high >= 1e8 || low < 1e-4 || high / low > 1000;
  const write = (value: number, digits: number): string =>
    scientific ? value.toExponential(digits) : value.toFixed(digits);
  const written = sizes.map(
    (v) => /\.(\d*[1-9])?/.exec(write(shortest(v, dtype), DECIMALS))?.[1] ?? "",
  );
  const digits = Math.max(0, ...written.map(({ length }) => length));
  return (value) => {
    if (!Number.isFinite(value)) return String(value);
    const sign = Object.is(value, -0) ? "-" : "";
    const text = sign + write(value, digits);
    const pointed = digits === 0 ? text.replace(/(?=e|$)/, ".") : text;
    return pointed.replace(/e(.)(\d)$/, "e$10$2"); // as many digits in each exponent
  };
}

/** The number with the fewest digits that rounds to this one. */
function shortest(value: number, dtype: DType): number {
  if (dtype === "float64") return value;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** Brackets around what is nested `rank` deep; the innermost lists are broken at the width. */
function lines(tree: Tree<string>, rank: number, depth = 1): string {
  if (typeof tree === "string") return tree;
  const indent = " ".repeat(depth);
  const parts = tree.map((part) => lines(part, rank, depth + 1));
  if (depth < rank) return `[${parts.join(`,${"\n".repeat(rank - depth)}${indent}`)}]`;
  let [text, line] = ["", ""];
  for (const part of parts) {
    if (line !== "" && line.length + part.length + 2 * depth > WIDTH) {
      text += `${line.trimEnd()}\n${indent}`;
      line = "";
    }
    line += `${part}, `;
  }
  return `[${(text + line).slice(0, -2)}]`;
}
