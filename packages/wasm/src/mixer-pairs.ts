/** @file The mixer with pairs by table: any schedule, eight rows at a time, unscaled blocks. */
import { constant } from "./mixer-call.ts";
import { type Backward, COLUMN, type MixerCall, type Sums } from "./mixer-state.ts";

const ROWS = 8; // rows that the kernels hold in scratch at a time

/** Writes y [rows, outputs], and z [rows, n] where its address is not 0. */
export function forwardByTable(
  call: MixerCall,
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

/** Addresses of a block of at most eight rows: of x, and in scratch of z, g and sums. */
interface RowBlock {
  readonly row: number;
  readonly few: number;
  readonly x: number;
  /** Room for the stages' inputs and z_L. */
  readonly z: number;
  readonly g: number;
  /** Four lanes of each sum. */
  readonly lanes: number;
}

/** The backward of a kind over a block of rows. */
export interface TableBackward {
  /** Sums of each pair: ā b̄ c̄ d̄; θ̄; or θ̄⁰ ᾱ β̄. */
  readonly perPair: 1 | 3 | 4;
  /** Columns of z that it keeps in scratch, in multiples of n + 1. */
  readonly levels: number;
  /** Writes z_L into the scratch. @returns its address */
  enter(block: RowBlock): number;
  /**
   * Takes g from the outputs to the inputs and adds the sums to the lanes; `last` is the address of
   * z_L.
   */
  stages(block: RowBlock, last: number): void;
}

/**
 * Writes x̄ and takes the sums over the rows.
 * @returns beside them the totals of the pairs, in the order of the table
 */
export function backwardByTable(
  call: MixerCall,
  back: Backward,
  kind: TableBackward,
): { sums: Sums; totals: Float32Array } {
  const { state, schedule, tables, rows, inputs, outputs, dIn, dOut } = call;
  const { machine } = state;
  const { memory, run } = machine;
  const { n } = schedule;
  const count = kind.perPair * tables.sources.length;
  const width = COLUMN * (n + 1);
  const z = memory.scratch(width * kind.levels);
  const g = memory.scratch(width);
  const lanes = constant(machine, 4 * count, 0);
  const zeros = constant(machine, n, 0);
  const first = constant(machine, 3 * n, 0);
  const sums = { bias: first, out: first + 4 * n, in: first + 8 * n };
  for (let row = 0; row < rows; row += ROWS) {
    const few = Math.min(ROWS, rows - row);
    const x = call.x + 4 * inputs * row;
    const ct = back.ct + 4 * outputs * row;
    const block = { row, few, x, z, g, lanes };
    const last = kind.enter(block);
    run.pairsSum(ct, few, outputs, 0, sums.bias);
    run.pairsSum(ct, few, outputs, last, sums.out);
    run.pairsEnter(ct, few, outputs, n, dOut, g);
    kind.stages(block, last);
    run.pairsSum(x, few, inputs, g, sums.in);
    run.pairsLeave(g, back.gx + 4 * inputs * row, few, inputs, dIn, zeros);
  }
  const totals = memory.scratch(4 * count + 16);
  run.sumFours(lanes, totals, count);
  return { sums, totals: memory.float32(totals, count) };
}
