/**
 * @file The mixer composed of core's ops: slow, obvious, differentiable to any order. The fused op
 * is checked against it.
 */
import { add, concat, mul, pad, reshape, slice, type Tensor, take, tensor } from "@spm/core";
import { type Each, each } from "@spm/core/extend";
import { byName, type Parameterisation } from "./parameterisation/define.ts";
import type { Schedule } from "./schedule.ts";

/** Operands of a mixer: x, the diagonals and the bias, then the parameters. */
export type MixerPlaces = [x: 1, dIn: 1, dOut: 1, bias: 1, ...parameters: 1[]];

/**
 * y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, stage by stage: gather both coordinates of every pair,
 * multiply by the blocks, put back in place.
 * @param inputs - x [..., in], dIn [in], dOut [out], bias [out], the parameters; each but x may
 * have leading axes that broadcast against x's, for instance a copy for each sample
 * @returns [..., out]
 * @example
 * const operands = [ones([3, 4]), ones([4]), ones([4]), zeros([4]), zeros([4])] as const;
 * composedMixer(butterfly(4), rotation, [...operands]).shape; // [3, 4]
 */
export function composedMixer(
  schedule: Schedule,
  kind: Parameterisation,
  inputs: Each<MixerPlaces, Tensor>,
): Tensor {
  const [x, dIn, dOut, bias, ...parameters] = inputs;
  const { blocks, unpairedScales } = kind.compose(
    byName(kind, parameters),
    schedule.unpaired.length,
  );
  let z = widen(mul(x, dIn), schedule.n);
  for (let l = 0; l < schedule.stages; l++) {
    const [from, to] = [schedule.starts[l]!, schedule.starts[l + 1]!];
    const [left, right] = [schedule.unpairedStarts[l]!, schedule.unpairedStarts[l + 1]!];
    const lead = blocks.shape.slice(0, -2);
    const entry = (k: number) =>
      reshape(
        slice(blocks, [
          ...lead.map(() => undefined),
          { start: from, stop: to },
          { start: k, stop: k + 1 },
        ]),
        [...lead, to - from],
      );
    const factor = slice(unpairedScales, [
      ...unpairedScales.shape.slice(1).map(() => undefined),
      { start: left, stop: right },
    ]);
    z = composedStage(z, schedule, l, (u, v, rest) => [
      add(mul(entry(0), u), mul(entry(1), v)),
      add(mul(entry(2), u), mul(entry(3), v)),
      mul(factor, rest),
    ]);
  }
  return add(mul(dOut, narrow(z, dOut.shape.at(-1)!)), bias);
}

/**
 * Stage l of z [..., n]: gathers both coordinates of every pair, u and v [..., pairs], and the
 * coordinates without a partner, and puts what `mix` makes of the three back in their places.
 */
export function composedStage(
  z: Tensor,
  { n, first, second, starts, unpaired, unpairedStarts }: Schedule,
  l: number,
  mix: (u: Tensor, v: Tensor, rest: Tensor) => [u: Tensor, v: Tensor, rest: Tensor],
): Tensor {
  const index = (values: Int32Array) => tensor(values, { backend: z.backend });
  const parts = [
    first.subarray(starts[l]!, starts[l + 1]!),
    second.subarray(starts[l]!, starts[l + 1]!),
    unpaired.subarray(unpairedStarts[l]!, unpairedStarts[l + 1]!),
  ] as const;
  const [u, v, rest] = each(parts, (places) => take(z, index(places), -1));
  const place = new Int32Array(n);
  parts
    .flatMap((places) => [...places])
    .forEach((i, k) => {
      place[i] = k;
    });
  return take(concat(mix(u, v, rest), -1), index(place), -1);
}

/** The first numbers of x [..., n], [..., count]. */
export const narrow = (x: Tensor, count: number): Tensor =>
  slice(x, [...x.shape.slice(1).map(() => undefined), { stop: count }]);

/** x [..., in] with zeros up to [..., n]. */
export function widen(x: Tensor, n: number): Tensor {
  const lead = x.shape.slice(0, -1).map(() => 0);
  return pad(x, [...lead, 0], [...lead, n - x.shape.at(-1)!]);
}
