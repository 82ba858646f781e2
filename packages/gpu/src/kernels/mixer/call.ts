/**
 * @file One call of the mixer in gpu.js: its sizes, its coefficients, and the launches of its
 * kernels.
 */
import type { Schedule } from "@spm/mixer";
import type { Executor, Memory, Output } from "../../executor.ts";
import { parameters } from "../elementwise.ts";
import type { MixerOperands } from "./operands.ts";
import type { ProgramArrays } from "./program.ts";
import { type ScheduleTables, tablesOf } from "./tables.ts";

/** α of every coordinate and stage, then β, [2, L·n], from the parameters. */
export type MakeCoefficients = (
  executor: Executor,
  tables: ScheduleTables,
  parameters: MixerOperands["parameters"],
) => Memory;

/**
 * The pair p of a role r ≥ 0, and whether it is the pair's second: ⌊r / 2⌋ and r mod 2 of a whole
 * number below 2²⁴.
 */
export const pairOfRole = "const p = Math.floor(r / 2); const second = r - 2 * p;";

/**
 * Runs a kernel over the roles `r` of all coordinates and stages, first with `beta` 0, then with 1;
 * the first array after `arrays[0]` holds the roles.
 */
export function overRoles(
  executor: Executor,
  { schedule }: ScheduleTables,
  arrays: readonly Memory[],
  body: string,
): Memory {
  const { n, stages } = schedule;
  const source =
    `function (${parameters(arrays.length)}) { ` +
    `const r = a1[this.thread.y * ${n} + this.thread.x]; const beta = this.thread.z; ${body} }`;
  const output = [n, stages, 2] as const; // of two dimensions gpu.js makes as wide a texture
  return executor.run({ source, output, arrays: arrays.length, scalars: 0 }, arrays, []);
}

/** One call's sizes, memories and names. */
export interface MixerCall {
  readonly executor: Executor;
  readonly tables: ScheduleTables;
  readonly coefficients: Memory;
  readonly rows: number;
  readonly n: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** A call: its coefficients are made. */
export function callOf(
  executor: Executor,
  kernels: { readonly coefficients: MakeCoefficients },
  schedule: Schedule,
  { parameters, rows, fanIn, fanOut }: MixerOperands,
): MixerCall {
  const tables = tablesOf(executor, schedule);
  return {
    executor,
    tables,
    coefficients: kernels.coefficients(executor, tables, parameters),
    rows,
    n: schedule.n,
    fanIn,
    fanOut,
  };
}

/** Releases the coefficients of a call. */
export const releaseCall = ({ executor, coefficients }: MixerCall): void =>
  executor.release(coefficients);

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
export const names: ProgramArrays = { coefficients: "a0", partners: "a1" };

/** Arrays that every pass begins with, and the parameters' names. */
const common = ({ coefficients, tables }: MixerCall): readonly Memory[] => [
  coefficients,
  tables.partners,
];

/**
 * Runs a program of one result an element. Arrays that the program does not read, as the partners'
 * table of a butterfly, are left out of the arguments.
 */
export function runProgram(
  call: MixerCall,
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
