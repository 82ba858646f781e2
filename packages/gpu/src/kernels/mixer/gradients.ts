/** @file Gradients of the mixer's parameters in gpu.js: sums over rows, each thread over a chunk of them. */
import { type DeviceArray, rowMajor, vector, zeros } from "../../device-array.ts";
import type { Executor, Memory, Output } from "../../executor.ts";
import { concatenate } from "../layout.ts";
import { sumOver } from "../reduce.ts";
import { type Call, names, runProgram } from "./call.ts";
import type { Pass } from "./passes.ts";
import { MixerProgram } from "./program.ts";
import { type MixerKind, rangeOf, type ScheduleTables } from "./tables.ts";

/** Rows that one thread of a gradient kernel adds up, and how many threads share a result. */
export function rowChunks(rows: number, results: number): { each: number; chunks: number } {
  const wanted = Math.max(1, Math.min(rows, Math.ceil(131072 / Math.max(1, results))));
  const each = Math.ceil(rows / wanted);
  return { each, chunks: Math.ceil(rows / each) };
}

/** The loop of a gradient kernel: `body` for each row of the thread's chunk, `b` being the row; it adds to `total`. */
const overRows = (rows: number, each: number, chunk: string, body: string): string => {
  const inner = each * Math.ceil(rows / each) === rows ? body : `if (${chunk} * ${each} + r < ${rows}) { ${body} }`;
  return `let total = 0; for (let r = 0; r < ${each}; r++) { ${inner} } return total;`;
};

/** Partial sums [chunks, results] down to [results]. */
function sumChunks(executor: Executor, partial: Memory, chunks: number, results: number): DeviceArray {
  const x = rowMajor(partial, [chunks, results], "float32");
  if (chunks === 1) return { ...x, shape: [results], stride: [1] };
  const total = sumOver(executor, x, [0], [results]);
  executor.release(partial);
  return total;
}

/** What the pairs, or the leftovers, of one stage have added up, and how many they are. */
export interface StageSums {
  readonly count: number;
  /** [chunks, count], or [components, chunks, count]. */
  readonly sums: Memory;
}

/**
 * Gradients of the parameters of stage `l` (from 0) within the pass `from`…`to`, as partial sums [chunks, parameters of the stage].
 * Rotation: θ̄ = Σ z_i g_j − z_j g_i at either side of the stage. General: the outer product of g after it and z before it.
 */
export function stageGradient(
  call: Call,
  kind: MixerKind,
  l: number,
  { from, to }: Pass,
  z: { readonly before: Memory; readonly after: Memory | null },
  g: { readonly before: Memory; readonly after: Memory },
  chunks: { readonly each: number; readonly chunks: number },
  leftovers: boolean,
): StageSums {
  const { tables, n, rows } = call;
  const { schedule, distances } = tables;
  const { start, count } = rangeOf(leftovers ? schedule.leftoverStarts : schedule.starts, l);
  const program = new MixerProgram(tables, names);
  const m = distances?.[l] ?? 0;
  const butterfly = distances !== null;
  const q = "this.thread.x";
  const i = program.at(
    butterfly ? `(((${q} >> ${m}) << ${m + 1}) | (${q} & ${2 ** m - 1}))` : `(a5[${start} + ${q}] | 0)`,
  );
  const j = butterfly ? program.partner(l, i) : program.at(`(a6[${start} + ${q}] | 0)`);
  const row = `(this.thread.y * ${chunks.each} + r)`;
  const read = (array: string) => (c: string) => `${array}[${row} * ${n} + ${c}]`;
  const components = kind === "rotation" || leftovers ? 1 : 4;
  let sum: string;
  let sources: readonly [z: Memory, g: Memory] = [z.before, g.after];
  if (kind === "rotation") {
    // Both at the same side: from the start of the pass forward, or from its end back, whichever is nearer.
    const after = to - (l + 1) < l - from ? z.after : null;
    const fromEnd = after !== null;
    sources = fromEnd ? [after, g.after] : [z.before, g.before];
    const value = (array: string, name: string, c: Parameters<typeof program.forward>[3]) =>
      fromEnd ? program.backward(name, to, l + 1, c, read(array)) : program.forward(name, from, l, c, read(array));
    const [zi, zj, gi, gj] = [value("a3", "z", i), value("a3", "z", j), value("a4", "g", i), value("a4", "g", j)];
    sum = `${zi} * ${gj} - ${zj} * ${gi}`;
  } else {
    const before = (c: Parameters<typeof program.forward>[3]) => program.forward("z", from, l, c, read("a3"));
    const after = (c: Parameters<typeof program.forward>[3]) => program.backward("g", to, l + 1, c, read("a4"));
    if (leftovers) sum = `${before(i)} * ${after(i)}`;
    else {
      const [gi, gj, u, v] = [after(i), after(j), before(i), before(j)];
      sum = `(this.thread.z < 2 ? ${gi} : ${gj}) * ((this.thread.z & 1) > 0 ? ${v} : ${u})`;
    }
  }
  const body = overRows(
    rows,
    chunks.each,
    "this.thread.y",
    `${program.statements.join(" ")} total = total + ${sum};`,
  );
  const output: Output =
    components === 1 ? [count, chunks.chunks] : [count, chunks.chunks, components];
  const places = leftovers
    ? [leftoverPlaces(call), call.tables.second]
    : [call.tables.first, call.tables.second];
  return { count, sums: runProgram(call, output, [...sources, ...places], body) };
}

const leftoverTables: WeakMap<ScheduleTables, Memory> = new WeakMap();

/** The coordinates that are left over, stage by stage. */
function leftoverPlaces({ executor, tables }: Call): Memory {
  let places = leftoverTables.get(tables);
  if (places === undefined) {
    places = executor.upload(Float32Array.from(tables.schedule.leftovers));
    leftoverTables.set(tables, places);
  }
  return places;
}

/** Σ over rows of ȳ ⊙ z_L, with z_L computed on the spot from z before the last pass. */
export function outputGradient(call: Call, { from, to }: Pass, z: Memory, ct: Memory): DeviceArray {
  const { executor, rows, n, fanOut } = call;
  const { each, chunks } = rowChunks(rows, fanOut);
  const program = new MixerProgram(call.tables, names);
  const row = `(this.thread.y * ${each} + r)`;
  const value = program.forward(
    "z",
    from,
    to,
    program.at("this.thread.x"),
    (c) => `a3[${row} * ${n} + ${c}]`,
  );
  const body = overRows(
    rows,
    each,
    "this.thread.y",
    `${program.statements.join(" ")} total = total + ${value} * a4[${row} * ${fanOut} + this.thread.x];`,
  );
  return sumChunks(executor, runProgram(call, [fanOut, chunks], [z, ct], body), chunks, fanOut);
}

/** Partial sums of each stage's pairs → the parameters' gradient: [P] angles, or [P, 4] blocks. */
export function gatherPairs(
  { executor }: Call,
  kind: MixerKind,
  stages: readonly StageSums[],
  chunks: number,
): DeviceArray {
  const components = kind === "rotation" ? 1 : 4;
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
  if (totals.length === 0) return zeros(executor, kind === "rotation" ? [0] : [0, 4], "float32");
  const all = concatenate(executor, totals, 0);
  for (const t of totals) executor.release(t.memory);
  return kind === "rotation" ? vector(all.memory) : all;
}

export function gatherLeftovers(
  { executor }: Call,
  stages: readonly StageSums[],
  chunks: number,
): DeviceArray {
  if (stages.length === 0) return zeros(executor, [0], "float32");
  const totals = stages.map(({ count, sums }) => sumChunks(executor, sums, chunks, count));
  const all = concatenate(executor, totals, 0);
  for (const t of totals) executor.release(t.memory);
  return all;
}
