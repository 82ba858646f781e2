/**
 * @file Matrix product: by tiles where WGSL runs and the product is large enough, else by a thread
 * for each element of the result.
 */
import type { Shape } from "@spm/core";
import { broadcastShapes, sizeOf } from "@spm/core/extend";
import { broadcastStrides, type DeviceArray, rowMajor, zeros } from "../device-array.ts";
import type { Executor, Memory } from "../executor.ts";
import { coordinatesOf, linear } from "../threads.ts";
import { copyOf } from "./elementwise.ts";
import { sumOver } from "./reduce.ts";
import { operandOf, planTiles, type TiledPlan } from "./tiled-matmul.ts";

const plans: Map<string, TiledPlan | null> = new Map();
/** Plans that are remembered: to write one takes longer than to launch it. */
const keptPlans = 1024;

/** C = A·B over the last two axes, plus a bias [n] if any; leading axes broadcast. */
export function multiply(
  executor: Executor,
  a: DeviceArray,
  b: DeviceArray,
  bias: DeviceArray | null = null,
): DeviceArray {
  const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  // An axis that an operand lacks has size 1.
  const [m = 1, k = 1] = a.shape.slice(-2);
  const [, n = 1] = b.shape.slice(-2);
  const shape = [...batch, m, n];
  if (sizeOf(shape) === 0 || k === 0)
    return bias === null || sizeOf(shape) === 0
      ? zeros(executor, shape, a.dtype)
      : copyOf(executor, { ...bias, shape, stride: broadcastStrides(bias, shape) });
  const [left, right] = [operandOf(a, batch), operandOf(b, batch)];
  const launcher = executor.wgsl;
  if (launcher !== null) {
    const product = { m, k, n, batch, a: left, b: right, bias: bias?.offset ?? null };
    const key = JSON.stringify([product, launcher.invocations, launcher.sharedBytes]);
    let plan = plans.get(key);
    if (plan === undefined) {
      if (plans.size >= keptPlans) plans.clear();
      plan = planTiles(launcher, product);
      plans.set(key, plan);
    }
    if (plan !== null) {
      const own = bias !== null && plan.splits === 1 ? [bias.memory] : [];
      const reads = [a.memory, b.memory, ...own];
      const [memory] = launcher.launch(plan.code, { reads, ...plan });
      if (plan.splits === 1) return rowMajor(memory, shape, a.dtype);
      const sum = addParts(executor, memory, plan.splits, shape, bias);
      executor.release(memory);
      return sum;
    }
  }
  const { output, coordinates } = coordinatesOf(shape);
  const row = linear([...left.batch, left.matrix[0], 0], coordinates, a.offset);
  const column = linear([...right.batch, 0, right.matrix[1]], coordinates, b.offset);
  const first =
    bias && linear([...batch.map(() => 0), 0, ...bias.stride], coordinates, bias.offset);
  const source =
    `function (${bias ? "a0, a1, a2" : "a0, a1"}) { let total = ${bias ? `a2[${first}]` : "0"}; ` +
    `for (let i = 0; i < ${k}; i++) { total = total + a0[${row} + i * ` +
    `${left.matrix[1]}] * a1[${column} + i * ${right.matrix[0]}]; } ` +
    "return total; }";
  return rowMajor(
    executor.run(
      { source, output, arrays: bias ? 3 : 2, scalars: 0 },
      [a.memory, b.memory, ...(bias ? [bias.memory] : [])],
      [],
    ),
    shape,
    a.dtype,
  );
}

/** The sum of the parts of a product's inner axis, [parts, ...shape], and of a bias if any. */
function addParts(
  executor: Executor,
  memory: Memory,
  parts: number,
  shape: Shape,
  bias: DeviceArray | null,
): DeviceArray {
  const size = sizeOf(shape);
  if (bias === null)
    return sumOver(executor, rowMajor(memory, [parts, size], "float32"), [0], shape);
  const n = shape.at(-1) ?? 1;
  const [stride = 1] = bias.stride;
  const source =
    `function (a0, a1) { let total = a1[this.thread.x * ${stride} + ${bias.offset}]; ` +
    `for (let i = 0; i < ${parts}; i++) { ` +
    `total = total + a0[i * ${size} + this.thread.y * ${n} + this.thread.x]; } return total; }`;
  const kernel = { source, output: [n, size / n], arrays: 2, scalars: 0 } as const;
  return rowMajor(executor.run(kernel, [memory, bias.memory], []), shape, "float32");
}
