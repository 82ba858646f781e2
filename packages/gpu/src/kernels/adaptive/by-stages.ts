/**
 * @file The adaptive mixer in gpu.js, for every schedule and source of angles, a stage at a time;
 * the backward runs forward again.
 */
import type { AdaptiveOptions } from "@spm/mixer/extend";
import { type DeviceArray, rowMajor, zeros } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import { elementwise } from "../elementwise.ts";
import { pairOfRole, rowThreads } from "../mixer/call.ts";
import type { MixerOperands } from "../mixer/operands.ts";
import { paddedProduct } from "../mixer/passes.ts";
import { rangeOf, type ScheduleTables, tablesOf } from "../mixer/tables.ts";
import { sumOver } from "../reduce.ts";
import { cosineAndSine } from "../trigonometry.ts";
import { joined, type StageAngles, stageAngles } from "./angles.ts";

/** A call: its schedule on the device, and its angles. */
interface AdaptiveCall {
  readonly executor: Executor;
  readonly tables: ScheduleTables;
  readonly own: StageAngles;
  readonly rows: number;
}

function callOf(
  executor: Executor,
  { schedule, source }: AdaptiveOptions,
  { parameters: [angles, weights = angles], rows }: MixerOperands,
): AdaptiveCall {
  const tables = tablesOf(executor, schedule);
  const own = stageAngles[source]({ executor, tables, angles, weights, rows });
  return { executor, tables, own, rows };
}

/**
 * z after stage l from z before it, or g before from g after (`back`), by the stage's angles:
 * (z_i, z_j) ← (cos θ z_i − sin θ z_j, sin θ z_i + cos θ z_j), or the transpose.
 */
function turn(
  { executor, tables, rows }: AdaptiveCall,
  l: number,
  z: Memory,
  theta: DeviceArray,
  back: boolean,
): Memory {
  const { n, starts } = tables.schedule;
  const { start } = rangeOf(starts, l);
  const { output, row, coordinate } = rowThreads(rows, n);
  const at = `${l * n} + ${coordinate}`;
  const angle = `a1[${row} * ${theta.stride[0]} + ${theta.offset} + (k | 0)]`;
  const source =
    `function (a0, a1, a2, a3) { const r = a2[${at}]; ` +
    `const u = a0[${row} * ${n} + ${coordinate}]; if (r < 0) { return u; } ` +
    `const m = a3[${at}]; const v = a0[${row} * ${n} + (m | 0)]; ` +
    `${pairOfRole} const k = p - ${start}; const t = ${angle}; ${cosineAndSine("t")} ` +
    // the first coordinate has −sin θ of its partner, the second sin θ; the transpose the opposite
    `if (second ${back ? "<" : ">"} 0.5) { return cosine * u + sine * v; } ` +
    "return cosine * u - sine * v; }";
  const arrays = [z, theta.memory, tables.roles, tables.partners];
  return executor.run({ source, output, arrays: 4, scalars: 0 }, arrays, []);
}

/** δ = z_i g_j − z_j g_i of the pairs of stage l, z and g behind it. */
function deltaOf(
  { executor, tables, rows }: AdaptiveCall,
  l: number,
  z: Memory,
  g: Memory,
): DeviceArray {
  const { n, starts } = tables.schedule;
  const { start, count } = rangeOf(starts, l);
  const at = (array: string, table: string) =>
    `${array}[this.thread.y * ${n} + (${table}[${start} + this.thread.x] | 0)]`;
  const source =
    "function (a0, a1, a2, a3) { " +
    `return ${at("a0", "a2")} * ${at("a1", "a3")} - ${at("a0", "a3")} * ${at("a1", "a2")}; }`;
  const kernel = { source, output: [count, rows], arrays: 4, scalars: 0 } as const;
  const memory = executor.run(kernel, [z, g, tables.first, tables.second], []);
  return rowMajor(memory, [rows, count], "float32");
}

/** z before a stage, and its angles; null where it has no pairs. */
interface Stage {
  readonly z: Memory;
  readonly theta: DeviceArray | null;
}

/** All stages, and z after the last. */
function forwardAgain(call: AdaptiveCall, z0: Memory): { stages: Stage[]; zLast: Memory } {
  const { schedule } = call.tables;
  const stages: Stage[] = [];
  let zLast = z0;
  for (let l = 0; l < schedule.stages; l++) {
    const theta = rangeOf(schedule.starts, l).count === 0 ? null : call.own.read(l, zLast);
    stages.push({ z: zLast, theta });
    if (theta !== null) zLast = turn(call, l, zLast, theta, false);
  }
  return { stages, zLast };
}

/** Releases memories, each once, but for those that are operands. */
function releaseAll(
  executor: Executor,
  memories: readonly Memory[],
  { parameters }: MixerOperands,
): void {
  const given = new Set(parameters.map(({ memory }) => memory));
  for (const m of new Set(memories)) if (!given.has(m)) executor.release(m);
}

const memoriesOf = (stages: readonly Stage[]): Memory[] =>
  stages.flatMap(({ z, theta }) => (theta === null ? [z] : [z, theta.memory]));

/** y = d_out ⊙ z_L + bias. */
export function forwardByStages(
  executor: Executor,
  operands: MixerOperands,
  options: AdaptiveOptions,
): DeviceArray {
  const { x, dIn, dOut, bias, rows, fanIn, fanOut } = operands;
  const { n } = options.schedule;
  const call = callOf(executor, options, operands);
  const input = rowMajor(x.memory, [rows, fanIn], "float32");
  const z0 = paddedProduct(executor, rows, n, input, dIn, fanIn);
  const { stages, zLast } = forwardAgain(call, z0);
  const end = { ...rowMajor(zLast, [rows, n], "float32"), shape: [rows, fanOut] };
  const body = "return x0 * x1 + x2;";
  const y = elementwise(executor, [rows, fanOut], "float32", [end, dOut, bias], body);
  releaseAll(executor, [...memoriesOf(stages), zLast], operands);
  return rowMajor(y.memory, x.shape.with(-1, fanOut), "float32");
}

/** The cotangents of all operands. */
export function backwardByStages(
  executor: Executor,
  ct: DeviceArray,
  operands: MixerOperands,
  options: AdaptiveOptions,
): readonly [
  x: DeviceArray,
  dIn: DeviceArray,
  dOut: DeviceArray,
  bias: DeviceArray,
  ...parameters: DeviceArray[],
] {
  const { x, dIn, dOut, rows, fanIn, fanOut, parameters } = operands;
  const { n } = options.schedule;
  const call = callOf(executor, options, operands);
  const view = (m: Memory, width: number): DeviceArray => rowMajor(m, [rows, width], "float32");
  const columns = (m: Memory, width: number): DeviceArray => ({
    ...view(m, n),
    shape: [rows, width],
  });
  const times = (a: DeviceArray, b: DeviceArray): DeviceArray =>
    elementwise(executor, a.shape, "float32", [a, b], "return x0 * x1;");
  const overRows = (a: DeviceArray, b: DeviceArray): DeviceArray => {
    const products = times(a, b);
    const sum = sumOver(executor, products, [0], a.shape.slice(1));
    executor.release(products.memory);
    return sum;
  };
  const [input, output] = [view(x.memory, fanIn), view(ct.memory, fanOut)];
  const z0 = paddedProduct(executor, rows, n, input, dIn, fanIn);
  const { stages, zLast } = forwardAgain(call, z0);
  const dOutBar = overRows(columns(zLast, fanOut), output);
  const biasBar = sumOver(executor, output, [0], [fanOut]);
  const end = paddedProduct(executor, rows, n, output, dOut, fanOut);
  const { g, parts } = sweep(call, stages, zLast, end);
  const xBar = times(columns(g, fanIn), dIn);
  const dInBar = overRows(columns(g, fanIn), input);
  releaseAll(executor, [...memoriesOf(stages), zLast, g], operands);
  const own = parameters.map(({ shape }, k) => {
    const of = parts.flatMap((gradients) => gradients[k] ?? []);
    if (of.length === 0) return zeros(executor, shape, "float32");
    return rowMajor(joined(executor, of, call.own.axis).memory, shape, "float32");
  });
  return [rowMajor(xBar.memory, x.shape, "float32"), dInBar, dOutBar, biasBar, ...own];
}

/** g from behind the last stage to before the first, and each stage's parts of the gradients. */
function sweep(
  call: AdaptiveCall,
  stages: readonly Stage[],
  zLast: Memory,
  end: Memory,
): { g: Memory; parts: (readonly DeviceArray[])[] } {
  const { executor, own } = call;
  const parts: (readonly DeviceArray[])[] = [];
  let [after, g] = [zLast, end];
  for (const [l, { z, theta }] of [...stages.entries()].toReversed()) {
    if (theta === null) continue;
    const delta = deltaOf(call, l, after, g);
    const turned = turn(call, l, g, theta, true);
    executor.release(g);
    const back = own.pullBack(l, delta, z, turned);
    [after, g] = [z, back.g];
    parts.unshift(back.gradients);
  }
  return { g, parts };
}
