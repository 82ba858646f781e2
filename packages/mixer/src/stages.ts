/**
 * @file The reference kernels: L stages of 2×2 blocks, forward and closed-form backward, on one row group at a time so that all of
 * its stages run while it is in cache. They know blocks and pairs, not where the blocks come from.
 */
import { LANES } from "./lanes.ts";
import type { Schedule } from "./schedule.ts";

/** What the stages multiply by: `[a, b, c, d]` of each pair, and a factor for each leftover; stage-major as the schedule. */
export interface Blocks {
  readonly blocks: Float64Array;
  readonly scales: Float64Array;
}

/** A new, zeroed set of blocks for a schedule: where gradients are summed. */
export const zeroBlocks = (schedule: Schedule): Blocks => ({
  blocks: new Float64Array(4 * schedule.first.length),
  scales: new Float64Array(schedule.leftovers.length),
});

/** One stage forward, in place: (z_i, z_j) ← (a z_i + b z_j, c z_i + d z_j); z_r ← s z_r. 6 FLOP a pair and row. */
export function mixStage(
  z: Float64Array,
  { first, second, starts, leftovers, leftoverStarts }: Schedule,
  l: number,
  { blocks, scales }: Blocks,
): void {
  for (let p = starts[l]!, end = starts[l + 1]!; p < end; p++) {
    const i = first[p]! * LANES;
    const j = second[p]! * LANES;
    const a = blocks[4 * p]!;
    const b = blocks[4 * p + 1]!;
    const c = blocks[4 * p + 2]!;
    const d = blocks[4 * p + 3]!;
    for (let r = 0; r < LANES; r++) {
      const u = z[i + r]!;
      const v = z[j + r]!;
      z[i + r] = a * u + b * v;
      z[j + r] = c * u + d * v;
    }
  }
  for (let q = leftoverStarts[l]!, end = leftoverStarts[l + 1]!; q < end; q++) {
    const k = leftovers[q]! * LANES;
    for (let r = 0; r < LANES; r++) z[k + r]! *= scales[q]!;
  }
}

/**
 * One stage backward: `g` from the stage's outputs to its inputs (the transposed block), the blocks' gradients added to `sums`.
 * ā = Σ g_i u, b̄ = Σ g_i v, c̄ = Σ g_j u, d̄ = Σ g_j v; s̄ = Σ g_r z_r, with (u, v) the stage's inputs. 14 FLOP a pair and row.
 */
export function mixStageBackward(
  u: Float64Array,
  uAt: number,
  g: Float64Array,
  schedule: Schedule,
  l: number,
  { blocks, scales }: Blocks,
  sums: Blocks,
): void {
  const { first, second, starts, leftovers, leftoverStarts } = schedule;
  const out = sums.blocks;
  for (let p = starts[l]!, end = starts[l + 1]!; p < end; p++) {
    const i = first[p]! * LANES;
    const j = second[p]! * LANES;
    const a = blocks[4 * p]!;
    const b = blocks[4 * p + 1]!;
    const c = blocks[4 * p + 2]!;
    const d = blocks[4 * p + 3]!;
    let da = 0;
    let db = 0;
    let dc = 0;
    let dd = 0;
    for (let r = 0; r < LANES; r++) {
      const zi = u[uAt + i + r]!;
      const zj = u[uAt + j + r]!;
      const gi = g[i + r]!;
      const gj = g[j + r]!;
      da += gi * zi;
      db += gi * zj;
      dc += gj * zi;
      dd += gj * zj;
      g[i + r] = a * gi + c * gj;
      g[j + r] = b * gi + d * gj;
    }
    out[4 * p]! += da;
    out[4 * p + 1]! += db;
    out[4 * p + 2]! += dc;
    out[4 * p + 3]! += dd;
  }
  for (let q = leftoverStarts[l]!, end = leftoverStarts[l + 1]!; q < end; q++) {
    const k = leftovers[q]! * LANES;
    for (let r = 0; r < LANES; r++) {
      sums.scales[q]! += g[k + r]! * u[uAt + k + r]!;
      g[k + r]! *= scales[q]!;
    }
  }
}

/**
 * One rotation stage backward that needs no stored input: `z` and `g` both walk back by the transpose, and
 * θ̄ = Σ (u ḡ_j − v ḡ_i) is read off afterwards: a rotation turns both by one angle, so their cross product is conserved.
 * 16 FLOP a pair and row.
 */
export function unmixStage(
  z: Float64Array,
  g: Float64Array,
  { first, second, starts }: Schedule,
  l: number,
  { blocks }: Blocks,
  angles: Float64Array,
): void {
  for (let p = starts[l]!, end = starts[l + 1]!; p < end; p++) {
    const i = first[p]! * LANES;
    const j = second[p]! * LANES;
    const cos = blocks[4 * p]!;
    const sin = blocks[4 * p + 2]!;
    let cross = 0;
    for (let r = 0; r < LANES; r++) {
      const zi = z[i + r]!;
      const zj = z[j + r]!;
      const gi = g[i + r]!;
      const gj = g[j + r]!;
      cross += zi * gj - zj * gi;
      z[i + r] = cos * zi + sin * zj;
      z[j + r] = cos * zj - sin * zi;
      g[i + r] = cos * gi + sin * gj;
      g[j + r] = cos * gj - sin * gi;
    }
    angles[p]! += cross;
  }
}
