/** @file The mixer by fused butterfly passes: rows split over threads, gradients summed by parts that depend on the shape alone. */
import type { ButterflyPlan } from "./butterfly-plan.ts";
import { cut } from "./machine.ts";
import type { Backward, Call, Sums } from "./mixer-call.ts";
import type { Scaled } from "./mixer-state.ts";
import type { KernelCall } from "./team.ts";

const ROWS = 8; // rows that the kernels hold in scratch at a time
const SPARE = 512; // bytes for the last columns of eight rows
const PART = 64; // rows for which gradients are summed on their own,
const MOST_PARTS = 16; // unless these are too many
const WORTH = 16384; // numbers that are worth a thread

/** Bytes of scratch for eight rows, or four of z and g. */
const fusedScratch = ({ chunk, pad }: ButterflyPlan, n: number): number =>
  (n / 4 / chunk) * (chunk * 16 * ROWS + pad) + SPARE;

/** Bytes of scratch of the general variant's backward: g, the input of each group, and its levels; eight rows. */
const generalScratch = ({ chunk, pad, groups, levels }: ButterflyPlan, n: number): number =>
  (groups.length / 3) * ((n / 4 / chunk) * (chunk * 16 * ROWS + pad) + 1088) + levels * 16 * ROWS + SPARE;

/** What all fused kernels are told of the layout. */
function layout({ schedule, tables, inputs, outputs }: Call): (number | boolean)[] {
  const { three, groups, chunk, pad } = tables.plan!;
  return [schedule.n, inputs, outputs, three, tables.passes, tables.groups, groups.length / 3, chunk, pad];
}

/** y, and z by groups of four rows where its address is not 0. */
export function forwardFused(call: Call, { coefficients, scale }: Scaled, bias: number, y: number, z: number): void {
  const { state, schedule, tables, rows, inputs, outputs, x, dIn, dOut } = call;
  const { memory, run } = state.machine;
  const { n } = schedule;
  if (rows === 0) return;
  const e = memory.scratch(4 * n);
  run.scaleVector(e, scale, dOut, 4 * n);
  const bytes = fusedScratch(tables.plan!, n);
  const pieces = state.machine.pieces(rows, ROWS, Math.max(ROWS, WORTH / n));
  const scratch = memory.scratch(pieces.length * bytes);
  const calls = pieces.map(([from, to], k): KernelCall => {
    const s = scratch + k * bytes;
    const at = [x + 4 * inputs * from, y + 4 * outputs * from, z === 0 ? 0 : z + 4 * n * from, to - from] as const;
    return ["butterflyForward", ...at, ...layout(call), dIn, coefficients, scale, e, bias, s, s + bytes - SPARE];
  });
  state.machine.together(calls);
}

/** x̄, the parameters' gradient, and the sums over the rows. */
export function backwardFused(call: Call, scaled: { forward: Scaled; backward: Scaled }, back: Backward): Sums {
  const { state, schedule, tables, rows, inputs, outputs, x, dIn, dOut } = call;
  const { general, machine } = state;
  const { memory, run } = machine;
  const { n, stages } = schedule;
  const plan = tables.plan!;
  const { ct, gx, z, gParameters } = back;
  const { forward, backward } = scaled;
  const outward = memory.scratch(4 * n);
  run.scaleVector(outward, backward.scale, dIn, 4 * n);

  // Each part sums for itself: the raw sums of the stages, then those for bias, d_out and d_in.
  const parts = cut(rows, Math.max(1, Math.min(MOST_PARTS, Math.floor(rows / PART))), ROWS);
  const size = plan.sums + 3 * n;
  const raw = memory.scratch(4 * size * parts.length);
  memory.zero(raw, 4 * size * parts.length);
  const bytes = general ? generalScratch(plan, n) : fusedScratch(plan, n);
  const scratch = memory.scratch(parts.length * bytes);
  const calls = parts.map(([from, to], k): KernelCall => {
    const w = raw + 4 * size * k;
    const g = w + 4 * plan.sums;
    const s = scratch + k * bytes;
    const [xAt, ctAt, gxAt] = [x + 4 * inputs * from, ct + 4 * outputs * from, gx + 4 * inputs * from];
    const rest = [dOut, outward, w, g, g + 4 * n, g + 8 * n, s, s + bytes - SPARE] as const;
    const q = backward.coefficients;
    return general
      ? ["butterflyGeneralBackward", xAt, ctAt, gxAt, to - from, ...layout(call), dIn, forward.coefficients, q, ...rest]
      : ["butterflyRotationBackward", xAt, z! + 4 * n * from, ctAt, gxAt, to - from, ...layout(call), q, ...rest];
  });
  machine.together(calls);
  if (parts.length > 1) {
    const slices = machine.pieces(size, 4, WORTH);
    machine.together(
      slices.map(([from, to]): KernelCall => ["addParts", raw + 4 * from, to - from, parts.length, 4 * size]),
    );
  }

  const gradient = memory.address(gParameters);
  const where = [raw, tables.places, tables.ops, n / 2, stages] as const;
  const sums = { bias: raw + 4 * plan.sums, out: raw + 4 * (plan.sums + n), in: raw + 4 * (plan.sums + 2 * n) };
  if (general) {
    run.generalSums(raw, tables.passes, plan.passes.length / 4, n, forward.coefficients, backward.coefficients);
    run.generalGradient(...where, forward.history, backward.history, gradient);
    run.scaleVector(sums.out, sums.out, forward.scale, 4 * n);
  } else run.rotationGradient(...where, plan.ascending, backward.history, gradient);
  run.scaleVector(sums.in, sums.in, backward.scale, 4 * n);
  return sums;
}
