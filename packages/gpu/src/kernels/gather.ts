/**
 * @file Indexing by arrays. Scattered additions are written as gathers: each result looks for the
 * elements that belong to it.
 */
import type { Shape } from "@spm/core";
import { sizeOf } from "@spm/core/extend";
import type { Winner } from "@spm/numeric";
import { type DeviceArray, rowMajor, zeros } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { coordinatesOf, linear } from "../threads.ts";
import { ofSlices, sumSlices, takeSlices } from "./slices.ts";

/**
 * Statements that count the index in the local `p` from the front; an index out of range, or NaN,
 * yields NaN, since a kernel cannot throw. `s0` is the NaN, for which WGSL has no literal.
 */
const resolve = (n: number | undefined): string =>
  `let q = p; if (p < 0) { q = p + ${n}; } let legal = 0; if (q >= 0) { if (q < ${n}) { ` +
  "legal = 1; } } if (legal < 1) { return s0; }";

/** `y[i][j] = x[i][index[i][j]]` along an axis. */
export function gatherAlong(
  executor: Executor,
  x: DeviceArray,
  index: DeviceArray,
  axis: number,
): DeviceArray {
  const { shape } = index;
  if (sizeOf(shape) === 0) return zeros(executor, shape, x.dtype);
  if (executor.wgsl !== null && ofSlices(index, x.shape, axis))
    return takeSlices(executor, executor.wgsl, x, index, axis);
  const { output, coordinates } = coordinatesOf(shape);
  const source =
    `function (a0, a1, s0) { const p = a1[${linear(index.stride, coordinates, index.offset)}]; ` +
    `${resolve(x.shape[axis])} ` +
    `return a0[${linear(x.stride.with(axis, 0), coordinates, x.offset)} + (q | 0) ` +
    `* ${x.stride[axis]}]; }`;
  const memory = executor.run(
    { source, output, arrays: 2, scalars: 1 },
    [x.memory, index.memory],
    [Number.NaN],
  );
  return rowMajor(memory, shape, x.dtype);
}

/** Zeros of `shape` with `x[i][j]` added at `[i][index[i][j]]` along an axis. */
export function scatterAddAlong(
  executor: Executor,
  x: DeviceArray,
  index: DeviceArray,
  axis: number,
  shape: Shape,
): DeviceArray {
  if (sizeOf(x.shape) === 0 || sizeOf(shape) === 0) return zeros(executor, shape, x.dtype);
  if (executor.wgsl !== null && ofSlices(index, shape, axis))
    return sumSlices(executor, executor.wgsl, x, index, axis, shape);
  const { output, coordinates } = coordinatesOf(shape);
  const [size, at] = [shape[axis], coordinates[axis]];
  const along = coordinates.with(axis, "i");
  const inside = shape.flatMap((n, k) =>
    k !== axis && index.shape[k] !== n ? [`${coordinates[k]} < ${index.shape[k]}`] : [],
  );
  const loop =
    `for (let i = 0; i < ${index.shape[axis]}; i++) { ` +
    `const p = a1[${linear(index.stride, along, index.offset)}]; ` +
    `if (p === ${at} || p + ${size} === ${at}) { ` +
    `total = total + a0[${linear(x.stride, along, x.offset)}]; } }`;
  const source =
    "function (a0, a1) { let total = 0; " +
    `${inside.length === 0 ? loop : `if (${inside.join(" && ")}) { ${loop} }`} return total; }`;
  const memory = executor.run(
    { source, output, arrays: 2, scalars: 0 },
    [x.memory, index.memory],
    [],
  );
  return rowMajor(memory, shape, x.dtype);
}

/**
 * The position along the axis of the element that wins each place of `shape`: the last one, or the
 * first of the largest, NaN before all; −1 where an index leads nobody.
 */
export function scatterWinner(
  executor: Executor,
  x: DeviceArray,
  index: DeviceArray,
  { axis, shape, best }: Winner,
): DeviceArray {
  if (sizeOf(shape) === 0) return zeros(executor, shape, "int32");
  const { output, coordinates } = coordinatesOf(shape);
  const [size, at] = [shape[axis], coordinates[axis]];
  const along = coordinates.with(axis, "i");
  const inside = shape.flatMap((n, k) =>
    k !== axis && index.shape[k] !== n ? [`${coordinates[k]} < ${index.shape[k]}`] : [],
  );
  const wins =
    best === "last" ? "true" : "winner < 0 || v > top || (v === v ? 0 : 1) > (top === top ? 0 : 1)";
  const loop =
    `for (let i = 0; i < ${index.shape[axis]}; i++) { ` +
    `const p = a1[${linear(index.stride, along, index.offset)}]; ` +
    `if (p === ${at} || p + ${size} === ${at}) { ` +
    `const v = a0[${linear(x.stride, along, x.offset)}]; if (${wins}) { winner = i; top = v; } } }`;
  const source =
    "function (a0, a1) { let winner = -1; let top = 0; " +
    `${inside.length === 0 ? loop : `if (${inside.join(" && ")}) { ${loop} }`} return winner; }`;
  const memory = executor.run(
    { source, output, arrays: 2, scalars: 0 },
    [x.memory, index.memory],
    [],
  );
  return rowMajor(memory, shape, "int32");
}
