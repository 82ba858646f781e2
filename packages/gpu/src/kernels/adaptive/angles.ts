/**
 * @file The angles of an adaptive mixer in gpu.js, stage by stage, and their way back; δ is the
 * cotangent of θ. Those of one stage are [rows, count].
 */
import type { AngleSource } from "@spm/mixer/extend";
import { type DeviceArray, permuted, rowMajor } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import { elementwise } from "../elementwise.ts";
import { concatenate, windowOn } from "../layout.ts";
import { multiply } from "../matmul.ts";
import { rowThreads } from "../mixer/call.ts";
import { rangeOf, type ScheduleTables } from "../mixer/tables.ts";
import { sumOver } from "../reduce.ts";

/** The arrays that angles are read from. */
export interface DeviceAngles {
  readonly executor: Executor;
  readonly tables: ScheduleTables;
  readonly angles: DeviceArray;
  /** None of given angles. */
  readonly weights: DeviceArray;
  readonly rows: number;
}

/** The angles of a source. */
export interface StageAngles {
  /** θ of stage l, from its inputs z [rows, n]: a new array, or a view of the operand. */
  read(l: number, z: Memory): DeviceArray;
  /**
   * Takes δ back.
   * @returns a new g with what δ adds to the cotangent of z, and the stage's part of each gradient
   */
  pullBack(
    l: number,
    delta: DeviceArray,
    z: Memory,
    g: Memory,
  ): { readonly g: Memory; readonly gradients: readonly DeviceArray[] };
  /** The axis along which the stages' parts of a gradient lie. */
  readonly axis: 0 | 1;
}

/** Some elements of an array along an axis. */
const part = (x: DeviceArray, axis: number, start: number, count: number): DeviceArray =>
  windowOn(x, {
    shape: x.shape.with(axis, count),
    start: x.shape.map((_, k) => (k === axis ? start : 0)),
    step: x.shape.map(() => 1),
  });

/** Σ over the rows. */
const summed = (executor: Executor, x: DeviceArray): DeviceArray =>
  sumOver(executor, x, [0], x.shape.slice(1));

/** Angles that are given, [rows, P]. */
function ofRows({ tables: { schedule }, angles, rows }: DeviceAngles): StageAngles {
  const given = rowMajor(angles.memory, [rows, schedule.first.length], "float32");
  return {
    read: (l) => {
      const { start, count } = rangeOf(schedule.starts, l);
      return part(given, 1, start, count);
    },
    pullBack: (_l, delta, _z, g) => ({ g, gradients: [delta] }),
    axis: 1,
  };
}

/** θ = θ⁰ + A z: products with all inputs of the stage. */
function ofStage({ executor, tables, angles, weights, rows }: DeviceAngles): StageAngles {
  const { schedule } = tables;
  const matrix = (l: number): DeviceArray => {
    const { start, count } = rangeOf(schedule.starts, l);
    return part(weights, 0, start, count);
  };
  const inputs = (z: Memory): DeviceArray => rowMajor(z, [rows, schedule.n], "float32");
  const sum = (a: DeviceArray, b: DeviceArray): DeviceArray =>
    elementwise(executor, a.shape, "float32", [a, b], "return x0 + x1;");
  return {
    read: (l, z) => {
      const { start, count } = rangeOf(schedule.starts, l);
      const turned = multiply(executor, inputs(z), permuted(matrix(l), [1, 0]));
      const theta = sum(turned, part(angles, 0, start, count));
      executor.release(turned.memory);
      return theta;
    },
    pullBack: (l, delta, z, g) => {
      const back = multiply(executor, delta, matrix(l));
      const total = sum(back, inputs(g));
      for (const m of [back.memory, g]) executor.release(m);
      const byWeights = multiply(executor, permuted(delta, [1, 0]), inputs(z));
      const byAngles = summed(executor, delta);
      executor.release(delta.memory);
      return { g: total.memory, gradients: [byAngles, byWeights] };
    },
    axis: 0,
  };
}

/** θ = θ⁰ + α z_i + β z_j, the weights [P, 2] being α and β. */
function ofPair({ executor, tables, angles, weights, rows }: DeviceAngles): StageAngles {
  const { schedule, first, second, roles } = tables;
  const { n } = schedule;
  const run = (output: readonly [number, number], arrays: readonly Memory[], body: string) => {
    const names = arrays.map((_, k) => `a${k}`).join(", ");
    const source = `function (${names}) { ${body} }`;
    return executor.run({ source, output, arrays: arrays.length, scalars: 0 }, arrays, []);
  };
  return {
    read: (l, z) => {
      const { start, count } = rangeOf(schedule.starts, l);
      const p = `${start} + this.thread.x`;
      const own = (place: string) => `a0[this.thread.y * ${n} + (${place} | 0)]`;
      const weight = (k: number) => `a4[${2 * start + k} + 2 * this.thread.x]`;
      const theta = run(
        [count, rows],
        [z, first, second, angles.memory, weights.memory],
        // WebGL2 takes places from variables alone
        `const i = a1[${p}]; const j = a2[${p}]; ` +
          `return a3[${p}] + ${weight(0)} * ${own("i")} + ${weight(1)} * ${own("j")};`,
      );
      return rowMajor(theta, [rows, count], "float32");
    },
    pullBack: (l, delta, z, g) => {
      const { start, count } = rangeOf(schedule.starts, l);
      const { output, row, coordinate } = rowThreads(rows, n);
      const source =
        `function (a0, a1, a2, a3) { const r = a2[${l * n} + ${coordinate}]; ` +
        `const own = a0[${row} * ${n} + ${coordinate}]; if (r < 0) { return own; } ` +
        `const p = Math.floor(r / 2) - ${start}; const w = r; ` +
        `return own + a3[(w | 0)] * a1[${row} * ${count} + (p | 0)]; }`;
      // A pair's coordinates have the roles 2p and 2p + 1, and its weights these places.
      const arrays = [g, delta.memory, roles, weights.memory];
      const total = executor.run({ source, output, arrays: 4, scalars: 0 }, arrays, []);
      executor.release(g);
      const half = "(this.thread.x >> 1)";
      const at = (array: string) =>
        `const place = ${array}[${start} + ${half}]; ` +
        `return d * a0[this.thread.y * ${n} + (place | 0)];`;
      const products = run(
        [2 * count, rows],
        [z, first, second, delta.memory],
        `const d = a3[this.thread.y * ${count} + ${half}]; ` +
          `if ((this.thread.x & 1) > 0) { ${at("a2")} } ${at("a1")}`,
      );
      const byWeights = summed(executor, rowMajor(products, [rows, count, 2], "float32"));
      const byAngles = summed(executor, delta);
      for (const m of [products, delta.memory]) executor.release(m);
      return { g: total, gradients: [byAngles, byWeights] };
    },
    axis: 0,
  };
}

/** The angles of each source. */
export const stageAngles: Readonly<Record<AngleSource, (operands: DeviceAngles) => StageAngles>> = {
  rows: ofRows,
  stage: ofStage,
  pair: ofPair,
};

/** The stages' parts of a gradient, in order, as one array. */
export function joined(
  executor: Executor,
  parts: readonly DeviceArray[],
  axis: 0 | 1,
): DeviceArray {
  const all = concatenate(executor, parts, axis);
  for (const { memory } of parts) executor.release(memory);
  return all;
}
