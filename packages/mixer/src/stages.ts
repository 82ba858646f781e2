/**
 * @file The stages of the reference kernels: 2×2 blocks on the pairs of one row group, forward and
 * closed-form backward. They take blocks, whatever these are made from. A row group is four rows in
 * one array z, the lanes of a coordinate side by side: z[4i + r] is coordinate i of row r
 * (lanes.ts).
 */
import { ROWS_PER_GROUP } from "./lanes.ts";
import type { Schedule } from "./schedule.ts";

/**
 * The numbers that the stages multiply by: `[a, b, c, d]` of each pair, and a factor for each
 * unpaired coordinate; stage-major as the schedule.
 */
export interface Blocks {
  readonly blocks: Float64Array;
  readonly unpairedScales: Float64Array;
}

/** A new, zeroed set of blocks for a schedule, to sum gradients in. */
export const zeroBlocks = (schedule: Schedule): Blocks => ({
  blocks: new Float64Array(4 * schedule.first.length),
  unpairedScales: new Float64Array(schedule.unpaired.length),
});

/** The transposed blocks: the inverses of orthogonal ones. */
export function transposedBlocks({ blocks, unpairedScales }: Blocks): Blocks {
  const turned = blocks.slice();
  for (let k = 0; k < blocks.length; k += 4) {
    turned[k + 1] = blocks[k + 2]!;
    turned[k + 2] = blocks[k + 1]!;
  }
  return { blocks: turned, unpairedScales };
}

/** The 2×2 block, (z_i, z_j) ← (a z_i + b z_j, c z_i + d z_j), in one lane; i and j are places. */
function mixPair(
  z: Float64Array,
  i: number,
  j: number,
  a: number,
  b: number,
  c: number,
  d: number,
): void {
  const zi = z[i]!;
  const zj = z[j]!;
  z[i] = a * zi + b * zj;
  z[j] = c * zi + d * zj;
}

// ×4 is written << 2: of a coordinate, to its first lane; of a pair, to its numbers a, b, c, d.
// Written out for the four lanes, indices shifted rather than multiplied: 1.3 to 1.5 times as fast
// in V8 as a loop over `ROWS_PER_GROUP`. (With four sums beside it, in `mixStageBackward`, the loop
// is the faster one: written out, it runs out of registers.)

/**
 * One stage forward, in place: (z_i, z_j) ← (a z_i + b z_j, c z_i + d z_j); z_q ← s z_q for an
 * unpaired coordinate q. 6 FLOP a pair and row.
 */
export function mixStage(
  z: Float64Array,
  { first, second, starts, unpaired, unpairedStarts }: Schedule,
  l: number,
  { blocks, unpairedScales }: Blocks,
): void {
  for (let p = starts[l]!, end = starts[l + 1]!; p < end; p++) {
    const i = first[p]! << 2;
    const j = second[p]! << 2;
    const k = p << 2;
    const a = blocks[k]!;
    const b = blocks[k + 1]!;
    const c = blocks[k + 2]!;
    const d = blocks[k + 3]!;
    mixPair(z, i, j, a, b, c, d);
    mixPair(z, i + 1, j + 1, a, b, c, d);
    mixPair(z, i + 2, j + 2, a, b, c, d);
    mixPair(z, i + 3, j + 3, a, b, c, d);
  }
  for (let q = unpairedStarts[l]!, end = unpairedStarts[l + 1]!; q < end; q++) {
    const i = unpaired[q]! * ROWS_PER_GROUP;
    for (let r = 0; r < ROWS_PER_GROUP; r++) z[i + r]! *= unpairedScales[q]!;
  }
}

/**
 * One stage backward. `g`, the cotangent, goes from the stage's outputs to its inputs by the
 * transposed block, (g_i, g_j) ← (a g_i + c g_j, b g_i + d g_j). The block's gradients are added to
 * `sums`: ā = Σ g_i z_i, b̄ = Σ g_i z_j, c̄ = Σ g_j z_i, d̄ = Σ g_j z_j, with g from before that
 * step and z the stage's inputs; s̄ = Σ g_q z_q of an unpaired coordinate. 14 FLOP a pair and row.
 * @param inputs - z, from `inputsAt` on
 */
export function mixStageBackward(
  inputs: Float64Array,
  inputsAt: number,
  g: Float64Array,
  schedule: Schedule,
  l: number,
  { blocks, unpairedScales }: Blocks,
  sums: Blocks,
): void {
  const { first, second, starts, unpaired, unpairedStarts } = schedule;
  const out = sums.blocks;
  for (let p = starts[l]!, end = starts[l + 1]!; p < end; p++) {
    const i = first[p]! << 2;
    const j = second[p]! << 2;
    const k = p << 2;
    const zAtI = inputsAt + i;
    const zAtJ = inputsAt + j;
    const a = blocks[k]!;
    const b = blocks[k + 1]!;
    const c = blocks[k + 2]!;
    const d = blocks[k + 3]!;
    let da = 0;
    let db = 0;
    let dc = 0;
    let dd = 0;
    for (let r = 0; r < ROWS_PER_GROUP; r++) {
      const zi = inputs[zAtI + r]!;
      const zj = inputs[zAtJ + r]!;
      const gi = g[i + r]!;
      const gj = g[j + r]!;
      da += gi * zi;
      db += gi * zj;
      dc += gj * zi;
      dd += gj * zj;
      g[i + r] = a * gi + c * gj;
      g[j + r] = b * gi + d * gj;
    }
    out[k]! += da;
    out[k + 1]! += db;
    out[k + 2]! += dc;
    out[k + 3]! += dd;
  }
  for (let q = unpairedStarts[l]!, end = unpairedStarts[l + 1]!; q < end; q++) {
    const i = unpaired[q]! * ROWS_PER_GROUP;
    for (let r = 0; r < ROWS_PER_GROUP; r++) {
      sums.unpairedScales[q]! += g[i + r]! * inputs[inputsAt + i + r]!;
      g[i + r]! *= unpairedScales[q]!;
    }
  }
}

/**
 * One orthogonal stage backward that needs no stored input: `z` and `g` both walk back by the
 * transpose, which is the inverse. If B(θ) = R(θ) B₀ with R a rotation, then ∂B/∂θ = J B with
 * J = [0 −1; 1 0], hence θ̄ = Σ gᵀ (∂B/∂θ) z_in = Σ gᵀ J B z_in = Σ gᵀ J z = Σ (z_i g_j − z_j g_i),
 * with z = B z_in and g at the stage's outputs: no sine is needed. In such kinds unpaired
 * coordinates pass unchanged. 16 FLOP a pair and row.
 * @param angleSums - θ̄ of each pair, added to
 */
export function unmixStage(
  z: Float64Array,
  g: Float64Array,
  { first, second, starts }: Schedule,
  l: number,
  { blocks }: Blocks,
  angleSums: Float64Array,
): void {
  for (let p = starts[l]!, end = starts[l + 1]!; p < end; p++) {
    const i = first[p]! << 2;
    const j = second[p]! << 2;
    const k = p << 2;
    const a = blocks[k]!;
    const b = blocks[k + 1]!;
    const c = blocks[k + 2]!;
    const d = blocks[k + 3]!;
    angleSums[p]! +=
      unmixPair(z, g, i, j, a, b, c, d) +
      unmixPair(z, g, i + 1, j + 1, a, b, c, d) +
      unmixPair(z, g, i + 2, j + 2, a, b, c, d) +
      unmixPair(z, g, i + 3, j + 3, a, b, c, d);
  }
}

/**
 * Takes (z_i, z_j) and (g_i, g_j) back by the transposed block.
 * @returns z_i g_j − z_j g_i of the values before
 */
function unmixPair(
  z: Float64Array,
  g: Float64Array,
  i: number,
  j: number,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  const zi = z[i]!;
  const zj = z[j]!;
  const gi = g[i]!;
  const gj = g[j]!;
  z[i] = a * zi + c * zj;
  z[j] = b * zi + d * zj;
  g[i] = a * gi + c * gj;
  g[j] = b * gi + d * gj;
  return zi * gj - zj * gi;
}
