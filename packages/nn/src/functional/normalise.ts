/** @file Layer norm and RMS norm over the last axis, fused. */
import {
  add,
  allocate,
  checkDTypes,
  div,
  dtypeOf,
  elements,
  mean,
  mul,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  sizeOf,
  sqrt,
  square,
  sub,
  type Tensor,
  ValueError,
  wrap,
} from "@spm/core";
import { type FusedOp, fused } from "./fused.ts";

const last = { axis: -1, keepdims: true } as const;

/** What is inferred: y, and so many numbers saved of each row. */
const infer =
  (name: string, saved: number) =>
  (inputs: readonly Spec[], epsilon: number): Spec[] => {
    const dtype = checkDTypes(name, inputs);
    const [x, ...scales] = inputs as [Spec, ...Spec[]];
    const width = x.shape.at(-1);
    if (width === undefined)
      throw new ShapeError(name, "x of shape [..., width]", showShape(x.shape));
    for (const { shape } of scales)
      if (!sameShape(shape, [width]))
        throw new ShapeError(name, `weight and bias of shape [${width}]`, showShape(shape));
    if (!(epsilon >= 0)) throw new ValueError(name, "epsilon ≥ 0", epsilon);
    const rows = x.shape.slice(0, -1);
    return [
      { shape: x.shape, dtype },
      ...Array.from({ length: saved }, (): Spec => ({ shape: rows, dtype: "float64" })),
    ];
  };

/** Sums of one column each, in float64, as an array of the dtype that they belong to. */
function summed(sums: Float64Array, like: { readonly data: unknown }): ReturnType<typeof wrap> {
  const out = allocate(dtypeOf(like), sums.length);
  out.set(sums);
  return wrap(out, [sums.length]);
}

/**
 * The primitives of {@link layerNorm}. Inputs: x, weight, bias. Saved: y; mean and 1/deviation of
 * each row, in float64.
 */
export const layerNormOp: FusedOp<number> = fused<number>({
  name: "layerNorm",
  arity: 3,
  differentiable: 3,
  infer: infer("layerNorm", 2),
  forward: ([x, weight, bias], epsilon) => {
    const [v, w, b] = [elements(x!), elements(weight!), elements(bias!)];
    const [width, rows] = [w.length, x!.shape.slice(0, -1)];
    const out = allocate(dtypeOf(x!), v.length);
    const means = new Float64Array(sizeOf(rows));
    const scales = new Float64Array(means.length);
    for (let r = 0, from = 0; r < means.length; r++, from += width) {
      let total = 0;
      for (let i = 0; i < width; i++) total += v[from + i]!;
      const mu = total / width;
      let squares = 0;
      for (let i = 0; i < width; i++) squares += (v[from + i]! - mu) ** 2;
      const scale = 1 / Math.sqrt(squares / width + epsilon);
      for (let i = 0; i < width; i++) out[from + i] = (v[from + i]! - mu) * scale * w[i]! + b[i]!;
      means[r] = mu;
      scales[r] = scale;
    }
    return [wrap(out, x!.shape), wrap(means, rows), wrap(scales, rows)];
  },
  backward: (ct, [x, weight], [, means, deviations]) => {
    const [c, v, w] = [elements(ct), elements(x!), elements(weight!)];
    const [mus, scales] = [elements(means!), elements(deviations!)];
    const width = w.length;
    const out = allocate(dtypeOf(x!), v.length);
    const [weightBar, biasBar] = [new Float64Array(width), new Float64Array(width)];
    for (let r = 0, from = 0; r < mus.length; r++, from += width) {
      const [mu, scale] = [mus[r]!, scales[r]!];
      let total = 0;
      let inner = 0;
      for (let i = 0; i < width; i++) {
        const hat = (v[from + i]! - mu) * scale;
        const g = c[from + i]! * w[i]!;
        total += g;
        inner += g * hat;
        weightBar[i]! += c[from + i]! * hat;
        biasBar[i]! += c[from + i]!;
      }
      for (let i = 0; i < width; i++) {
        const hat = (v[from + i]! - mu) * scale;
        // g − mean(g) − x̂ mean(g x̂)
        out[from + i] = scale * (c[from + i]! * w[i]! - (total + hat * inner) / width);
      }
    }
    return [wrap(out, x!.shape), summed(weightBar, weight!), summed(biasBar, weight!)];
  },
  composed: ([x, weight, bias], epsilon) => {
    const centred = sub(x!, mean(x!, last));
    const deviation = sqrt(add(mean(square(centred), last), epsilon));
    return add(mul(div(centred, deviation), weight!), bias!);
  },
});

/**
 * The primitives of {@link rmsNorm}. Inputs: x, weight. Saved: y; 1/size of each row, in float64.
 */
export const rmsNormOp: FusedOp<number> = fused<number>({
  name: "rmsNorm",
  arity: 2,
  differentiable: 2,
  infer: infer("rmsNorm", 1),
  forward: ([x, weight], epsilon) => {
    const [v, w] = [elements(x!), elements(weight!)];
    const width = w.length;
    const out = allocate(dtypeOf(x!), v.length);
    const scales = new Float64Array(sizeOf(x!.shape.slice(0, -1)));
    for (let r = 0, from = 0; r < scales.length; r++, from += width) {
      let squares = 0;
      for (let i = 0; i < width; i++) squares += v[from + i]! ** 2;
      const scale = 1 / Math.sqrt(squares / width + epsilon);
      for (let i = 0; i < width; i++) out[from + i] = v[from + i]! * scale * w[i]!;
      scales[r] = scale;
    }
    return [wrap(out, x!.shape), wrap(scales, x!.shape.slice(0, -1))];
  },
  backward: (ct, [x, weight], [, sizes]) => {
    const [c, v, w, scales] = [elements(ct), elements(x!), elements(weight!), elements(sizes!)];
    const width = w.length;
    const out = allocate(dtypeOf(x!), v.length);
    const weightBar = new Float64Array(width);
    for (let r = 0, from = 0; r < scales.length; r++, from += width) {
      const scale = scales[r]!;
      let inner = 0;
      for (let i = 0; i < width; i++) {
        inner += c[from + i]! * w[i]! * v[from + i]! * scale;
        weightBar[i]! += c[from + i]! * v[from + i]! * scale;
      }
      for (let i = 0; i < width; i++)
        // g − x̂ mean(g x̂)
        out[from + i] = scale * (c[from + i]! * w[i]! - (v[from + i]! * scale * inner) / width);
    }
    return [wrap(out, x!.shape), summed(weightBar, weight!)];
  },
  composed: ([x, weight], epsilon) =>
    mul(div(x!, sqrt(add(mean(square(x!), last), epsilon))), weight!),
});

/**
 * y = (x − μ) / √(σ² + ε) ⊙ weight + bias, with mean and biased variance of each row (Ba et al.
 * 2016).
 * @param x - [..., width]
 * @param weight - [width]
 * @param bias - [width]
 * @param epsilon - ε ≥ 0, 10⁻⁵ unless said
 * @returns x's shape. Cost: about 8 FLOP an element forward, 14 back
 * @throws ShapeError, DTypeError where an operand does not fit; ValueError for a negative ε
 * @example layerNorm(x, ones([8]), zeros([8]));
 */
export const layerNorm = (x: Tensor, weight: Tensor, bias: Tensor, epsilon = 1e-5): Tensor =>
  layerNormOp([x, weight, bias], epsilon);

/**
 * y = x / √(mean(x²) + ε) ⊙ weight over each row (Zhang and Sennrich 2019).
 * @param x - [..., width]
 * @param weight - [width]
 * @param epsilon - ε ≥ 0, 10⁻⁶ unless said
 * @returns x's shape. Cost: about 5 FLOP an element forward, 10 back
 * @throws ShapeError, DTypeError where an operand does not fit; ValueError for a negative ε
 * @example rmsNorm(x, ones([8]));
 */
export const rmsNorm = (x: Tensor, weight: Tensor, epsilon = 1e-6): Tensor =>
  rmsNormOp([x, weight], epsilon);
