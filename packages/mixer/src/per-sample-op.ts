/**
 * @file The backward pass of a mixer with the gradients of each sample apart, as one primitive: the
 * closed form, sample by sample.
 */
import {
  add,
  broadcastTo,
  grad,
  mul,
  type NdArray,
  reshape,
  sum,
  type Tensor,
  vjp,
} from "@spm/core";
import {
  type Batching,
  definePrimitive,
  dtypeOf,
  type Each,
  elements,
  type Op,
  type Spec,
  wholeBatch,
  wrap,
  zerosArray,
} from "@spm/core/extend";
import { composedMixer, type MixerPlaces } from "./composed.ts";
import { type MixerOptions, runBackward } from "./forward-backward.ts";
import type { Parameterisation } from "./parameterisation/define.ts";

/** The cotangent of y, then the operands of the mixer. */
export type PerSamplePlaces = [ct: 1, ...MixerPlaces];

/** The kind, its schedule and the mode of the backward pass. */
export interface PerSampleOptions extends MixerOptions {
  readonly kind: Parameterisation;
}

/**
 * The primitive of `perSampleMixer`: ct [B, ..., out], x [B, ..., in], and the mixer's
 * other operands [...] → x̄ [B, ..., in], and for each of the others its gradients [B, ...].
 * @example
 * const options = { kind: rotation, schedule: butterfly(2), backward: "reverse" } as const;
 * const [x, one, zero, angle] = [ones([3, 2]), ones([2]), zeros([2]), zeros([1])];
 * perSampleOp([x, x, one, one, zero, angle], options)[4].shape; // [3, 1]
 */
export const perSampleOp: Op<PerSamplePlaces, MixerPlaces, PerSampleOptions> = definePrimitive({
  name: "mixer per sample",
  infer: ([, x, dIn, dOut, bias, ...parameters]) => {
    const own = ({ shape, dtype }: Spec): Spec => ({ shape: [x.shape[0] ?? 0, ...shape], dtype });
    return [x, own(dIn), own(dOut), own(bias), ...parameters.map(own)];
  },
  forward: ([ct, x, dIn, dOut, bias, ...parameters], { kind, ...options }) => {
    const [samples = 0, ...rest] = x.shape;
    const [cts, xs] = [samplesOf(ct), samplesOf(x)];
    const zeros = ({ shape }: NdArray) => zerosArray(dtypeOf(x), [samples, ...shape]);
    const outputs: Each<MixerPlaces, NdArray> = [
      zerosArray(dtypeOf(x), [samples, ...rest]),
      zeros(dIn),
      zeros(dOut),
      zeros(bias),
      ...parameters.map(zeros),
    ];
    for (let b = 0; b < samples; b++) {
      const found = runBackward(
        kind,
        cts(b),
        [xs(b), dIn, dOut, bias, ...parameters],
        options,
        undefined,
      );
      for (const [k, { data }] of outputs.entries()) {
        const own = elements(found[k] ?? ct);
        data.set(own, b * own.length);
      }
    }
    return outputs;
  },
  vjp: (cts, { inputs, options }) => {
    const product = (...operands: Operands) =>
      composedPerSample(operands, options)
        .flatMap((y, k) => (cts[k] ? [sum(mul(y, cts[k]))] : []))
        .reduce((a, b) => add(a, b));
    const [ct, x, dIn, dOut, bias, ...own] = inputs;
    const grads = grad<Operands, number[]>(product, [...inputs.keys()])(
      ct,
      x,
      dIn,
      dOut,
      bias,
      ...own,
    );
    const [ctBar = null, xBar = null, dInBar = null, dOutBar = null, biasBar = null, ...rest] =
      grads;
    return [ctBar, xBar, dInBar, dOutBar, biasBar, ...rest];
  },
  composed: composedPerSample,
});

type Operands = [
  ct: Tensor,
  x: Tensor,
  dIn: Tensor,
  dOut: Tensor,
  bias: Tensor,
  ...parameters: Tensor[],
];

/** The rows of one sample of an array [B, ...]. */
function samplesOf(array: NdArray): (b: number) => NdArray {
  const [data, [samples = 1, ...rest]] = [elements(array), array.shape];
  const size = data.length / samples;
  return (b) => wrap(data.subarray(b * size, (b + 1) * size), rest);
}

/** The same in ordinary ops: the pullback of the composed mixer, with parameters of each sample. */
function composedPerSample(
  [ct, x, dIn, dOut, bias, ...parameters]: Readonly<Operands>,
  { kind, schedule }: Pick<PerSampleOptions, "kind" | "schedule">,
): Each<MixerPlaces, Tensor> {
  const [samples = 0, ...between] = x.shape.slice(0, -1).map((n, k) => (k === 0 ? n : 1));
  const copy = (p: Tensor) =>
    broadcastTo(reshape(p, [1, ...between, ...p.shape]), [samples, ...between, ...p.shape]);
  const own = (copies: Tensor) =>
    reshape(copies, [samples, ...copies.shape.slice(1 + between.length)]);
  const { pullback } = vjp(
    (x: Tensor, dIn: Tensor, dOut: Tensor, bias: Tensor, ...parameters: Tensor[]) =>
      composedMixer(schedule, kind, [x, dIn, dOut, bias, ...parameters]),
    x,
    copy(dIn),
    copy(dOut),
    copy(bias),
    ...parameters.map(copy),
  );
  const [xBar, dInBar, dOutBar, biasBar, ...bars] = pullback(ct);
  return [xBar, own(dInBar), own(dOutBar), own(biasBar), ...bars.map(own)];
}

/** The gradients of each sample, by the kernel where the arrays are seen, otherwise composed. */
export const gradientsOfSamples = (
  operands: Readonly<Operands>,
  options: PerSampleOptions,
): Each<MixerPlaces, Tensor> =>
  operands[0].backend.arrayOf === undefined
    ? composedPerSample(operands, options)
    : perSampleOp(operands, options);

/** The batching rule of a mixer's backward pass: parameters that all samples share. */
export const backwardOfSamples =
  (kind: Parameterisation): Batching<[ct: 1, y: 1, ...MixerPlaces], MixerPlaces, MixerOptions> =>
  (_, [ct, , x, dIn, dOut, bias, ...own], [byCt, , byX, ...others], options) => {
    if (others.includes(true)) return undefined;
    const [cts, xs] = wholeBatch([ct, x], [byCt, byX]);
    return gradientsOfSamples([cts, xs, dIn, dOut, bias, ...own], { kind, ...options });
  };
