/** @file The adaptive mixer as a fused op: checks, kernels, and the same in core's ops. */
import { add, cos, matmul, mul, reshape, sin, slice, sub, type Tensor, transpose } from "@spm/core";
import {
  checkDTypes,
  type Each,
  type FusedOp,
  fused,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
} from "@spm/core/extend";
import { composedStage, type MixerPlaces, narrow, widen } from "../composed.ts";
import { type AdaptiveOptions, turnBackward, turnForward } from "./kernel.ts";

/**
 * The primitives of `adaptiveMixer`: x [..., in], dIn [in], dOut [out], bias [out], and by
 * the source of the angles `rows`: angles [..., P]; `stage`: angles [P], weights [P, n]; `pair`:
 * angles [P], weights [P, 2] → [..., out].
 * @example
 * const [x, one, zero] = [ones([3, 4]), ones([4]), zeros([4])];
 * const options = { schedule: butterfly(4), source: "pair" } as const;
 * adaptiveOp([x, one, one, zero, zero, zeros([4, 2])], options).shape; // [3, 4]
 */
export const adaptiveOp: FusedOp<MixerPlaces, AdaptiveOptions> = fused({
  name: "adaptive mixer",
  backwardCanRecompute: true,
  infer: inferOutput,
  forward: (inputs, options) => turnForward(inputs, options),
  backward: (ct, inputs, _, options) => turnBackward(ct, inputs, options),
  composed: composedAdaptive,
});

function inferOutput(specs: Each<MixerPlaces, Spec>, { schedule, source }: AdaptiveOptions): Spec {
  const name = "adaptiveMixer";
  const dtype = checkDTypes(name, specs);
  const [x, dIn, dOut, bias, ...own] = specs;
  const [{ n }, pairs] = [schedule, schedule.first.length];
  const [width, height] = [x.shape.at(-1) ?? Infinity, dOut.shape.at(-1) ?? Infinity];
  if (width > n) throw new ShapeError(name, `x of shape [..., in ≤ ${n}]`, showShape(x.shape));
  if (dOut.shape.length !== 1 || height > n)
    throw new ShapeError(name, `dOut of shape [out ≤ ${n}]`, showShape(dOut.shape));
  const expected = {
    rows: [[...x.shape.slice(0, -1), pairs]],
    stage: [[pairs], [pairs, n]],
    pair: [[pairs], [pairs, 2]],
  }[source];
  const wanted = [[width], [height], ...expected];
  const names = ["dIn", "bias", "angles", "weights"];
  const given = [dIn, bias, ...own];
  for (const [k, shape] of wanted.entries()) {
    const got = given[k]?.shape;
    if (got === undefined || !sameShape(got, shape))
      throw new ShapeError(name, `${names[k]} of shape ${showShape(shape)}`, showShape(got ?? []));
  }
  return { shape: x.shape.with(-1, height), dtype };
}

/** The same in ordinary ops, stage by stage. */
function composedAdaptive(
  [x, dIn, dOut, bias, angles = bias, weights = bias]: Each<MixerPlaces, Tensor>,
  { schedule, source }: AdaptiveOptions,
): Tensor {
  let z = widen(mul(x, dIn), schedule.n);
  for (let l = 0; l < schedule.stages; l++) {
    const pairs = { start: schedule.starts[l]!, stop: schedule.starts[l + 1]! };
    const base = slice(angles, [...angles.shape.slice(1).map(() => undefined), pairs]);
    const theta = {
      rows: () => base,
      stage: () => add(base, matmul(z, transpose(slice(weights, [pairs])))),
      pair: (u: Tensor, v: Tensor) => {
        const column = (k: number) =>
          reshape(slice(weights, [pairs, { start: k, stop: k + 1 }]), base.shape);
        return add(base, add(mul(column(0), u), mul(column(1), v)));
      },
    }[source];
    z = composedStage(z, schedule, l, (u, v, rest) => {
      const angle = theta(u, v);
      const [c, s] = [cos(angle), sin(angle)];
      return [sub(mul(c, u), mul(s, v)), add(mul(s, u), mul(c, v)), rest];
    });
  }
  return add(mul(dOut, narrow(z, dOut.shape.at(-1)!)), bias);
}
