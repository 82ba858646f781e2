/** @file Matrix product: a thread for each element of the result, strided operands read in place. */
import { broadcastShapes, sizeOf } from "@spm/core";
import { broadcastStrides, type DeviceArray, rowMajor } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { coordinatesOf, linear } from "../threads.ts";

/** C = A·B over the last two axes; leading axes broadcast. */
export function multiply(executor: Executor, a: DeviceArray, b: DeviceArray): DeviceArray {
  const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [m, k, n] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  const shape = [...batch, m, n];
  if (sizeOf(shape) === 0 || k === 0) return rowMajor(executor.upload(new Float32Array(sizeOf(shape))), shape, a.dtype);
  const { output, coordinates } = coordinatesOf(shape);
  const strides = (x: DeviceArray) =>
    broadcastStrides({ ...x, shape: x.shape.slice(0, -2), stride: x.stride.slice(0, -2) }, batch);
  const row = linear([...strides(a), a.stride.at(-2)!, 0], coordinates, a.offset);
  const column = linear([...strides(b), 0, b.stride.at(-1)!], coordinates, b.offset);
  const source =
    "function (a0, a1) { let total = 0; " +
    `for (let i = 0; i < ${k}; i++) { total = total + a0[${row} + i * ${a.stride.at(-1)}] * a1[${column} + i * ${b.stride.at(-2)}]; } ` +
    "return total; }";
  return rowMajor(executor.run({ source, output, arrays: 2, scalars: 0 }, [a.memory, b.memory], []), shape, a.dtype);
}
