/** @file The product of two mixers of one width: the stages of the first, then of the second. */

import { concat, ones, type Tensor, take, tensor } from "@spm/core";
import { ShapeError, ValueError } from "@spm/core/extend";
import { apply, checkFactors, type Factors, inFeatures, like, outFeatures } from "./factors.ts";
import { mapParameters, type Names } from "./parameterisation/define.ts";
import { composeSchedules } from "./schedule-algebra.ts";

/**
 * W = W_second W_first as one mixer, [out, n] times [n, in]. The diagonals between them go into the
 * last blocks of `first`, which free blocks can take and orthogonal ones can't. Cost O(nL).
 * @throws ShapeError unless nothing is cut off between them; ValueError for two kinds, or a
 * diagonal between them that the kind can't take
 * @example compose(fromPermutation([2, 0, 1, 3]), hadamard(4)).schedule.stages; // 5
 */
export function compose<N extends Names>(second: Factors<N>, first: Factors<N>): Factors<N> {
  checkFactors("compose", second);
  checkFactors("compose", first);
  const { mixer } = first;
  const { n } = first.schedule;
  if (outFeatures(first) !== n || inFeatures(second) !== n)
    throw new ShapeError(
      "compose",
      `${n} outputs into ${n} inputs`,
      `${outFeatures(first)} into ${inFeatures(second)}`,
    );
  if (second.mixer !== mixer) {
    const names = [mixer, second.mixer].map(({ parameterisation }) => parameterisation.name);
    throw new ValueError(
      "compose",
      "two mixers of one kind",
      names.join(" and "),
      "use toGeneral()",
    );
  }
  const bias = first.bias
    ? { bias: apply(second, first.bias) }
    : second.bias && { bias: second.bias };
  const between = [first.dOut, second.dIn].filter((d) => d !== undefined);
  const { parameters } = between.reduce(absorbed, first);
  return {
    mixer,
    schedule: composeSchedules(first.schedule, second.schedule),
    parameters: mapParameters(mixer.parameterisation, parameters, (x, { name }) =>
      concat([x, second.parameters[name]]),
    ),
    ...(first.dIn && { dIn: first.dIn }),
    ...(second.dOut && { dOut: second.dOut }),
    ...bias,
  };
}

/** The factors with the rows of their last stage multiplied by a diagonal. */
function absorbed<N extends Names>(factors: Factors<N>, diagonal: Tensor): Factors<N> {
  const { mixer, schedule, parameters } = factors;
  const { name, scaleRows } = mixer.parameterisation;
  if (scaleRows === undefined)
    throw new ValueError("compose", `no diagonal between ${name} mixers`, "one", "use toGeneral()");
  const last = schedule.stages - 1;
  const rows = (coordinates: Int32Array, from = 0): Tensor => {
    const at = tensor(coordinates.subarray(from), { backend: diagonal.backend });
    return concat([ones([from], like(factors)), take(diagonal, at)]);
  };
  const from = schedule.starts[last];
  const unpaired = rows(schedule.unpaired, schedule.unpairedStarts[last]);
  return {
    ...factors,
    parameters: scaleRows(
      parameters,
      rows(schedule.first, from),
      rows(schedule.second, from),
      unpaired,
    ),
  };
}
