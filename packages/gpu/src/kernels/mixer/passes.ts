/**
 * @file Passes of the mixer in gpu.js: up to three stages each (radix 8: eight reads, one write),
 * forward, and back by the transpose.
 */
import type { DeviceArray } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import { upTo } from "../wgsl.ts";
import { type MixerCall, names, rowThreads, runProgram } from "./call.ts";
import { MixerProgram } from "./program.ts";

/** Stages of one pass. */
const radixLog = 3;

/** The stages of one pass, counted from 0: `from` up to `to`, exclusive. */
export interface Pass {
  readonly from: number;
  readonly to: number;
}

/** The passes that L stages take, 0 … 3, 3 … 6, …, L, and the last of them. */
export function passesOf(stages: number): {
  readonly passes: readonly Pass[];
  readonly last: Pass;
} {
  const from = radixLog * (Math.ceil(stages / radixLog) - 1);
  const last = { from, to: stages };
  const before = upTo(from / radixLog).map((k) => ({ from: radixLog * k, to: radixLog * (k + 1) }));
  return { passes: [...before, last], last };
}

/**
 * The expression by which a pass reads coordinate `c` of its row from `a2`, of the given width;
 * zero beyond it.
 */
const reader =
  (n: number, width: number, row: string, scale: string | null) =>
  (c: string): string => {
    const element = `a2[${row} * ${width} + ${c}]${scale === null ? "" : ` * ${scale}[${c}]`}`;
    return width === n ? element : `(${c} < ${width} ? ${element} : 0)`;
  };

/**
 * z after a pass from z before it; the first pass reads x and scales it by d_in, the last may scale
 * by d_out and shift.
 */
export function forwardPass(
  call: MixerCall,
  { from, to }: Pass,
  source: Memory,
  dIn: Memory | null,
  last: { dOut: Memory; bias: Memory } | null,
): Memory {
  const width = last === null ? call.n : call.fanOut;
  const { output, row, coordinate } = rowThreads(call.rows, width);
  const program = new MixerProgram(call.tables, names);
  const read = reader(call.n, dIn === null ? call.n : call.fanIn, row, dIn === null ? null : "a3");
  const z = program.forward("z", from, to, program.at(coordinate), read);
  const after = dIn === null ? 3 : 4;
  const result =
    last === null ? z : `${z} * a${after}[${coordinate}] + a${after + 1}[${coordinate}]`;
  const more = [
    source,
    ...(dIn === null ? [] : [dIn]),
    ...(last === null ? [] : [last.dOut, last.bias]),
  ];
  return runProgram(call, output, more, `${program.statements.join(" ")} return ${result};`);
}

/** g before a pass from g after it, by the transposed blocks, which of rotations undo z as well. */
export function backwardPass(call: MixerCall, { from, to }: Pass, source: Memory): Memory {
  const { output, row, coordinate } = rowThreads(call.rows, call.n);
  const program = new MixerProgram(call.tables, names);
  const read = reader(call.n, call.n, row, null);
  const g = program.backward("g", to, from, program.at(coordinate), read);
  return runProgram(call, output, [source], `${program.statements.join(" ")} return ${g};`);
}

/** [rows, n] with x ⊙ d in the first columns and zeros in the others. */
export function paddedProduct(
  executor: Executor,
  rows: number,
  n: number,
  x: DeviceArray,
  d: DeviceArray,
  width: number,
): Memory {
  const { output, row, coordinate } = rowThreads(rows, n);
  const source =
    `function (a0, a1) { if (${coordinate} < ${width}) { ` +
    `return a0[${row} * ${width} + ${coordinate}] * a1[${coordinate}]; } return 0; }`;
  return executor.run({ source, output, arrays: 2, scalars: 0 }, [x.memory, d.memory], []);
}
