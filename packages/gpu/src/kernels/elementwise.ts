/**
 * @file Element-wise kernels: one expression of the operands' elements, with broadcasting through
 * strides of 0.
 */
import type { DType, Shape } from "@spm/core";
import { each } from "@spm/core/extend";
import { broadcastStrides, type DeviceArray, isWhole, rowMajor } from "../device-array.ts";
import type { Executor, Memory, Renewal } from "../executor.ts";
import { threadsFor } from "../threads.ts";

/** The body of a sum. */
export const sumOfTwo = "return x0 + x1;";

/** An array, or a number that is passed with the call. */
export type Operand = DeviceArray | number;

/**
 * `out[i] = f(x0[i], x1[i], …)` over `shape`, to which every array broadcasts.
 * @param body - JavaScript for gpu.js that returns the element; the operands' elements are the
 * locals `x0`, `x1`, …
 * @param renew - the numbers among the operands, when a recorded step is repeated
 * @returns a row-major array
 */
export function elementwise(
  executor: Executor,
  shape: Shape,
  dtype: DType,
  operands: readonly Operand[],
  body: string,
  renew?: Renewal,
): DeviceArray {
  const arrays = operands.filter((x) => typeof x !== "number");
  const numbers = operands.filter((x) => typeof x === "number");
  const { output, indices } = threadsFor(
    shape,
    arrays.map((x) => ({ stride: broadcastStrides(x, shape), offset: x.offset })),
  );
  let array = 0;
  let number = 0;
  const locals = operands.map((x, i) => {
    if (typeof x === "number") return `const x${i} = s${number++};`;
    const read = `const x${i} = a${array}[${indices[array]}];`;
    array++;
    return read;
  });
  const names = parameters(arrays.length, numbers.length);
  const source = `function (${names}) { ${locals.join(" ")} ${body} }`;
  const fills = (x: DeviceArray): boolean => isWhole(x) && `${x.shape}` === `${shape}`;
  const adds = body === sumOfTwo && arrays.length === 2 && arrays.every(fills);
  const memory = executor.run(
    { source, output, arrays: arrays.length, scalars: numbers.length, adds },
    arrays.map((x) => x.memory),
    numbers,
    renew,
  );
  return rowMajor(memory, shape, dtype);
}

/** `a0, a1, …, s0, s1, …` */
export const parameters = (arrays: number, scalars = 0): string =>
  [
    ...Array.from({ length: arrays }, (_, i) => `a${i}`),
    ...Array.from({ length: scalars }, (_, i) => `s${i}`),
  ].join(", ");

/** The same elements, row-major, filling memory of their own. */
export const copyOf = (executor: Executor, x: DeviceArray): DeviceArray =>
  elementwise(executor, x.shape, x.dtype, [x], "return x0;");

/** The array itself where it fills its memory in row-major order, otherwise a copy that does. */
export const whole = (executor: Executor, x: DeviceArray): DeviceArray =>
  isWhole(x) ? x : copyOf(executor, x);

/**
 * Calls `use` with arrays that fill their memory in row-major order: copies, released afterwards,
 * of those that do not.
 */
export function withWhole<T extends readonly DeviceArray[], Made>(
  executor: Executor,
  arrays: readonly [...T],
  use: (dense: { readonly [K in keyof T]: DeviceArray }) => Made,
): Made {
  const copies: Memory[] = [];
  const dense = each(arrays, (x) => {
    const used = whole(executor, x);
    if (used !== x) copies.push(used.memory);
    return used;
  });
  const made = use(dense);
  for (const memory of copies) executor.release(memory);
  return made;
}
