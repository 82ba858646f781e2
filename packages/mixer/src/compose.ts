/** @file Two mixers of one width as one: first's stages, then second's. */
import { concat, ones, type Tensor, take, tensor } from "@spm/core";
import { ShapeError, ValueError } from "@spm/core/extend";
import { apply, type Factors, fanIn, fanOut, like } from "./factors.ts";
import { mapParameters, type Names } from "./parameterisation/define.ts";
import { composeSchedules } from "./schedule-algebra.ts";

/**
 * W = W_second W_first as one mixer. The diagonals between them go into the last blocks of `first`,
 * which only some kinds can take (free blocks can, orthogonal ones can't).
 * @throws ShapeError unless nothing is cut off between them; ValueError for two kinds, or a
 * diagonal between them that does not fit
 * @example compose(fromPermutation(order), hadamard(8));
 */
export function compose<N extends Names>(second: Factors<N>, first: Factors<N>): Factors<N> {
  const { mixer } = first;
  const { n } = first.schedule;
  if (fanOut(first) !== n || fanIn(second) !== n)
    throw new ShapeError(
      "compose",
      `${n} outputs into ${n} inputs`,
      `${fanOut(first)} into ${fanIn(second)}`,
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
