/** @file The mixer by fused butterfly passes: rows split over threads, gradients summed by parts that depend on the shape alone. */
import { type ButterflyPlan, GROUP, PASS } from "./butterfly-plan.ts";
import { cut } from "./machine.ts";
import type { Backward, Call, Sums } from "./mixer-call.ts";
import type { Scaled } from "./mixer-state.ts";

const ROWS = 8; // rows that the kernels hold in scratch at a time,
const FORWARD_SLOTS = ROWS; // in so many vectors of each four columns: the forward's v,
const ROTATION_SLOTS = 2 * ROWS; // or z and g
const SPARE = 512; // bytes for the last columns of eight rows
const PART = 64; // rows for which gradients are summed on their own,
const MOST_PARTS = 16; // unless these are too many
const WORTH = 16384; // numbers that are worth a thread

/** Bytes of scratch for so many vectors of each four columns. */
const fusedScratch = ({ chunk, pad }: ButterflyPlan, n: number, slots: number): number =>
  (n / 4 / chunk) * (chunk * 16 * slots + pad);

/** Bytes of scratch of the general variant's backward: g, the input of each group, and its levels; eight rows. */
const generalScratch = ({ chunk, pad, groups, levels }: ButterflyPlan, n: number): number =>
  (groups.length / GROUP) * ((n / 4 / chunk) * (chunk * 16 * ROWS + pad) + 1088) +
  levels * 16 * ROWS;

/** y, and where the address `v` is not 0, what the rotations' way back starts from: v_L as it lies in scratch. */
export function forwardFused(call: Call, scaled: Scaled, bias: number, y: number, v: number): void {
  const { coefficients, scale, plan } = scaled;
  const { state, schedule, tables, rows, inputs, outputs, x, dIn, dOut } = call;
  const { machine } = state;
  const { n } = schedule;
  if (rows === 0) return;
  const pieces = machine.pieces(rows, ROWS, Math.max(ROWS, WORTH / n));
  const bytes = SPARE + 4 * n + fusedScratch(plan, n, FORWARD_SLOTS);
  const scratch = machine.memory.scratch(pieces.length * bytes);
  machine.together(pieces, (run, from, to, k) => {
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

/** x̄, the parameters' gradient, and the sums over the rows. */
export function backwardFused(call: Call, scaled: Scaled, back: Backward): Sums {
  const { state, schedule, tables, rows, inputs, outputs, x, dIn, dOut } = call;
  const { machine } = state;
  const { memory, run } = machine;
  const { n, stages } = schedule;
  const { ct, gx, z, gParameters } = back;
  const { coefficients, scales, scale, unit, plan } = scaled;

  // Each part sums for itself: the raw sums of the stages, then those for bias, d_out and d_in.
  const parts = cut(rows, Math.max(1, Math.min(MOST_PARTS, Math.floor(rows / PART))), ROWS);
  const size = plan.sums + 3 * n;
  const raw = memory.scratch(4 * size * parts.length);
  memory.zero(raw, 4 * size * parts.length);
  const bytes =
    SPARE +
    (z === null ? 4 * n + generalScratch(plan, n) : 12 * n + fusedScratch(plan, n, ROTATION_SLOTS));
  const scratch = memory.scratch(parts.length * bytes);
  machine.together(parts, (run, from, to, k) => {
    const { layout } = tables;
    const [xAt, ctAt, gxAt] = [
      x + 4 * inputs * from,
      ct + 4 * outputs * from,
      gx + 4 * inputs * from,
    ];
    const few = to - from;
    const w = raw + 4 * size * k;
    const g = w + 4 * plan.sums;
    const s = scratch + k * bytes;
    const P = coefficients;
    if (z === null)
      run.butterflyGeneralBackward(
        xAt,
        ctAt,
        gxAt,
        few,
        layout,
        inputs,
        outputs,
        dIn,
        P,
        scale,
        dOut,
        w,
        g,
        s,
      );
    else {
      const v = z + 4 * n * from;
      run.butterflyRotationBackward(
        xAt,
        v,
        ctAt,
        gxAt,
        few,
        layout,
        inputs,
        outputs,
        dIn,
        P,
        scale,
        dOut,
        unit,
        w,
        g,
        s,
      );
    }
  });
  if (parts.length > 1)
    machine.together(machine.pieces(size, 4, WORTH), (run, from, to) =>
      run.addParts(raw + 4 * from, to - from, parts.length, 4 * size),
    );

  const gradient = memory.address(gParameters);
  const sums = {
    bias: raw + 4 * plan.sums,
    out: raw + 4 * (plan.sums + n),
    in: raw + 4 * (plan.sums + 2 * n),
  };
  if (z === null) {
    run.generalSums(
      raw,
      tables.passes,
      plan.passes.length / PASS,
      n,
      coefficients,
      scale,
      dOut,
      sums.out,
    );
    run.generalGradient(raw, tables.stages, stages, n, scales, gradient);
  } else {
    run.rotationGradient(raw, tables.stages, stages, n, scales, 1 / unit ** 2, gradient);
    run.stretchVector(sums.in, sums.in, 1 / unit, 4 * n);
  }
  run.scaleVector(sums.out, sums.out, scale, 1, 4 * n);
  return sums;
}
