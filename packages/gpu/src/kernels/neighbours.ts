/** @file Weighted sums along neighbours on a circle, and their transposes: a thread an element. */
import { sizeOf } from "@spm/core/extend";
import type { NeighbourSum, Neighbours } from "@spm/nn/extend";
import { type DeviceArray, rowMajor, zeros } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { coordinatesOf, linear } from "../threads.ts";

/** Statements that set `q` to the neighbour of row `i` by the link `k`, of n on the circle. */
const neighbour = (i: string, k: string, n: number, back: boolean): string =>
  back
    ? `let q = ${i} - a2[${k}]; if (q < 0) { q = q + ${n}; }`
    : `let q = ${i} + a2[${k}]; if (q >= ${n}) { q = q - ${n}; }`;

/** An element of `array` in row `q`, a local of the kernel, or in the thread's own row. */
const read = (
  name: string,
  { stride, offset }: DeviceArray,
  at: readonly string[],
  far: boolean,
): string => {
  const row = at.length - 2;
  return far
    ? `${name}[${linear(stride.with(row, 0), at, offset)} + (q | 0) * ${stride[row]}]`
    : `${name}[${linear(stride, at, offset)}]`;
};

/** yᵢ = Σₖ wᵢₖ v₍ᵢ₊ₛ₎, or along the inverse links. */
export function sumNeighbours(
  executor: Executor,
  w: DeviceArray,
  v: DeviceArray,
  { shifts, transposed }: NeighbourSum,
): DeviceArray {
  if (sizeOf(v.shape) === 0 || shifts.length === 0) return zeros(executor, v.shape, v.dtype);
  const { output, coordinates } = coordinatesOf(v.shape);
  const row = coordinates.length - 2;
  const weight = read("a0", w, coordinates.with(row + 1, "k"), transposed);
  const source =
    `function (a0, a1, a2) { let total = 0; for (let k = 0; k < ${shifts.length}; k++) { ` +
    `${neighbour(`${coordinates[row]}`, "k", v.shape[row] ?? 1, transposed)} ` +
    `total = total + ${weight} * ${read("a1", v, coordinates, true)}; } return total; }`;
  return launch(executor, source, output, [w, v], shifts, v.shape);
}

/** p[i, k] = ⟨a[i], b[i + shiftₖ]⟩ */
export function multiplyNeighbours(
  executor: Executor,
  a: DeviceArray,
  b: DeviceArray,
  { shifts }: Neighbours,
): DeviceArray {
  const shape = [...a.shape.slice(0, -1), shifts.length];
  if (sizeOf(shape) === 0) return zeros(executor, shape, a.dtype);
  const { output, coordinates } = coordinatesOf(shape);
  const row = coordinates.length - 2;
  const along = coordinates.with(row + 1, "c");
  const source =
    "function (a0, a1, a2) { let total = 0; " +
    `${neighbour(`${coordinates[row]}`, `${coordinates[row + 1]}`, a.shape[row] ?? 1, false)} ` +
    `for (let c = 0; c < ${a.shape[row + 1]}; c++) { ` +
    `total = total + ${read("a0", a, along, false)} * ${read("a1", b, along, true)}; } ` +
    "return total; }";
  return launch(executor, source, output, [a, b], shifts, shape);
}

/** Runs a kernel of two arrays and the shifts. */
function launch(
  executor: Executor,
  source: string,
  output: ReturnType<typeof coordinatesOf>["output"],
  operands: readonly DeviceArray[],
  shifts: readonly number[],
  shape: readonly number[],
): DeviceArray {
  const links = executor.upload(Float32Array.from(shifts));
  const arrays = [...operands.map(({ memory }) => memory), links];
  const memory = executor.run({ source, output, arrays: 3, scalars: 0 }, arrays, []);
  executor.release(links);
  return rowMajor(memory, shape, "float32");
}
