/** @file One call of the mixer in gpu.js: its sizes, its coefficients, and how its kernels are run. */
import type { Schedule } from "@spm/mixer";
import type { Executor, Memory, Output } from "../../executor.ts";
import { parameters } from "../elementwise.ts";
import { returnCos, returnSin } from "../trigonometry.ts";
import type { MixerOperands } from "./operands.ts";
import type { ProgramArrays } from "./program.ts";
import { type MixerKind, type ScheduleTables, tablesOf } from "./tables.ts";

/** α and β of every coordinate and stage, [L·n] each. */
interface Coefficients {
  readonly alpha: Memory;
  readonly beta: Memory;
}

function coefficients(
  executor: Executor,
  kind: MixerKind,
  { schedule, roles }: ScheduleTables,
  [blocks, scales]: MixerOperands["parameters"],
): Coefficients {
  const output = [schedule.n * schedule.stages] as const;
  const role = "const r = a1[this.thread.x];";
  // ⌊r / 2⌋ and r mod 2 of a whole number below 2²⁴
  const pair = "const p = Math.floor(r / 2); const second = r - 2 * p;";
  const run = (source: string, arrays: readonly Memory[]): Memory =>
    executor.run({ source, output, arrays: arrays.length, scalars: 0 }, arrays, []);
  if (kind === "rotation") {
    const angles = blocks.memory;
    const head = `function (a0, a1) { ${role} if (r < 0) { return `;
    const angle = `${pair} const t = a0[p]; `;
    return {
      alpha: run(`${head}1; } ${angle}${returnCos("t")} }`, [angles, roles]),
      beta: run(`${head}0; } ${angle}const u = second > 0 ? t : -t; ${returnSin("u")} }`, [angles, roles]),
    };
  }
  const arrays = [blocks.memory, roles];
  const factors = scales === undefined || scales.memory.length === 0 ? [] : [scales.memory];
  const leftover = factors.length === 0 ? "1" : "a2[-1 - r]";
  const names = parameters(arrays.length + factors.length);
  return {
    alpha: run(
      `function (${names}) { ${role} if (r < 0) { return ${leftover}; } ${pair} return a0[4 * p + 3 * second]; }`,
      [...arrays, ...factors],
    ),
    beta: run(
      `function (a0, a1) { ${role} if (r < 0) { return 0; } ${pair} return a0[4 * p + 1 + second]; }`,
      arrays,
    ),
  };
}

/** One call's sizes, memories and names. */
export interface Call {
  readonly executor: Executor;
  readonly tables: ScheduleTables;
  readonly coefficients: Coefficients;
  readonly rows: number;
  readonly n: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

export function callOf(
  executor: Executor,
  kind: MixerKind,
  schedule: Schedule,
  { parameters, rows, fanIn, fanOut }: MixerOperands,
): Call {
  const tables = tablesOf(executor, schedule);
  return {
    executor,
    tables,
    coefficients: coefficients(executor, kind, tables, parameters),
    rows,
    n: schedule.n,
    fanIn,
    fanOut,
  };
}

export const releaseCall = ({ executor, coefficients: c }: Call): void => {
  executor.release(c.alpha);
  executor.release(c.beta);
};

/** Threads for `rows` × `width`: the row and the coordinate of each, as integers. */
export function rowThreads(
  rows: number,
  width: number,
): { output: Output; row: string; coordinate: string } {
  const shift = Math.log2(width);
  if (Number.isInteger(shift))
    return {
      output: [rows * width],
      row: `(this.thread.x >> ${shift})`,
      coordinate: `(this.thread.x & ${width - 1})`,
    };
  return { output: [width, rows], row: "this.thread.y", coordinate: "this.thread.x" };
}

/** Names under which every kernel sees the coefficients and partners. */
export const names: ProgramArrays = { alpha: "a0", beta: "a1", partners: "a2" };

/** Arrays that every pass begins with, and the parameters' names. */
const common = ({ coefficients: c, tables }: Call): readonly Memory[] => [c.alpha, c.beta, tables.partners];

/**
 * Runs a program of one result an element. On butterflies the partners' table goes unread, and is left out of the arguments.
 */
export function runProgram(
  call: Call,
  output: Output,
  more: readonly Memory[],
  body: string,
): Memory {
  const arrays = [...common(call), ...more];
  const kept: Memory[] = [];
  const renamed = new Map<string, string>();
  for (const [i, memory] of arrays.entries()) {
    if (!new RegExp(`\\ba${i}\\b`).test(body)) continue;
    renamed.set(`a${i}`, `a${kept.length}`);
    kept.push(memory);
  }
  const text = body.replace(/\ba\d+\b/g, (name) => renamed.get(name) ?? name);
  const source = `function (${parameters(kept.length)}) { ${text} }`;
  return call.executor.run({ source, output, arrays: kept.length, scalars: 0 }, kept, []);
}
