/**
 * @file Passes of the mixer in gpu.js: up to three stages each (radix 8: eight reads, one write),
 * forward, and back by the transpose.
 */
import type { DeviceArray } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import { type Call, names, rowThreads, runProgram } from "./call.ts";
import { MixerProgram } from "./program.ts";

/** Stages of one pass. */
const radixLog = 3;

/** Stage numbers where passes begin and end: 0, 3, 6, …, L. */
export function boundaries(stages: number): number[] {
  const ends = [0];
  while (ends.at(-1)! < stages) ends.push(Math.min(stages, ends.at(-1)! + radixLog));
  return ends;
}

/**
 * How a pass reads the coordinate `c` of its row from `a3`, of the given width; beyond it there are
 * zeros.
 */
const reader =
  (n: number, width: number, row: string, scale: string | null) =>
  (c: string): string => {
    const element = `a3[${row} * ${width} + ${c}]${scale === null ? "" : ` * ${scale}[${c}]`}`;
    return width === n ? element : `(${c} < ${width} ? ${element} : 0)`;
  };

/**
 * z after stage `to` from z after stage `from`; the first pass reads x and scales it by d_in, the
 * last may scale by d_out and shift.
 */
export function forwardPass(
  call: Call,
  from: number,
  to: number,
  source: Memory,
  dIn: Memory | null,
  last: { dOut: Memory; bias: Memory } | null,
): Memory {
  const width = last === null ? call.n : call.fanOut;
  const { output, row, coordinate } = rowThreads(call.rows, width);
  const program = new MixerProgram(call.tables, names);
  const read = reader(call.n, dIn === null ? call.n : call.fanIn, row, dIn === null ? null : "a4");
  const z = program.forward("z", from, to, program.at(coordinate), read);
  const after = dIn === null ? 4 : 5;
  const result =
    last === null ? z : `${z} * a${after}[${coordinate}] + a${after + 1}[${coordinate}]`;
  const more = [
    source,
    ...(dIn === null ? [] : [dIn]),
    ...(last === null ? [] : [last.dOut, last.bias]),
  ];
  return runProgram(call, output, more, `${program.statements.join(" ")} return ${result};`);
}

/**
 * g after stage `to` from g after stage `from` > `to`, by the transposed blocks; the first pass
 * reads ȳ and scales it by d_out.
 */
export function backwardPass(
  call: Call,
  from: number,
  to: number,
  source: Memory,
  width: number,
  dOut: Memory | null,
): Memory {
  const { output, row, coordinate } = rowThreads(call.rows, call.n);
  const program = new MixerProgram(call.tables, names);
  const g = program.backward(
    "g",
    from,
    to,
    program.at(coordinate),
    reader(call.n, width, row, dOut === null ? null : "a4"),
  );
  const more = [source, ...(dOut === null ? [] : [dOut])];
  return runProgram(call, output, more, `${program.statements.join(" ")} return ${g};`);
}

/** [rows, n] with x ⊙ d in the first columns and zeros in the others. */
export function paddedProduct(
  executor: Executor,
  rows: number,
  n: number,
  x: DeviceArray,
  d: DeviceArray,
): Memory {
  const width = d.shape[0]!;
  const { output, row, coordinate } = rowThreads(rows, n);
  const source =
    `function (a0, a1) { if (${coordinate} < ${width}) { ` +
    `return a0[${row} * ${width} + ${coordinate}] * a1[${coordinate}]; } return 0; }`;
  return executor.run({ source, output, arrays: 2, scalars: 0 }, [x.memory, d.memory], []);
}
