/** @file Geometric products of multivectors: a thread a component of the result. */
import { sizeOf } from "@spm/core/extend";
import { type DeviceArray, rowMajor, zeros } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { coordinatesOf, linear } from "../threads.ts";

/** Statements that replace `bits` by the XOR of all its shifts to the right. */
const folded =
  "bits = bits ^ (bits >> 1); bits = bits ^ (bits >> 2); bits = bits ^ (bits >> 4); " +
  "bits = bits ^ (bits >> 8); bits = bits ^ (bits >> 16);";

/** Component `k` of the thread's own row. */
const read = (
  name: string,
  { stride, offset }: DeviceArray,
  at: readonly string[],
  k: string,
): string => `${name}[${linear(stride, at.with(-1, k), offset)}]`;

/**
 * y_c = Σᵢ ± aᵢ b_(i XOR c), with the sign of e_i e_(i XOR c): the parity of the ones of (i XOR c)
 * & the XOR of i's shifts.
 */
export function multiplyMultivectors(
  executor: Executor,
  a: DeviceArray,
  b: DeviceArray,
): DeviceArray {
  const { shape } = a;
  if (sizeOf(shape) === 0) return zeros(executor, shape, a.dtype);
  const { output, coordinates } = coordinatesOf(shape);
  const source =
    `function (a0, a1) { let total = 0; for (let i = 0; i < ${shape.at(-1)}; i++) { ` +
    `let j = i ^ ${coordinates.at(-1)}; let bits = i >> 1; ${folded} bits = bits & j; ${folded} ` +
    `let product = ${read("a0", a, coordinates, "i")} * ` +
    `${read("a1", b, coordinates, "(j | 0)")}; ` +
    "if ((bits & 1) === 1) { product = -product; } total = total + product; } return total; }";
  const memory = executor.run({ source, output, arrays: 2, scalars: 0 }, [a.memory, b.memory], []);
  return rowMajor(memory, shape, "float32");
}
