/**
 * @file The mixer by fused butterfly passes: rows are split over threads, and gradients summed by
 * parts that depend on the shape alone, so that their bits do not depend on the number of threads.
 */
import type { ButterflyPlan } from "./butterfly-plan.ts";
import type { DeferredKernels } from "./kernel-exports.ts";
import { cut } from "./machine.ts";
import type { Backward, MixerCall, Scaled, Sums } from "./mixer-state.ts";

/** Rows that the kernels hold in scratch at a time. */
export const ROWS = 8;
const FORWARD_SLOTS = ROWS; // vectors of each four columns: v
const SPARE = 512; // bytes for the last columns of eight rows
const PART = 64; // rows for which gradients are summed on their own,
const MOST_PARTS = 16; // unless these are too many
const WORTH = 16384; // numbers that are worth a thread

/** Bytes of scratch for so many vectors of each four columns. */
export const fusedScratch = ({ chunk, pad }: ButterflyPlan, n: number, slots: number): number =>
  (n / 4 / chunk) * (chunk * 16 * slots + pad);

/**
 * Writes y, and where the address `v` is not 0, v_L as it lies in scratch, which a backward by the
 * transpose starts from.
 */
export function forwardFused(
  call: MixerCall,
  scaled: Scaled,
  bias: number,
  y: number,
  v: number,
): void {
  const { coefficients, scale, plan } = scaled;
  const { state, schedule, tables, rows, inputs, outputs, x, dIn, dOut } = call;
  const { machine } = state;
  const { n } = schedule;
  if (rows === 0) return;
  const pieces = machine.pieces(rows, ROWS, Math.max(ROWS, WORTH / n));
  const bytes = SPARE + 4 * n + fusedScratch(plan, n, FORWARD_SLOTS);
  const scratch = machine.memory.scratch(pieces.length * bytes);
  machine.parallelFor(pieces, (run, from, to, k) => {
    const [xAt, yAt, vAt] = [x + 4 * inputs * from, y + 4 * outputs * from, v && v + 4 * n * from];
    const s = scratch + k * bytes;
    const { layout } = tables;
    run.butterflyForward(
      xAt,
      yAt,
      vAt,
      to - from,
      layout,
      inputs,
      outputs,
      dIn,
      coefficients,
      scale,
      dOut,
      bias,
      s,
    );
  });
}

/** Addresses of one part of the rows: of x, ȳ and x̄, of its sums, and of its scratch. */
export interface Part {
  readonly from: number;
  readonly few: number;
  readonly x: number;
  readonly ct: number;
  readonly gx: number;
  /** Raw sums of the stages. */
  readonly stages: number;
  /** Sums for bias, d_out and d_in, n floats each. */
  readonly ends: number;
  readonly scratch: number;
}

/**
 * Runs a backward kernel over all rows.
 * @param bytes - scratch of a part
 * @returns the raw sums of the stages, and those over the rows
 */
export function backwardParts(
  call: MixerCall,
  { plan }: Scaled,
  back: Backward,
  bytes: number,
  kernel: (run: DeferredKernels, part: Part) => void,
): { raw: number; sums: Sums } {
  const { state, schedule, rows, inputs, outputs } = call;
  const { machine } = state;
  const { memory } = machine;
  const { n } = schedule;

  // Each part sums for itself: the raw sums of the stages, then those for bias, d_out and d_in.
  const parts = cut(rows, Math.max(1, Math.min(MOST_PARTS, Math.floor(rows / PART))), ROWS);
  const size = plan.sums + 3 * n;
  const raw = memory.scratch(4 * size * parts.length);
  memory.zero(raw, 4 * size * parts.length);
  const scratch = memory.scratch(parts.length * (SPARE + bytes));
  machine.parallelFor(parts, (run, from, to, k) => {
    const stages = raw + 4 * size * k;
    kernel(run, {
      from,
      few: to - from,
      x: call.x + 4 * inputs * from,
      ct: back.ct + 4 * outputs * from,
      gx: back.gx + 4 * inputs * from,
      stages,
      ends: stages + 4 * plan.sums,
      scratch: scratch + k * (SPARE + bytes),
    });
  });
  if (parts.length > 1)
    machine.parallelFor(machine.pieces(size, 4, WORTH), (run, from, to) =>
      run.addParts(raw + 4 * from, to - from, parts.length, 4 * size),
    );
  const ends = raw + 4 * plan.sums;
  return { raw, sums: { bias: ends, out: ends + 4 * n, in: ends + 8 * n } };
}
