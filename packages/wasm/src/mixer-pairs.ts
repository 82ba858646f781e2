/** @file The mixer with pairs by table: any schedule, eight rows at a time, unscaled blocks. */
import type { Backward, Call, Sums } from "./mixer-call.ts";
import { constant } from "./mixer-call.ts";
import { COLUMN } from "./mixer-state.ts";
import { plain } from "./plain.ts";

const ROWS = 8; // rows that the kernels hold in scratch at a time

/** Blocks of the pairs by table, with the leftovers among them as [s, 0; 0, 1]. */
function tableBlocks({ state, schedule, tables, parameters, scales }: Call): number {
  const blocks = state.blocks(parameters, schedule);
  if (schedule.leftovers.length === 0 || scales === null) return blocks;
  const { memory } = state.machine;
  const { sources } = tables;
  const all = memory.scratch(16 * sources.length);
  const to = memory.float32(all, 4 * sources.length);
  const from = memory.float32(blocks, parameters.shape[0]! * 4);
  const factors = memory.float32(plain(state.machine, scales), scales.shape[0]!);
  sources.forEach((source, k) => {
    if (source >= 0) to.set(from.subarray(4 * source, 4 * source + 4), 4 * k);
    else to.set([factors[-1 - source]!, 0, 0, 1], 4 * k);
  });
  return all;
}

/** y [rows, outputs], and z [rows, n] where its address is not 0. */
export function forwardByTable(call: Call, bias: number, y: number, z: number): void {
  const { state, schedule, tables, rows, inputs, outputs, x, dIn, dOut } = call;
  const { memory, run } = state.machine;
  const { n } = schedule;
  const { pairs, sources } = tables;
  const blocks = tableBlocks(call);
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

/**
 * x̄, the parameters' gradients, and the sums over the rows: rotations walk z back, general blocks
 * keep what each stage saw.
 */
export function backwardByTable(call: Call, back: Backward): Sums {
  const { state, schedule, tables, rows, inputs, outputs, dIn, dOut } = call;
  const { machine, general } = state;
  const { memory, run } = machine;
  const { n, stages } = schedule;
  const { pairs, starts, sources } = tables;
  const count = sources.length;
  const blocks = tableBlocks(call);
  const width = COLUMN * (n + 1);
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
    if (general) {
      run.pairsEnter(x, few, inputs, n, dIn, z);
      for (let l = 0; l < stages; l++, last += width) {
        const [from, to] = [starts[l]!, starts[l + 1]!];
        run.pairsForward(pairs + 8 * from, pairs + 8 * to, blocks + 16 * from, last, last + width);
      }
    } else run.pairsEnter(back.z! + 4 * n * row, few, n, n, ones, z);
    run.pairsSum(ct, few, outputs, 0, sums.bias);
    run.pairsSum(ct, few, outputs, last, sums.out);
    run.pairsEnter(ct, few, outputs, n, dOut, g);
    if (general)
      for (let l = stages - 1; l >= 0; l--) {
        const from = starts[l]!;
        last -= width;
        run.pairsBackward(
          pairs + 8 * from,
          pairs + 8 * starts[l + 1]!,
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

/**
 * Sums by table, sorted to the parameters: pairs, and in the general variant leftovers among them.
 */
function putGradients(
  { state, tables }: Call,
  { gParameters, gScales }: Backward,
  sums: Float32Array,
): void {
  const gradient = gParameters.data as Float32Array;
  if (!state.general) {
    gradient.set(sums);
    return;
  }
  tables.sources.forEach((source, k) => {
    if (source >= 0) gradient.set(sums.subarray(4 * k, 4 * k + 4), 4 * source);
    else gScales!.data[-1 - source] = sums[4 * k]!;
  });
}
