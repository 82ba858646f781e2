/** @file Passes: the stages of a schedule that a kernel does at once, in registers. */

/** A pass: k stages, of which each but the first has twice the stride of the one before. */
export interface PlannedPass {
  /** Its first stage, counted from 0. */
  readonly stage: number;
  readonly k: number;
  /** log₂ of its first stride. */
  readonly m: number;
}

/**
 * Cuts a schedule's stages, in order, into passes of as many stages as a kernel has room for, in
 * time O(L).
 * @param strides - [L], powers of two: `Schedule.strides`
 * @param budget - most stages of a pass
 * @param first - most stages of the first pass
 * @example planPasses([1, 2, 4, 8, 16, 1], 3); // passes of 3, 2 and 1 stages
 */
export function planPasses(
  strides: readonly number[],
  budget: number,
  first: number = budget,
): PlannedPass[] {
  const passes: PlannedPass[] = [];
  for (const [stage, stride] of strides.entries()) {
    const open = passes.at(-1);
    const most = passes.length > 1 ? budget : first;
    if (open !== undefined && open.k < most && stride === 2 ** (open.m + open.k))
      passes[passes.length - 1] = { ...open, k: open.k + 1 };
    else passes.push({ stage, k: 1, m: Math.log2(stride) });
  }
  return passes;
}
