/**
 * @file The mixer in gpu.js: up to three stages a pass (radix 8: eight reads, one write), and the closed-form backward.
 *
 * Every schedule and both parameterisations run here. Passes end where groups of three stages end; there z is stored (`stored`),
 * computed again (`recompute`) or walked back to by the transpose (`reverse`, rotation only).
 */
import { sizeOf } from "@spm/core";
import type { MixerOptions } from "@spm/mixer";
import { type DeviceArray, rowMajor } from "../device-array.ts";
import { type Executor, type Memory, MemoryGroup } from "../executor.ts";
import { elementwise, whole } from "./elementwise.ts";
import { chooseFused, fusedMixerBackward, fusedMixerForward } from "./fused-mixer.ts";
import { concatenate } from "./layout.ts";
import { MixerProgram } from "./mixer-program.ts";
import { type MixerKind, type ScheduleTables, tablesOf } from "./mixer-tables.ts";
import { sumOver } from "./reduce.ts";
import { returnCos, returnSin } from "./trigonometry.ts";

/** Stages of one pass. */
const radixLog = 3;

/** α and β of every coordinate and stage, [L·n] each. */
interface Coefficients {
  readonly alpha: Memory;
  readonly beta: Memory;
}

function coefficients(
  executor: Executor,
  kind: MixerKind,
  { schedule, roles }: ScheduleTables,
  parameters: readonly DeviceArray[],
): Coefficients {
  const output = [schedule.n * schedule.stages];
  const role = "const r = a1[this.thread.x];";
  // ⌊r / 2⌋ and r mod 2 of a whole number below 2²⁴
  const pair = "const p = Math.floor(r / 2); const second = r - 2 * p;";
  const run = (source: string, arrays: readonly Memory[]): Memory =>
    executor.run({ source, output, arrays: arrays.length, scalars: 0 }, arrays, []);
  if (kind === "rotation") {
    const angles = whole(executor, parameters[0]!).memory;
    const head = `function (a0, a1) { ${role} if (r < 0) { return `;
    const angle = `${pair} const t = a0[p]; `;
    return {
      alpha: run(`${head}1; } ${angle}${returnCos("t")} }`, [angles, roles]),
      beta: run(`${head}0; } ${angle}const u = second > 0 ? t : -t; ${returnSin("u")} }`, [angles, roles]),
    };
  }
  const blocks = whole(executor, parameters[0]!).memory;
  const scales = whole(executor, parameters[1]!).memory;
  const leftover = scales.length === 0 ? "1" : "a2[-1 - r]";
  const arrays = scales.length === 0 ? [blocks, roles] : [blocks, roles, scales];
  const names = scales.length === 0 ? "a0, a1" : "a0, a1, a2";
  return {
    alpha: run(
      `function (${names}) { ${role} if (r < 0) { return ${leftover}; } ${pair} return a0[4 * p + 3 * second]; }`,
      arrays,
    ),
    beta: run(`function (a0, a1) { ${role} if (r < 0) { return 0; } ${pair} return a0[4 * p + 1 + second]; }`, [
      blocks,
      roles,
    ]),
  };
}

/** Threads for `rows` × `width`: the row and the coordinate of each, as integers. */
function rowThreads(rows: number, width: number): { output: number[]; row: string; coordinate: string } {
  const shift = Math.log2(width);
  if (Number.isInteger(shift))
    return {
      output: [rows * width],
      row: `(this.thread.x >> ${shift})`,
      coordinate: `(this.thread.x & ${width - 1})`,
    };
  return { output: [width, rows], row: "this.thread.y", coordinate: "this.thread.x" };
}

/** One call's sizes, memories and names. */
interface Call {
  readonly executor: Executor;
  readonly tables: ScheduleTables;
  readonly coefficients: Coefficients;
  readonly rows: number;
  readonly n: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Stage numbers where passes begin and end: 0, 3, 6, …, L. */
function boundaries(stages: number): number[] {
  const ends = [0];
  while (ends.at(-1)! < stages) ends.push(Math.min(stages, ends.at(-1)! + radixLog));
  return ends;
}

const names = { alpha: "a0", beta: "a1", partners: "a2" };

/** Arrays that every pass begins with, and the parameters' names. */
const common = ({ coefficients: c, tables }: Call): readonly Memory[] => [c.alpha, c.beta, tables.partners];

/**
 * Runs a program of one result an element. On butterflies the partners' table goes unread, and is left out of the arguments.
 */
function runProgram(call: Call, output: readonly number[], more: readonly Memory[], body: string): Memory {
  const arrays = [...common(call), ...more];
  const used = arrays.map((_, i) => new RegExp(`\\ba${i}\\b`).test(body));
  const kept = arrays.filter((_, i) => used[i]);
  let next = 0;
  const renamed = used.map((u) => (u ? `a${next++}` : ""));
  const text = body.replace(/\ba(\d+)\b/g, (_, i) => renamed[Number(i)]!);
  const parameters = kept.map((_, i) => `a${i}`).join(", ");
  return call.executor.run(
    { source: `function (${parameters}) { ${text} }`, output, arrays: kept.length, scalars: 0 },
    kept,
    [],
  );
}

/** How a pass reads the coordinate `c` of its row from `a3`, of the given width; beyond it there are zeros. */
const reader =
  (n: number, width: number, row: string, scale: string | null) =>
  (c: string): string => {
    const element = `a3[${row} * ${width} + ${c}]${scale === null ? "" : ` * ${scale}[${c}]`}`;
    return width === n ? element : `(${c} < ${width} ? ${element} : 0)`;
  };

/** z after stage `to` from z after stage `from`; the first pass reads x and scales it by d_in, the last may scale by d_out and shift. */
function forwardPass(
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
  const result = last === null ? z : `${z} * a${after}[${coordinate}] + a${after + 1}[${coordinate}]`;
  const more = [source, ...(dIn === null ? [] : [dIn]), ...(last === null ? [] : [last.dOut, last.bias])];
  return runProgram(call, output, more, `${program.statements.join(" ")} return ${result};`);
}

/** g after stage `to` from g after stage `from` > `to`, by the transposed blocks; the first pass reads ȳ and scales it by d_out. */
function backwardPass(
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

/** Rows that one thread of a gradient kernel adds up, and how many threads share a result. */
function rowChunks(rows: number, results: number): { each: number; chunks: number } {
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

/**
 * Gradients of the parameters of stage `l` (from 0) within the pass `from`…`to`, as partial sums [chunks, parameters of the stage].
 * Rotation: θ̄ = Σ z_i g_j − z_j g_i at either side of the stage. General: the outer product of g after it and z before it.
 */
function stageGradient(
  call: Call,
  kind: MixerKind,
  l: number,
  [from, to]: readonly [number, number],
  z: { readonly before: Memory; readonly after: Memory | null },
  g: { readonly before: Memory; readonly after: Memory },
  chunks: { readonly each: number; readonly chunks: number },
  leftovers: boolean,
): Memory {
  const { tables, n, rows } = call;
  const { schedule, distances } = tables;
  const start = (leftovers ? schedule.leftoverStarts : schedule.starts)[l]!;
  const count = (leftovers ? schedule.leftoverStarts : schedule.starts)[l + 1]! - start;
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
  let [zMemory, gMemory]: [Memory, Memory] = [z.before, g.after];
  if (kind === "rotation") {
    // Both at the same side: from the start of the pass forward, or from its end back, whichever is nearer.
    const fromEnd = z.after !== null && to - (l + 1) < l - from;
    if (fromEnd) zMemory = z.after!;
    else gMemory = g.before;
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
  const body = overRows(rows, chunks.each, "this.thread.y", `${program.statements.join(" ")} total = total + ${sum};`);
  const output = components === 1 ? [count, chunks.chunks] : [count, chunks.chunks, components];
  const places = leftovers ? [leftoverPlaces(call), call.tables.second] : [call.tables.first, call.tables.second];
  return runProgram(call, output, [zMemory, gMemory, ...places], body);
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

function callOf(
  executor: Executor,
  kind: MixerKind,
  { schedule }: MixerOptions,
  x: DeviceArray,
  parameters: readonly DeviceArray[],
  fanOut: number,
): Call {
  const fanIn = x.shape.at(-1)!;
  const tables = tablesOf(executor, schedule);
  return {
    executor,
    tables,
    coefficients: coefficients(executor, kind, tables, parameters),
    rows: x.shape.slice(0, -1).reduce((a, b) => a * b, 1),
    n: schedule.n,
    fanIn,
    fanOut,
  };
}

/** Rows and widths of a call. */
const sizesOf = (x: DeviceArray, dOut: DeviceArray) => ({
  rows: x.shape.slice(0, -1).reduce((a, b) => a * b, 1),
  fanIn: x.shape.at(-1)!,
  fanOut: dOut.shape[0]!,
});

const releaseCall = ({ executor, coefficients: c }: Call): void => {
  executor.release(c.alpha);
  executor.release(c.beta);
};

/** y, then what the backward pass wants kept. Inputs: x, the parameters, d_in, d_out, bias. */
export function mixerForward(
  executor: Executor,
  kind: MixerKind,
  inputs: readonly DeviceArray[],
  options: MixerOptions,
  keep: boolean,
): DeviceArray[] {
  const dense = inputs.map((a) => whole(executor, a));
  const [x, ...rest] = dense as [DeviceArray, ...DeviceArray[]];
  const [dIn, dOut, bias] = rest.slice(-3) as [DeviceArray, DeviceArray, DeviceArray];
  const fused = chooseFused(executor, kind, options.schedule, sizesOf(x, dOut));
  if (fused !== null) {
    const wanted = keep && options.backward !== "recompute";
    const results = fusedMixerForward(executor, fused, [x, rest.slice(0, -3), dIn, dOut, bias], wanted);
    releaseCopies(executor, inputs, dense);
    return results;
  }
  const call = callOf(executor, kind, options, x, rest.slice(0, -3), dOut.shape[0]!);
  const shape = [...x.shape.slice(0, -1), call.fanOut];
  const ends = boundaries(options.schedule.stages);
  const stored: Memory[] = [];
  let z = x.memory;
  for (let k = 1; k < ends.length; k++) {
    const last = k === ends.length - 1;
    const next = forwardPass(
      call,
      ends[k - 1]!,
      ends[k]!,
      z,
      k === 1 ? dIn.memory : null,
      last ? { dOut: dOut.memory, bias: bias.memory } : null,
    );
    if (k > 1) {
      const wanted = keep && (options.backward === "stored" || (options.backward === "reverse" && last));
      if (wanted) stored.push(z);
      else executor.release(z);
    }
    z = next;
  }
  releaseCall(call);
  releaseCopies(executor, inputs, dense);
  const y = rowMajor(z, shape, "float32");
  if (!keep || options.backward === "recompute") return [y];
  return [y, rowMajor(new MemoryGroup(stored), [], "float32")];
}

function releaseCopies(executor: Executor, inputs: readonly DeviceArray[], dense: readonly DeviceArray[]): void {
  dense.forEach((d, i) => {
    if (d !== inputs[i]) executor.release(d.memory);
  });
}

/** The cotangents of x, the parameters, d_in, d_out and bias. Inputs: ȳ, x, the parameters, d_in, d_out, what forward kept. */
export function mixerBackward(
  executor: Executor,
  kind: MixerKind,
  inputs: readonly DeviceArray[],
  options: MixerOptions,
): DeviceArray[] {
  const count = kind === "rotation" ? 1 : 2;
  const kept = inputs[count + 4];
  // Without rows every gradient is a sum of nothing.
  if (sizeOf(inputs[0]!.shape.slice(0, -1)) === 0)
    return [...inputs.slice(1, count + 4), inputs[count + 3]!].map(({ shape }) =>
      rowMajor(executor.upload(new Float32Array(sizeOf(shape))), shape, "float32"),
    );
  const dense = inputs.slice(0, count + 4).map((a) => whole(executor, a));
  const [ct, x, ...rest] = dense as [DeviceArray, DeviceArray, ...DeviceArray[]];
  const [dIn, dOut] = rest.slice(count) as [DeviceArray, DeviceArray];
  const fused = chooseFused(executor, kind, options.schedule, sizesOf(x, dOut));
  if (fused !== null) {
    const between = kept?.memory instanceof MemoryGroup ? kept.memory.parts : null;
    const results = fusedMixerBackward(executor, fused, [ct, x, rest.slice(0, count), dIn, dOut], between);
    // A stage that pairs everyone leaves nobody over: the gradient of the leftovers' scales is empty.
    if (kind === "general") results.splice(2, 0, rowMajor(executor.upload(new Float32Array(0)), [0], "float32"));
    releaseCopies(executor, inputs.slice(0, dense.length), dense);
    return results;
  }
  const call = callOf(executor, kind, options, x, rest.slice(0, count), dOut.shape[0]!);
  const { rows, n, fanIn, fanOut } = call;
  const { schedule, backward } = options;
  const ends = boundaries(schedule.stages);
  const owned: Memory[] = [];
  const own = (m: Memory): Memory => {
    owned.push(m);
    return m;
  };

  // z at every boundary that is known now; zAt[0] is d_in ⊙ x, zero-padded.
  const zAt: (Memory | null)[] = ends.map(() => null);
  const view = (a: DeviceArray, width: number): DeviceArray => rowMajor(a.memory, [rows, width], "float32");
  const padded =
    fanIn === n
      ? elementwise(executor, [rows, n], "float32", [view(x, n), dIn], "return x0 * x1;").memory
      : paddedProduct(executor, rows, n, view(x, fanIn), dIn);
  zAt[0] = own(padded);
  const parts = kept?.memory instanceof MemoryGroup ? kept.memory.parts : [];
  if (backward === "stored") zAt.splice(1, parts.length, ...parts);
  else if (backward === "reverse" && parts.length > 0) zAt[ends.length - 2] = parts[0]!;
  if (backward !== "stored" && !(backward === "reverse" && ends.length > 2 && parts.length > 0))
    for (let k = 1; k < ends.length - 1; k++)
      zAt[k] = own(forwardPass(call, ends[k - 1]!, ends[k]!, zAt[k - 1]!, null, null));

  // ∂d_out = Σ ȳ ⊙ z_L, ∂b = Σ ȳ
  const dOutBar = outputGradient(call, ends, zAt[ends.length - 2]!, ct.memory);
  const biasBar = sumOver(executor, view(ct, fanOut), [0], [fanOut]);

  // The sweep.
  const pairChunks = rowChunks(rows, schedule.starts[1]! - schedule.starts[0]! || 1);
  const pairPartials: Memory[][] = [];
  const leftoverPartials: Memory[] = [];
  let g: Memory | null = null;
  let gAfter: Memory = ct.memory;
  for (let k = ends.length - 2; k >= 0; k--) {
    const [from, to] = [ends[k]!, ends[k + 1]!];
    if (g === null) {
      // g_L = d_out ⊙ ȳ, zero-padded, is needed by itself: the gradients of the last pass read it.
      g = own(
        fanOut === n
          ? elementwise(executor, [rows, n], "float32", [view(ct, n), dOut], "return x0 * x1;").memory
          : paddedProduct(executor, rows, n, view(ct, fanOut), dOut),
      );
      gAfter = g;
    }
    const before = own(backwardPass(call, to, from, gAfter, n, null));
    if (zAt[k] === null) zAt[k] = own(backwardPass(call, ends[k + 1]!, ends[k]!, zAt[k + 1]!, n, null));
    const z = { before: zAt[k]!, after: kind === "rotation" ? (zAt[k + 1] ?? null) : null };
    for (let l = to - 1; l >= from; l--) {
      const pass = [from, to] as const;
      const sides = { before, after: gAfter };
      pairPartials[l] = [stageGradient(call, kind, l, pass, z, sides, pairChunks, false)];
      if (kind === "general" && schedule.leftoverStarts[l + 1]! > schedule.leftoverStarts[l]!)
        leftoverPartials[l] = stageGradient(call, kind, l, pass, z, sides, pairChunks, true);
    }
    gAfter = before;
  }

  const parameterBars = [gatherPairs(call, kind, pairPartials.flat(), pairChunks.chunks)];
  if (kind === "general")
    parameterBars.push(gatherLeftovers(call, leftoverPartials.filter(Boolean), pairChunks.chunks));
  const g0: DeviceArray = { ...rowMajor(gAfter, [rows, n], "float32"), shape: [rows, fanIn] };
  const xBar = elementwise(executor, [rows, fanIn], "float32", [g0, dIn], "return x0 * x1;");
  const products = elementwise(executor, [rows, fanIn], "float32", [g0, view(x, fanIn)], "return x0 * x1;");
  const dInBar = sumOver(executor, products, [0], [fanIn]);
  executor.release(products.memory);
  for (const m of owned) executor.release(m);
  releaseCall(call);
  releaseCopies(executor, inputs.slice(0, dense.length), dense);
  return [rowMajor(xBar.memory, x.shape, "float32"), ...parameterBars, dInBar, dOutBar, biasBar];
}

/** [rows, n] with x ⊙ d in the first columns and zeros in the others. */
function paddedProduct(executor: Executor, rows: number, n: number, x: DeviceArray, d: DeviceArray): Memory {
  const width = d.shape[0]!;
  const { output, row, coordinate } = rowThreads(rows, n);
  const source = `function (a0, a1) { if (${coordinate} < ${width}) { return a0[${row} * ${width} + ${coordinate}] * a1[${coordinate}]; } return 0; }`;
  return executor.run({ source, output, arrays: 2, scalars: 0 }, [x.memory, d.memory], []);
}

/** Σ over rows of ȳ ⊙ z_L, with z_L computed on the spot from the last boundary. */
function outputGradient(call: Call, ends: readonly number[], z: Memory, ct: Memory): DeviceArray {
  const { executor, rows, n, fanOut } = call;
  const { each, chunks } = rowChunks(rows, fanOut);
  const program = new MixerProgram(call.tables, names);
  const row = `(this.thread.y * ${each} + r)`;
  const from = ends.at(-2)!;
  const value = program.forward(
    "z",
    from,
    ends.at(-1)!,
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
function gatherPairs(
  { executor, tables: { schedule } }: Call,
  kind: MixerKind,
  partials: readonly Memory[],
  chunks: number,
): DeviceArray {
  const components = kind === "rotation" ? 1 : 4;
  const totals = partials.flatMap((partial, l) => {
    const count = schedule.starts[l + 1]! - schedule.starts[l]!;
    if (count === 0) return [];
    // [components, chunks, count] → [count, components]
    const x = rowMajor(partial, [components, chunks, count], "float32");
    const sum = sumOver(executor, x, [1], [components, count]);
    executor.release(partial);
    return [{ ...sum, shape: [count, components], stride: [1, count] }];
  });
  if (totals.length === 0)
    return rowMajor(executor.upload(new Float32Array(0)), components === 1 ? [0] : [0, 4], "float32");
  const all = concatenate(executor, totals, 0);
  for (const t of totals) executor.release(t.memory);
  return components === 1 ? rowMajor(all.memory, [all.shape[0]!], "float32") : all;
}

function gatherLeftovers({ executor }: Call, partials: readonly Memory[], chunks: number): DeviceArray {
  if (partials.length === 0) return rowMajor(executor.upload(new Float32Array(0)), [0], "float32");
  const totals = partials.map((partial) => sumChunks(executor, partial, chunks, partial.length / chunks));
  const all = concatenate(executor, totals, 0);
  for (const t of totals) executor.release(t.memory);
  return all;
}
