/**
 * @file Reductions: each thread folds 64 elements, and a tree of launches folds the results, so
 * that sums stay accurate.
 */
import type { Shape } from "@spm/core";
import { sizeOf } from "@spm/core/extend";
import { type DeviceArray, permuted, rowMajor, zeros } from "../device-array.ts";
import type { Executor, Output } from "../executor.ts";
import { linear } from "../threads.ts";
import { copyOf, elementwise } from "./elementwise.ts";

/** Elements that a thread folds. */
const chunk = 64;

/** A fold: its first statement, the one that takes `v` into `total`, and the last. */
interface Fold {
  readonly start: string;
  readonly step: string;
  readonly result: string;
}

const sumFold: Fold = {
  start: "let total = 0;",
  step: "total = total + v;",
  result: "return total;",
};
/**
 * NaN is the only value that does not equal itself. It has a variable of its own: drivers turn a
 * comparison and an assignment into their maximum, which drops NaN, and WGSL's != is false for it.
 */
const extremumFold = (better: ">" | "<"): Fold => ({
  start: "let total = e; let nan = 0;",
  step: `if (v === v) { if (v ${better} total) { total = v; } } else { nan = v; }`,
  result: "if (nan === nan) { return total; } return nan;",
});

/** A matrix seen in an array: `rest` results, each from `count` elements. */
interface FoldedMatrix {
  readonly x: DeviceArray;
  readonly rest: number;
  readonly restStride: number;
  readonly count: number;
  readonly countStride: number;
}

/** The array as rest × reduced, each with one stride; a copy where the array has no such view. */
function rowsOf(executor: Executor, x: DeviceArray, axes: readonly number[]): FoldedMatrix {
  const rest = x.shape.map((_, k) => k).filter((k) => !axes.includes(k));
  const kept = joined(x, rest);
  const folded = joined(x, axes);
  if (kept !== null && folded !== null)
    return {
      x,
      rest: kept.size,
      restStride: kept.stride,
      count: folded.size,
      countStride: folded.stride,
    };
  const order = [...rest, ...axes];
  const turned = permuted(x, order);
  const count = sizeOf(turned.shape.slice(rest.length));
  return {
    x: copyOf(executor, turned),
    rest: sizeOf(turned.shape.slice(0, rest.length)),
    restStride: count,
    count,
    countStride: 1,
  };
}

/** Several axes as one, if they have one stride; else null. */
function joined(x: DeviceArray, axes: readonly number[]): { size: number; stride: number } | null {
  let size = 1;
  let stride = 0;
  for (const k of axes.toReversed()) {
    if (x.shape[k] === 1) continue;
    if (size === 1) stride = x.stride[k]!;
    else if (x.stride[k] !== stride * size) return null;
    size *= x.shape[k]!;
  }
  return { size, stride };
}

/** Folds each row, launch after launch, until one element is left of it. */
function foldRows(executor: Executor, rows: FoldedMatrix, fold: Fold): DeviceArray["memory"] {
  let { x, rest, restStride, count, countStride } = rows;
  let memory = x.memory;
  let { offset } = x;
  for (;;) {
    const chunks = count <= 2 * chunk ? 1 : Math.ceil(count / chunk);
    const perChunk = Math.ceil(count / chunks);
    // Neighbouring threads read neighbouring elements: along the row where its elements touch, else
    // across the rows.
    const alongRow = countStride === 1 && chunks > 1;
    const [c, r] =
      chunks === 1
        ? ["0", "this.thread.x"]
        : alongRow
          ? ["this.thread.x", "this.thread.y"]
          : ["this.thread.y", "this.thread.x"];
    const start = linear([restStride, countStride], [r, c], offset);
    const at = perChunk === 1 ? start : `${start} + i * ${chunks * countStride}`;
    const last = perChunk * chunks === count ? "" : `if (i * ${chunks} + ${c} < ${count}) `;
    const source =
      `function (a0) { let e = a0[${start}]; ${fold.start} ` +
      `for (let i = 0; i < ${perChunk}; i++) { ${last}{ ` +
      `e = a0[${at}]; const v = e; ${fold.step} } } ${fold.result} }`;
    const output: Output = chunks === 1 ? [rest] : alongRow ? [chunks, rest] : [rest, chunks];
    const next = executor.run({ source, output, arrays: 1, scalars: 0 }, [memory], []);
    if (memory !== x.memory) executor.release(memory);
    memory = next;
    if (chunks === 1) return memory;
    offset = 0;
    [restStride, countStride] = alongRow ? [chunks, 1] : [1, rest];
    count = chunks;
  }
}

const reduceWith =
  (fold: Fold) =>
  (executor: Executor, x: DeviceArray, axes: readonly number[], shape: Shape): DeviceArray => {
    if (sizeOf(x.shape) === 0) return zeros(executor, shape, x.dtype);
    const rows = rowsOf(executor, x, axes);
    const memory = foldRows(executor, rows, fold);
    if (rows.x !== x) executor.release(rows.x.memory);
    return rowMajor(memory, shape, x.dtype);
  };

type Reduce = (
  executor: Executor,
  x: DeviceArray,
  axes: readonly number[],
  shape: Shape,
) => DeviceArray;

/** Σ x over the axes; `shape` is the result's. */
export const sumOver: Reduce = reduceWith(sumFold);
/** Largest element; NaN wins. */
export const maxOver: Reduce = reduceWith(extremumFold(">"));
/** Smallest element; NaN wins. */
export const minOver: Reduce = reduceWith(extremumFold("<"));

/**
 * The place of the best element of each row, the first of equal ones; NaN is the best. A thread
 * takes a row.
 */
const positionOver =
  (better: ">" | "<"): Reduce =>
  (executor, x, axes, shape) => {
    const { x: from, rest, restStride, count, countStride } = rowsOf(executor, x, axes);
    const start = linear([restStride], ["this.thread.x"], from.offset);
    const source =
      `function (a0) { let best = a0[${start}]; let place = 0; ` +
      "let nan = 1; if (best === best) { nan = 0; } " +
      `for (let i = 1; i < ${count}; i++) { ` +
      `const v = a0[${start} + i * ${countStride}]; if (nan < 1) { ` +
      `if (v === v) { if (v ${better} best) { best = v; place = i; ` +
      "} } else { nan = 1; place = i; } } } return place; }";
    const memory = executor.run(
      { source, output: [rest], arrays: 1, scalars: 0 },
      [from.memory],
      [],
    );
    if (from !== x) executor.release(from.memory);
    return rowMajor(memory, shape, "int32");
  };

/** The place of the largest element. */
export const argmaxOver: Reduce = positionOver(">");
/** The place of the smallest element. */
export const argminOver: Reduce = positionOver("<");

/** The largest element over the axes, which stay with size 1, and Σ e^(x − it). */
export function shiftedSums(
  executor: Executor,
  x: DeviceArray,
  axes: readonly number[],
): { top: DeviceArray; total: DeviceArray } {
  const kept = x.shape.map((n, k) => (axes.includes(k) ? 1 : n));
  const top = maxOver(executor, x, axes, kept);
  const body = "const d = x0 - x1; return d === d ? Math.exp(d) : d;"; // ∞ − ∞ is NaN
  const shifted = elementwise(executor, x.shape, x.dtype, [x, top], body);
  const total = sumOver(executor, shifted, axes, kept);
  executor.release(shifted.memory);
  return { top, total };
}

/** ln Σ eˣ over the axes, shifted by the largest element; an infinite one is the result itself. */
export function logsumexpOver(
  executor: Executor,
  x: DeviceArray,
  axes: readonly number[],
  shape: Shape,
): DeviceArray {
  const { top, total } = shiftedSums(executor, x, axes);
  const body = "return x0 - x0 === 0 ? x0 + Math.log(x1) : x0;";
  const result = elementwise(executor, top.shape, x.dtype, [top, total], body);
  for (const { memory } of [top, total]) executor.release(memory);
  return rowMajor(result.memory, shape, x.dtype);
}

/** √Σ x² over the axes: of x over the largest |x| where the squares would be out of range. */
export function normOver(
  executor: Executor,
  x: DeviceArray,
  axes: readonly number[],
  shape: Shape,
): DeviceArray {
  const kept = x.shape.map((n, k) => (axes.includes(k) ? 1 : n));
  const made = (of: readonly [DeviceArray, ...DeviceArray[]], body: string): DeviceArray =>
    elementwise(executor, of[0].shape, x.dtype, of, body);
  const sizes = made([x], "return Math.abs(x0);");
  const top = maxOver(executor, sizes, axes, kept);
  const unit = made([top], `return ${outOfRange("x0")} ? x0 : 1;`);
  const squares = made([sizes, unit], "const s = x0 / x1; return s * s;");
  const total = sumOver(executor, squares, axes, kept);
  const result = made(
    [top, unit, total],
    // NaN, ∞ and 0 are their own norm
    "return x0 - x0 === 0 ? x1 * Math.sqrt(x2) : x0;",
  );
  for (const { memory } of [sizes, top, unit, squares, total]) executor.release(memory);
  return rowMajor(result.memory, shape, x.dtype);
}

/** Whether the square of a finite number above 0, or a sum of some, may be out of range. */
const outOfRange = (size: string): string =>
  `((${size} > 1e15 && ${size} - ${size} === 0) || (${size} > 0 && ${size} < 1e-12))`;
