/** @file Two mixers of one width as one: first's stages, then second's. */
import {
  concat,
  mul,
  ones,
  ShapeError,
  stack,
  type Tensor,
  take,
  tensor,
  ValueError,
} from "@spm/core";
import {
  type Factors,
  type FactorsOf,
  fanIn,
  fanOut,
  type GeneralFactors,
  like,
  mix,
} from "./factors.ts";
import { inSeries } from "./schedule-algebra.ts";

/**
 * W = W_second W_first as one mixer. The diagonals between them go into the last blocks of `first`,
 * which rotations can't take.
 * @throws ShapeError unless nothing is cut off between them; ValueError for two kinds, or rotations
 * with a diagonal between them
 * @example compose(permutation(order), hadamard(8));
 */
export const compose = <F extends Factors>(second: F, first: F): FactorsOf<F["kind"]> =>
  composed(second, first) as FactorsOf<F["kind"]>;

function composed(second: Factors, first: Factors): Factors {
  const { n } = first.schedule;
  if (fanOut(first) !== n || fanIn(second) !== n)
    throw new ShapeError(
      "compose",
      `${n} outputs into ${n} inputs`,
      `${fanOut(first)} into ${fanIn(second)}`,
    );
  const bias = first.bias
    ? { bias: mix(second, first.bias) }
    : second.bias && { bias: second.bias };
  const ends = {
    ...(first.dIn && { dIn: first.dIn }),
    ...(second.dOut && { dOut: second.dOut }),
    ...bias,
  };
  const schedule = inSeries(first.schedule, second.schedule);
  const between = [first.dOut, second.dIn].filter((d) => d !== undefined);
  if (first.kind === "rotation" && second.kind === "rotation") {
    if (between.length > 0)
      throw new ValueError("compose", "no diagonal between rotations", "one", "use toGeneral()");
    return { kind: "rotation", schedule, angles: concat([first.angles, second.angles]), ...ends };
  }
  if (first.kind === "rotation" || second.kind === "rotation")
    throw new ValueError(
      "compose",
      "two mixers of one kind",
      `${first.kind} and ${second.kind}`,
      "use toGeneral()",
    );
  const { blocks, scales } = between.reduce(absorbed, first);
  return {
    kind: "general",
    schedule,
    blocks: concat([blocks, second.blocks]),
    scales: concat([scales, second.scales]),
    ...ends,
  };
}

/** The factors with the rows of their last stage multiplied by a diagonal. */
function absorbed(factors: GeneralFactors, diagonal: Tensor): GeneralFactors {
  const { schedule, blocks, scales } = factors;
  const [p, r] = [schedule.starts.at(-2)!, schedule.leftoverStarts.at(-2)!];
  const at = (index: Int32Array) => take(diagonal, tensor(index, { backend: diagonal.backend }));
  const [i, j] = [at(schedule.first.subarray(p)), at(schedule.second.subarray(p))];
  const before = (count: number, inner: readonly number[]) =>
    ones([count, ...inner], like(factors));
  return {
    ...factors,
    blocks: mul(blocks, concat([before(p, [4]), stack([i, i, j, j], 1)])),
    scales: mul(scales, concat([before(r, []), at(schedule.leftovers.subarray(r))])),
  };
}
