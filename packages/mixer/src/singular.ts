/** @file The check that a mixer can be inverted, which names the stage, pair and determinant. */
import { noGrad, type Tensor, type TypedArray } from "@spm/core";
import { elements, ValueError } from "@spm/core/extend";
import { type Factors, toGeneral } from "./factors.ts";
import type { Schedule } from "./schedule.ts";

/** The stage that a pair (or an unpaired coordinate) belongs to. */
function stageOf(starts: Int32Array, p: number): number {
  let l = 0;
  while ((starts[l + 1] ?? Infinity) <= p) l++;
  return l;
}

/**
 * Refuses a mixer that can't be inverted. On a device, whose numbers can't be read at once, nothing
 * is checked and the result is not finite.
 * @throws ValueError naming the stage, the pair and the determinant of the first block whose
 * determinant is lost in its rounding, |ad − bc| ≤ ε (|ad| + |bc|), or the first scale or diagonal
 * entry that is zero
 */
export function checkRegular(op: string, factors: Factors): void {
  const { mixer, schedule, dIn, dOut } = factors;
  if (!mixer.parameterisation.orthogonal) {
    const { blocks, unpairedScales } = noGrad(() => toGeneral(factors).parameters);
    checkBlocks(op, schedule, values(blocks));
    const r = values(unpairedScales).indexOf(0);
    if (r >= 0) {
      const stage = stageOf(schedule.unpairedStarts, r);
      throw new ValueError(
        op,
        "unpairedScales other than 0",
        `0 at coordinate ${schedule.unpaired[r]} of stage ${stage}`,
      );
    }
  }
  for (const [name, diagonal] of Object.entries({ dIn, dOut })) {
    const k = diagonal === undefined ? -1 : values(diagonal).indexOf(0);
    if (k >= 0) throw new ValueError(op, `${name} without zeros`, `0 at ${k}`);
  }
}

function checkBlocks(op: string, { first, second, starts }: Schedule, blocks: TypedArray): void {
  const epsilon = blocks instanceof Float32Array ? 2 ** -23 : 2 ** -52;
  for (let p = 0; p < blocks.length / 4; p++) {
    const [a = 0, b = 0, c = 0, d = 0] = blocks.subarray(4 * p, 4 * p + 4);
    const [ad, bc] = [a * d, b * c];
    if (Math.abs(ad - bc) > epsilon * (Math.abs(ad) + Math.abs(bc))) continue;
    const pair = `pair (${first[p]}, ${second[p]}) of stage ${stageOf(starts, p)}`;
    throw new ValueError(op, "invertible blocks", `determinant ${ad - bc} in ${pair}`);
  }
}

/** The numbers of a tensor in CPU memory; none for a tensor on a device. */
const values = (x: Tensor): TypedArray =>
  x.backend.arrayOf === undefined ? new Float32Array() : elements(x.ndarray());
