/** @file Cross-entropy between logits and class indices, forward and backward. */
import { type Result, sizeOf } from "@spm/core/extend";
import { type DeviceArray, rowMajor } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { elementwise, withWhole } from "./elementwise.ts";
import { logsumexpOver, sumOver } from "./reduce.ts";

/** Settings of the op. */
export interface CrossEntropySettings {
  readonly labelSmoothing: number;
  readonly ignoreIndex: number;
}

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

/** The mean loss; the residual is ln Σ eˣ of each row. A label out of range yields NaN. */
export const crossEntropyForward = (
  executor: Executor,
  operands: CrossEntropyOperands,
  settings: CrossEntropySettings,
  recorded: boolean,
): Result<[y: 1], DeviceArray> =>
  withWhole(executor, operands, ([x, y]) => {
    const logSums = logsumexpOver(executor, x, [x.shape.length - 1], y.shape);
    const outputs = [meanLoss(executor, x, y, logSums, settings)] as const;
    if (recorded) return { outputs, residual: [logSums] };
    executor.release(logSums.memory);
    return outputs;
  });

function meanLoss(
  executor: Executor,
  x: DeviceArray,
  y: DeviceArray,
  logSums: DeviceArray,
  { labelSmoothing, ignoreIndex }: CrossEntropySettings,
): DeviceArray {
  const classes = x.shape.at(-1) ?? 0;
  const rows = sizeOf(y.shape);
  const at = `this.thread.x * ${classes}`;
  const smooth =
    labelSmoothing === 0
      ? ""
      : `let total = 0; for (let i = 0; i < ${classes}; i++) { total = total + a0[${at} + i]; ` +
        `} loss = loss + s1 * (a0[${at} + (label | 0)] - total / ${classes});`;
  const source =
    "function (a0, a1, a2, s0, s1, s2) { " +
    "const label = a1[this.thread.x]; if (label === s0) { return 0; } " +
    `if (label < 0 || label >= ${classes}) { return s2; } ` +
    `let loss = a2[this.thread.x] - a0[${at} + (label | 0)]; ${smooth} return loss; }`;
  const losses = rowMajor(
    executor.run(
      { source, output: [rows], arrays: 3, scalars: 3 },
      [x.memory, y.memory, logSums.memory],
      [ignoreIndex, labelSmoothing, Number.NaN],
    ),
    [rows],
    "float32",
  );
  const total = sumOver(executor, losses, [0], []);
  const count = counted(executor, y, ignoreIndex);
  const loss = elementwise(executor, [], "float32", [total, count], "return x0 / x1;");
  for (const { memory } of [losses, total, count]) executor.release(memory);
  return loss;
}

/** The logits' cotangent: (softmax − target) / rows that count, times the loss's. */
export const crossEntropyBackward = (
  executor: Executor,
  ct: DeviceArray,
  operands: CrossEntropyOperands,
  { labelSmoothing, ignoreIndex }: CrossEntropySettings,
  logSums: DeviceArray,
): DeviceArray =>
  withWhole(executor, operands, ([x, y]) => {
    const classes = x.shape.at(-1) ?? 0;
    const count = counted(executor, y, ignoreIndex);
    const at = `this.thread.y * ${classes} + this.thread.x`;
    const source =
      "function (a0, a1, a2, a3, a4, s0, s1, s2) { " +
      "const label = a1[this.thread.y]; if (label === s0) { return 0; } " +
      `const log = a0[${at}] - a2[this.thread.y]; let slope = log === log ? ` +
      "Math.exp(log) - s1 : log; if (this.thread.x === label) { slope = slope - s2; } " +
      `return slope * a3[${ct.offset}] / a4[0]; }`;
    const memory = executor.run(
      { source, output: [classes, sizeOf(y.shape)], arrays: 5, scalars: 3 },
      [x.memory, y.memory, logSums.memory, ct.memory, count.memory],
      [ignoreIndex, labelSmoothing / classes, 1 - labelSmoothing],
    );
    executor.release(count.memory);
    return rowMajor(memory, x.shape, "float32");
  });
