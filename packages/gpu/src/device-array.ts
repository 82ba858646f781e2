/**
 * @file Arrays on the device: memory seen through shape, stride and offset, so that transposes,
 * slices and broadcasts are free.
 */
import type { DType, Shape } from "@spm/core";
import { sizeOf, stridesOf } from "@spm/core/extend";
import type { Executor, Memory } from "./executor.ts";

/** An array on the device: the backend's handle of a tensor. */
export interface DeviceArray {
  readonly memory: Memory;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly stride: readonly number[];
  readonly offset: number;
}

/** Memory as a row-major array. */
export const rowMajor = (memory: Memory, shape: Shape, dtype: DType): DeviceArray => ({
  memory,
  dtype,
  shape,
  stride: stridesOf(shape),
  offset: 0,
});

/** A memory as a vector. */
export const vector = (memory: Memory): DeviceArray => rowMajor(memory, [memory.length], "float32");

/** An array of zeros. */
export const zeros = (executor: Executor, shape: Shape, dtype: DType): DeviceArray =>
  rowMajor(executor.upload(new Float32Array(sizeOf(shape))), shape, dtype);

/** Whether the elements lie in row-major order without gaps. */
export function isDense({ shape, stride }: DeviceArray): boolean {
  let step = 1;
  for (let k = shape.length - 1; k >= 0; k--) {
    if (shape[k] !== 1 && stride[k] !== step) return false;
    step *= shape[k]!;
  }
  return true;
}

/** Whether the elements fill their memory from its first to its last in row-major order. */
export const isWhole = (x: DeviceArray): boolean =>
  isDense(x) && x.offset === 0 && x.memory.length === sizeOf(x.shape);

/**
 * The strides of a view of `x` broadcast to `shape`, 0 along repeated axes. The shape is known to
 * fit.
 */
export function broadcastStrides(x: DeviceArray, shape: Shape): number[] {
  const lead = shape.length - x.shape.length;
  // An axis that it lacks has size 1, and is not walked.
  return shape.map((n, k) => ((x.shape[k - lead] ?? 1) === n ? (x.stride[k - lead] ?? 0) : 0));
}

/** A view with the axes in another order. */
export const permuted = (x: DeviceArray, order: readonly number[]): DeviceArray => ({
  ...x,
  shape: order.map((k) => x.shape[k]!),
  stride: order.map((k) => x.stride[k]!),
});
