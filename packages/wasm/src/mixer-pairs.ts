/** @file The mixer with pairs by table: any schedule, eight rows at a time, unscaled blocks. */
import { sizeOf } from "@spm/core";
import type { Backward, Call, Sums } from "./mixer-call.ts";
import { constant } from "./mixer-call.ts";
import { COLUMN } from "./mixer-state.ts";
import { plain } from "./plain.ts";

const ROWS = 8; // rows that the kernels hold in scratch at a time

/**
 * Address of the blocks of the pairs by table, for this kernel call: made from angles, or with the
 * leftovers among them as [s, 0; 0, 1].
 */
export function tableBlocks({ state, schedule, tables, parameters, scales }: Call): number {
  const { memory, run } = state.machine;
  const blocks = plain(state.machine, parameters);
  if (!state.general) {
    const count = schedule.first.length;
    const made = memory.scratch(16 * (count + 4));
    run.rotationBlocks(blocks, made, count);
    return made;
  }
  if (scales === undefined || sizeOf(scales.shape) === 0) return blocks;
  const { sources } = tables;
  const all = memory.scratch(16 * sources.length);
  const to = memory.float32(all, 4 * sources.length);
  const from = memory.float32(blocks, sizeOf(parameters.shape));
  const factors = memory.float32(plain(state.machine, scales), sizeOf(scales.shape));
  sources.forEach((source, k) => {
    if (source >= 0) to.set(from.subarray(4 * source, 4 * source + 4), 4 * k);
    else to.set([factors[-1 - source]!, 0, 0, 1], 4 * k);
  });
  return all;
}

/** y [rows, outputs], and z [rows, n] where its address is not 0. */
export function forwardByTable(
  call: Call,
  blocks: number,
  bias: number,
  y: number,
  z: number,
): void {
  const { state, schedule, tables, rows, inputs, outputs, x, dIn, dOut } = call;
  const { memory, run } = state.machine;
  const { n } = schedule;
  const { pairs, sources } = tables;
  const s = memory.scratch(COLUMN * (n + 1));
  const ones = constant(state.machine, n, 1);
  const zeros = constant(state.machine, n, 0);
  for (let row = 0; row < rows; row += ROWS) {
    const few = Math.min(ROWS, rows - row);
    run.pairsEnter(x + 4 * inputs * row, few, inputs, n, dIn, s);
    run.pairsForward(pairs, pairs + 8 * sources.length, blocks, s, s);
    if (z !== 0) run.pairsLeave(s, z + 4 * n * row, few, n, ones, zeros);
    run.pairsLeave(s, y + 4 * outputs * row, few, outputs, dOut, bias);
  }
}

/** x̄, the parameters' gradients, and the sums over the rows: rotations walk z back, general blocks keep what each stage saw. */
export function backwardByTable(call: Call, blocks: number, back: Backward): Sums {
  const { state, schedule, tables, rows, inputs, outputs, dIn, dOut } = call;
  const { machine } = state;
  const { memory, run } = machine;
  const { n, stages } = schedule;
  const { pairs, spans, sources } = tables;
  const backwards = spans.toReversed();
  const count = sources.length;
  const width = COLUMN * (n + 1);
  const general = back.z === null;
  const z = memory.scratch(width * (general ? stages + 1 : 1));
  const g = memory.scratch(width);
  const perPair = general ? 16 : 4; // floats: four lanes of ā b̄ c̄ d̄, or of θ̄
  const lanes = constant(machine, perPair * count, 0);
  const ones = constant(machine, n, 1);
  const zeros = constant(machine, n, 0);
  const first = constant(machine, 3 * n, 0);
  const sums = { bias: first, out: first + 4 * n, in: first + 8 * n };
  for (let row = 0; row < rows; row += ROWS) {
    const few = Math.min(ROWS, rows - row);
    const x = call.x + 4 * inputs * row;
    const ct = back.ct + 4 * outputs * row;
    let last = z;
    if (back.z === null) {
      run.pairsEnter(x, few, inputs, n, dIn, z);
      for (const { from, to } of spans) {
        run.pairsForward(pairs + 8 * from, pairs + 8 * to, blocks + 16 * from, last, last + width);
        last += width;
      }
    } else run.pairsEnter(back.z + 4 * n * row, few, n, n, ones, z);
    run.pairsSum(ct, few, outputs, 0, sums.bias);
    run.pairsSum(ct, few, outputs, last, sums.out);
    run.pairsEnter(ct, few, outputs, n, dOut, g);
    if (general)
      for (const { from, to } of backwards) {
        last -= width;
        run.pairsBackward(
          pairs + 8 * from,
          pairs + 8 * to,
          blocks + 16 * from,
          last,
          g,
          lanes + 64 * from,
        );
      }
    else run.pairsUnrotate(pairs, count, blocks, z, g, lanes);
    run.pairsSum(x, few, inputs, g, sums.in);
    run.pairsLeave(g, back.gx + 4 * inputs * row, few, inputs, dIn, zeros);
  }
  const totals = memory.scratch(perPair * count + 16);
  run.sumFours(lanes, totals, (perPair / 4) * count);
  putGradients(call, back, memory.float32(totals, (perPair / 4) * count));
  return sums;
}

/** Sums by table, sorted to the parameters: pairs, and in the general variant leftovers among them. */
function putGradients(
  { tables }: Call,
  { gParameters, gScales }: Backward,
  sums: Float32Array,
): void {
  if (gScales === undefined) {
    gParameters.data.set(sums);
    return;
  }
  tables.sources.forEach((source, k) => {
    if (source >= 0) gParameters.data.set(sums.subarray(4 * k, 4 * k + 4), 4 * source);
    else gScales.data[-1 - source] = sums[4 * k]!;
  });
}
