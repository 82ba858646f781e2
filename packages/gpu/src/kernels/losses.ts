/** @file Cross-entropy between logits and class indices, forward and backward. */
import { type Result, sizeOf } from "@spm/core/extend";
import { type DeviceArray, rowMajor } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { elementwise, withWhole } from "./elementwise.ts";
import { shiftedSums, sumOver } from "./reduce.ts";
import {
  type CrossEntropyLoss,
  type CrossEntropyResidual,
  type CrossEntropySettings,
  lossInTwoLaunches,
} from "./row-losses.ts";

type CrossEntropyOperands = readonly [logits: DeviceArray, labels: DeviceArray];

/** The number of rows that count, as a scalar. */
function counted(executor: Executor, labels: DeviceArray, ignore: number): DeviceArray {
  const flags = elementwise(
    executor,
    labels.shape,
    "float32",
    [labels, ignore],
    "return x0 === x1 ? 0 : 1;",
  );
  const axes = labels.shape.map((_, k) => k);
  const count = sumOver(executor, flags, axes, []);
  if (count.memory !== flags.memory) executor.release(flags.memory);
  return count;
}

/** The mean loss, and {@link CrossEntropyResidual}. A label out of range yields NaN. */
export const crossEntropyForward = (
  executor: Executor,
  operands: CrossEntropyOperands,
  settings: CrossEntropySettings,
  recorded: boolean,
): Result<[y: 1], DeviceArray> =>
  withWhole(executor, operands, ([x, y]) => {
    const { loss, residual } =
      lossInTwoLaunches(executor, x, y, settings) ?? lossByOps(executor, x, y, settings);
    if (recorded) return { outputs: [loss], residual };
    for (const { memory } of residual) executor.release(memory);
    return [loss];
  });

/** The mean loss by gpu.js. */
function lossByOps(
  executor: Executor,
  x: DeviceArray,
  y: DeviceArray,
  settings: CrossEntropySettings,
): CrossEntropyLoss {
  const { top, total } = shiftedSums(executor, x, [x.shape.length - 1]);
  const count = counted(executor, y, settings.ignoreIndex);
  const loss = meanLoss(executor, x, y, { top, total, count }, settings);
  return { loss, residual: [top, total, count] };
}

function meanLoss(
  executor: Executor,
  x: DeviceArray,
  y: DeviceArray,
  { top, total, count }: Readonly<Record<"top" | "total" | "count", DeviceArray>>,
  { labelSmoothing, ignoreIndex }: CrossEntropySettings,
): DeviceArray {
  const classes = x.shape.at(-1) ?? 0;
  const rows = sizeOf(y.shape);
  const at = `this.thread.x * ${classes}`;
  const smooth =
    labelSmoothing === 0
      ? ""
      : `let below = 0; for (let i = 0; i < ${classes}; i++) { ` +
        `below = below + (a0[${at} + i] - top); } loss = loss - s1 * below / ${classes};`;
  const source =
    "function (a0, a1, a2, a3, s0, s1, s2) { " +
    "const label = a1[this.thread.x]; if (label === s0) { return 0; } " +
    `if (label < 0 || label >= ${classes}) { return s2; } ` +
    "const top = a2[this.thread.x]; const sum = a3[this.thread.x]; let log = sum; " +
    "if (sum === sum) { log = Math.log(sum); } " +
    `let loss = log - (1 - s1) * (a0[${at} + (label | 0)] - top); ${smooth} return loss; }`;
  const losses = rowMajor(
    executor.run(
      { source, output: [rows], arrays: 4, scalars: 3 },
      [x.memory, y.memory, top.memory, total.memory],
      [ignoreIndex, labelSmoothing, Number.NaN],
    ),
    [rows],
    "float32",
  );
  const sum = sumOver(executor, losses, [0], []);
  const loss = elementwise(executor, [], "float32", [sum, count], "return x0 / x1;");
  for (const { memory } of [losses, sum]) executor.release(memory);
  return loss;
}

/** The logits' cotangent: (softmax − target) / rows that count, times the loss's. */
export const crossEntropyBackward = (
  executor: Executor,
  ct: DeviceArray,
  operands: CrossEntropyOperands,
  { labelSmoothing, ignoreIndex }: CrossEntropySettings,
  [top, total, count]: CrossEntropyResidual,
): DeviceArray =>
  withWhole(executor, operands, ([x, y]) => {
    const classes = x.shape.at(-1) ?? 0;
    const at = `this.thread.y * ${classes} + this.thread.x`;
    const source =
      "function (a0, a1, a2, a3, a4, a5, s0, s1, s2) { " +
      "const label = a1[this.thread.y]; if (label === s0) { return 0; } " +
      `const log = a0[${at}] - a2[this.thread.y]; let slope = log; if (log === log) { ` +
      "slope = Math.exp(log) / a3[this.thread.y] - s1; } " +
      "if (this.thread.x === label) { slope = slope - s2; } " +
      `return slope * a4[${ct.offset}] / a5[0]; }`;
    const memory = executor.run(
      { source, output: [classes, sizeOf(y.shape)], arrays: 6, scalars: 3 },
      [x.memory, y.memory, top.memory, total.memory, ct.memory, count.memory],
      [ignoreIndex, labelSmoothing / classes, 1 - labelSmoothing],
    );
    return rowMajor(memory, x.shape, "float32");
  });
