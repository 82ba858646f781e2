/**
 * @file Kernels that walk one axis: running sums, sorting, the Fourier transform. Quadratic in the
 * length of the axis, a thread for each element.
 */
import { sizeOf } from "@spm/core/extend";
import { type DeviceArray, rowMajor, zeros } from "../device-array.ts";
import type { Executor, Memory } from "../executor.ts";
import { coordinatesOf, linear } from "../threads.ts";

/** yᵢ = Σⱼ≤ᵢ xⱼ along an axis. */
export function cumulate(executor: Executor, x: DeviceArray, axis: number): DeviceArray {
  if (sizeOf(x.shape) === 0) return zeros(executor, x.shape, x.dtype);
  const { output, coordinates } = coordinatesOf(x.shape);
  const read = `a0[${linear(x.stride, coordinates.with(axis, "j"), x.offset)}]`;
  const source =
    `function (a0) { let total = 0; for (let j = 0; j < ${x.shape[axis]}; j++) { ` +
    `if (j <= ${coordinates[axis]}) { total = total + ${read}; } } return total; }`;
  return rowMajor(
    executor.run({ source, output, arrays: 1, scalars: 0 }, [x.memory], []),
    x.shape,
    x.dtype,
  );
}

/**
 * The positions that sort an axis, stable, NaN largest: first the number of elements before each,
 * its rank, then the inverse of the ranks.
 */
export function sortPositions(
  executor: Executor,
  x: DeviceArray,
  axis: number,
  descending: boolean,
): DeviceArray {
  if (sizeOf(x.shape) === 0) return zeros(executor, x.shape, "int32");
  const { output, coordinates } = coordinatesOf(x.shape);
  const n = x.shape[axis];
  const at = coordinates[axis];
  const other = `a0[${linear(x.stride, coordinates.with(axis, "j"), x.offset)}]`;
  const before = descending ? "w > v" : "w < v";
  // ahead: 1 when w comes before v by value, 0 when they are equal, −1 otherwise; `=== itself` is
  // false for NaN alone.
  const compare = descending
    ? `if (w === w) { if (v === v) { if (${before}) { ahead = 1; } if (w === v) { ` +
      "ahead = 0; } } } else { if (v === v) { ahead = 1; } else { ahead = 0; } }"
    : `if (w === w) { if (v === v) { if (${before}) { ahead = 1; } if (w === v) { ahead = 0; ` +
      "} } else { ahead = 1; } } else { if (v === v) { ahead = -1; } else { ahead = 0; } }";
  const rank =
    `function (a0) { const v = a0[${linear(x.stride, coordinates, x.offset)}]; ` +
    `let place = 0; for (let j = 0; j < ${n}; j++) { ` +
    `const w = ${other}; let ahead = -1; ${compare} if (ahead > 0) { place = place + 1; ` +
    `} if (ahead === 0 && j < ${at}) { place = place + 1; } } return place; }`;
  const ranks = rowMajor(
    executor.run({ source: rank, output, arrays: 1, scalars: 0 }, [x.memory], []),
    x.shape,
    "int32",
  );
  const ranked = `a0[${linear(ranks.stride, coordinates.with(axis, "j"))}]`;
  const invert =
    `function (a0) { let who = 0; for (let j = 0; j < ${n}; ` +
    `j++) { if (${ranked} === ${at}) { who = j; } } return who; }`;
  const memory = executor.run(
    { source: invert, output, arrays: 1, scalars: 0 },
    [ranks.memory],
    [],
  );
  executor.release(ranks.memory);
  return rowMajor(memory, x.shape, "int32");
}

const turns: WeakMap<Executor, Map<number, Memory>> = new WeakMap();

/**
 * cos and sin of 2πk/n for every k, interleaved, in float64 before they are rounded. Made once for
 * each device.
 */
function turnsOf(executor: Executor, n: number): Memory {
  let mine = turns.get(executor);
  if (mine === undefined) {
    mine = new Map();
    turns.set(executor, mine);
  }
  let table = mine.get(n);
  if (table === undefined) {
    const angle = (k: number) => (2 * Math.PI * (k >> 1)) / n;
    const values = Float32Array.from({ length: 2 * n }, (_, k) =>
      k % 2 === 0 ? Math.cos(angle(k)) : Math.sin(angle(k)),
    );
    table = executor.attempt(() => executor.upload(values)).result; // no call's own
    mine.set(n, table);
  }
  return table;
}

/**
 * Xₖ = Σⱼ xⱼ e^(sign·2πi jk/n) over pairs [..., n, 2]; jk mod n is a mask, n being a power of two.
 */
export function fourier(executor: Executor, x: DeviceArray, sign: 1 | -1): DeviceArray {
  if (sizeOf(x.shape) === 0) return zeros(executor, x.shape, x.dtype);
  const n = x.shape.at(-2) ?? 1;
  const { output, coordinates } = coordinatesOf(x.shape);
  const [part, k] = coordinates.toReversed();
  const place = (p: string) =>
    `a0[${linear(x.stride, [...coordinates.slice(0, -2), "j", p], x.offset)}]`;
  const turn = `(((${k} * j) & ${n - 1}) * 2)`;
  const source =
    "function (a0, a1) { let re = 0; let im = 0; for (let j = 0; " +
    `j < ${n}; j++) { const a = ${place("0")}; const b = ${place("1")}; ` +
    `const u = a1[${turn}]; const v = ${sign === 1 ? "" : "-"}a1[${turn} + 1]; ` +
    "re = re + a * u - b * v; im = im + a * v + b * u; } " +
    `return ${part} < 1 ? re : im; }`;
  return rowMajor(
    executor.run({ source, output, arrays: 2, scalars: 0 }, [x.memory, turnsOf(executor, n)], []),
    x.shape,
    x.dtype,
  );
}
