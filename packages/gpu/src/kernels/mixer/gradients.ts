/**
 * @file Gradients of the mixer's parameters in gpu.js: sums over rows, each thread over a chunk of
 * them.
 */
import { lasting } from "../../attempts.ts";
import { type DeviceArray, rowMajor, zeros } from "../../device-array.ts";
import type { Executor, Memory, Output } from "../../executor.ts";
import { concatenate } from "../layout.ts";
import { sumOver } from "../reduce.ts";
import { type MixerCall, names, runProgram } from "./call.ts";
import type { RowChunks, StageSums } from "./kernels.ts";
import type { Pass } from "./passes.ts";
import { type Coordinate, MixerProgram } from "./program.ts";
import { rangeOf, type ScheduleTables } from "./tables.ts";

/** Chunks of rows for so many results. */
export function rowChunks(rows: number, results: number): RowChunks {
  const wanted = Math.max(1, Math.min(rows, Math.ceil(131072 / Math.max(1, results))));
  const each = Math.ceil(rows / wanted);
  return { each, chunks: Math.ceil(rows / each) };
}

/**
 * The loop of a gradient kernel: `body` for each row of the thread's chunk, `b` being the row; it
 * adds to `total`.
 */
const overRows = (rows: number, each: number, chunk: string, body: string): string => {
  const inner =
    each * Math.ceil(rows / each) === rows
      ? body
      : `if (${chunk} * ${each} + r < ${rows}) { ${body} }`;
  return `let total = 0; for (let r = 0; r < ${each}; r++) { ${inner} } return total;`;
};

/** Partial sums [chunks, results] down to [results]. */
function sumChunks(
  executor: Executor,
  partial: Memory,
  chunks: number,
  results: number,
): DeviceArray {
  const x = rowMajor(partial, [chunks, results], "float32");
  if (chunks === 1) return { ...x, shape: [results], stride: [1] };
  const total = sumOver(executor, x, [0], [results]);
  executor.release(partial);
  return total;
}

/** The parts of a gradient kernel of one stage. */
export interface StageProgram {
  readonly program: MixerProgram;
  /** The two coordinates of a pair, or twice the unpaired one. */
  readonly i: Coordinate;
  readonly j: Coordinate;
  /** An element of row b of an array. */
  read(array: string): (coordinate: string) => string;
}

/**
 * Sums over rows for the pairs of stage `l`, or for its unpaired coordinates, each thread over a
 * chunk of rows.
 * @param sum - the summand, an expression, and the arrays a2 and a3 that it reads
 */
export function sumStage(
  call: MixerCall,
  l: number,
  over: "pairs" | "unpaired",
  components: 1 | 4,
  chunks: RowChunks,
  sum: (parts: StageProgram) => { readonly sum: string; readonly z: Memory; readonly g: Memory },
): StageSums {
  const { tables, n, rows } = call;
  const { schedule, distances, first, second } = tables;
  const pairs = over === "pairs";
  const { start, count } = rangeOf(pairs ? schedule.starts : schedule.unpairedStarts, l);
  const program = new MixerProgram(tables, names);
  const m = distances?.[l] ?? 0;
  const butterfly = distances !== null;
  const q = "this.thread.x";
  const i = program.at(
    butterfly
      ? `(((${q} >> ${m}) << ${m + 1}) | (${q} & ${2 ** m - 1}))`
      : `(a4[${start} + ${q}] | 0)`,
  );
  const j = butterfly ? program.partner(l, i) : program.at(`(a5[${start} + ${q}] | 0)`);
  const row = `(this.thread.y * ${chunks.each} + r)`;
  const read = (array: string) => (c: string) => `${array}[${row} * ${n} + ${c}]`;
  const { sum: summand, z, g } = sum({ program, i, j, read });
  const body = overRows(
    rows,
    chunks.each,
    "this.thread.y",
    `${program.statements.join(" ")} total = total + ${summand};`,
  );
  const output: Output =
    components === 1 ? [count, chunks.chunks] : [count, chunks.chunks, components];
  const places = pairs ? [first, second] : [unpairedPlaces(call), second];
  return { count, sums: runProgram(call, output, [z, g, ...places], body) };
}

const unpairedTables: WeakMap<ScheduleTables, Memory> = new WeakMap();

/** The unpaired coordinates, stage by stage. */
function unpairedPlaces({ executor, tables }: MixerCall): Memory {
  let places = unpairedTables.get(tables);
  if (places === undefined) {
    const { schedule } = tables;
    places = lasting(executor, schedule, () =>
      executor.upload(Float32Array.from(schedule.unpaired)),
    );
    unpairedTables.set(tables, places);
  }
  return places;
}

/** Σ over rows of ȳ ⊙ z_L, with z_L computed from z before the last pass. */
export function outputGradient(
  call: MixerCall,
  { from, to }: Pass,
  z: Memory,
  ct: Memory,
): DeviceArray {
  const { executor, rows, n, fanOut } = call;
  const { each, chunks } = rowChunks(rows, fanOut);
  const program = new MixerProgram(call.tables, names);
  const row = `(this.thread.y * ${each} + r)`;
  const value = program.forward(
    "z",
    from,
    to,
    program.at("this.thread.x"),
    (c) => `a2[${row} * ${n} + ${c}]`,
  );
  const body = overRows(
    rows,
    each,
    "this.thread.y",
    `${program.statements.join(" ")} total = total + ` +
      `${value} * a3[${row} * ${fanOut} + this.thread.x];`,
  );
  return sumChunks(executor, runProgram(call, [fanOut, chunks], [z, ct], body), chunks, fanOut);
}

/** Partial sums of each stage's pairs → [P, components]. */
export function gatherPairs(
  { executor }: MixerCall,
  components: 1 | 4,
  stages: readonly StageSums[],
  chunks: number,
): DeviceArray {
  const totals = stages.flatMap(({ count, sums }) => {
    if (count === 0) {
      executor.release(sums);
      return [];
    }
    // [components, chunks, count] → [count, components]
    const x = rowMajor(sums, [components, chunks, count], "float32");
    const sum = sumOver(executor, x, [1], [components, count]);
    executor.release(sums);
    return [{ ...sum, shape: [count, components], stride: [1, count] }];
  });
  if (totals.length === 0) return zeros(executor, [0, components], "float32");
  const all = concatenate(executor, totals, 0);
  for (const t of totals) executor.release(t.memory);
  return all;
}

/** Partial sums of each stage's unpaired coordinates → [R]. */
export function gatherUnpaired(
  { executor }: MixerCall,
  stages: readonly StageSums[],
  chunks: number,
): DeviceArray {
  if (stages.length === 0) return zeros(executor, [0], "float32");
  const totals = stages.map(({ count, sums }) => sumChunks(executor, sums, chunks, count));
  const all = concatenate(executor, totals, 0);
  for (const t of totals) executor.release(t.memory);
  return all;
}
