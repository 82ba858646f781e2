/**
 * @file Matrix product: by tiles where WGSL runs and the product is large enough, else by a thread
 * for each element of the result.
 */
import { broadcastShapes, sizeOf } from "@spm/core/extend";
import { type DeviceArray, rowMajor, zeros } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { coordinatesOf, linear } from "../threads.ts";
import { sumOver } from "./reduce.ts";
import { operandOf, planTiles, type TiledPlan } from "./tiled-matmul.ts";

const plans: Map<string, TiledPlan | null> = new Map();
/** Plans that are remembered: to write one takes longer than to launch it. */
const keptPlans = 1024;

/** C = A·B over the last two axes; leading axes broadcast. */
export function multiply(executor: Executor, a: DeviceArray, b: DeviceArray): DeviceArray {
  const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  // An axis that an operand lacks has size 1.
  const [m = 1, k = 1] = a.shape.slice(-2);
  const [, n = 1] = b.shape.slice(-2);
  const shape = [...batch, m, n];
  if (sizeOf(shape) === 0 || k === 0) return zeros(executor, shape, a.dtype);
  const [left, right] = [operandOf(a, batch), operandOf(b, batch)];
  const launcher = executor.wgsl;
  if (launcher !== null) {
    const product = { m, k, n, batch, a: left, b: right };
    const key = JSON.stringify([product, launcher.invocations, launcher.sharedBytes]);
    let plan = plans.get(key);
    if (plan === undefined) {
      if (plans.size >= keptPlans) plans.clear();
      plan = planTiles(launcher, product);
      plans.set(key, plan);
    }
    if (plan !== null) {
      const [memory] = launcher.launch(plan.code, { reads: [a.memory, b.memory], ...plan });
      if (plan.splits === 1) return rowMajor(memory, shape, a.dtype);
      const parts = rowMajor(memory, [plan.splits, sizeOf(shape)], a.dtype);
      const sum = sumOver(executor, parts, [0], shape);
      executor.release(memory);
      return sum;
    }
  }
  const { output, coordinates } = coordinatesOf(shape);
  const row = linear([...left.batch, left.matrix[0], 0], coordinates, a.offset);
  const column = linear([...right.batch, 0, right.matrix[1]], coordinates, b.offset);
  const source =
    "function (a0, a1) { let total = 0; " +
    `for (let i = 0; i < ${k}; i++) { total = total + a0[${row} + i * ` +
    `${left.matrix[1]}] * a1[${column} + i * ${right.matrix[0]}]; } ` +
    "return total; }";
  return rowMajor(
    executor.run({ source, output, arrays: 2, scalars: 0 }, [a.memory, b.memory], []),
    shape,
    a.dtype,
  );
}
