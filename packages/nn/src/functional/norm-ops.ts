/** @file The primitives of layer norm and RMS norm: over the last axis, fused. */
import { add, div, mean, mul, type NdArray, sqrt, square, sub, sum, type Tensor } from "@spm/core";
import {
  allocate,
  type Batching,
  checkDTypes,
  dtypeOf,
  elements,
  type FusedOp,
  fused,
  type Places,
  rowwise,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  sizeOf,
  ValueError,
  wholeBatch,
  wrap,
} from "@spm/core/extend";

const last = { axis: -1, keepdims: true } as const;

const infer =
  (name: string) =>
  (inputs: readonly [x: Spec, weight: Spec, bias?: Spec], epsilon: number): Spec => {
    const [x, weight, bias = weight] = inputs;
    const dtype = checkDTypes(name, [x, weight, bias]);
    const width = x.shape.at(-1);
    if (width === undefined)
      throw new ShapeError(name, "x of shape [..., width]", showShape(x.shape));
    for (const { shape } of [weight, bias])
      if (!sameShape(shape, [width]))
        throw new ShapeError(name, `weight and bias of shape [${width}]`, showShape(shape));
    if (!(epsilon >= 0)) throw new ValueError(name, "epsilon ≥ 0", epsilon);
    return { shape: x.shape, dtype };
  };

/** Sums of columns in float64, as an array of the dtype of the columns. */
function summed(sums: Float64Array, like: { readonly data: unknown }): NdArray {
  const out = allocate(dtypeOf(like), sums.length);
  out.set(sums);
  return wrap(out, [sums.length]);
}

/** x̂ of layer norm, [..., width]. */
function centred(x: Tensor, epsilon: number): Tensor {
  const difference = sub(x, mean(x, last));
  return div(difference, sqrt(add(mean(square(difference), last), epsilon)));
}

/** x̂ of RMS norm, [..., width]. */
const scaled = (x: Tensor, epsilon: number): Tensor =>
  div(x, sqrt(add(mean(square(x), last), epsilon)));

/** The sum over all rows of each sample, [B, ..., width] → [B, width]. */
const sumOfSample = (x: Tensor): Tensor => sum(x, x.shape.map((_, k) => k).slice(1, -1));

/** The batching rule of a norm's backward pass. */
type BackwardBatching<I extends Places> = Batching<[ct: 1, y: 1, ...I], I, number>;

/** The kernel has x̄ of all rows; the others are sums over the rows of each sample. */
const layerNormOfSamples: BackwardBatching<[x: 1, weight: 1, bias: 1]> = (
  op,
  [ct, y, x, weight, bias],
  [byCt, byY, byX, ...others],
  epsilon,
) => {
  if (others.includes(true)) return undefined;
  const [cts, ys, xs] = wholeBatch([ct, y, x], [byCt, byY, byX]);
  const [xBar] = op([cts, ys, xs, weight, bias], epsilon);
  return [xBar, sumOfSample(mul(cts, centred(xs, epsilon))), sumOfSample(cts)];
};

const rmsNormOfSamples: BackwardBatching<[x: 1, weight: 1]> = (
  op,
  [ct, y, x, weight],
  [byCt, byY, byX, byWeight],
  epsilon,
) => {
  if (byWeight) return undefined;
  const [cts, ys, xs] = wholeBatch([ct, y, x], [byCt, byY, byX]);
  const [xBar] = op([cts, ys, xs, weight], epsilon);
  return [xBar, sumOfSample(mul(cts, scaled(xs, epsilon)))];
};

/**
 * The primitives of `layerNorm`, x [..., width], weight and bias [width] → [..., width];
 * their option is ε, the residual mean and 1/deviation of each row in float64.
 * @example layerNormOp([ones([2, 3]), ones([3]), zeros([3])], 1e-5).shape; // [2, 3]
 */
export const layerNormOp: FusedOp<[x: 1, weight: 1, bias: 1], number> = fused({
  name: "layerNorm",
  infer: infer("layerNorm"),
  forward: ([x, weight, bias], epsilon) => {
    const [v, w, b] = [elements(x), elements(weight), elements(bias)];
    const [width, rows] = [w.length, x.shape.slice(0, -1)];
    const out = allocate(dtypeOf(x), v.length);
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
    return { outputs: [wrap(out, x.shape)], residual: [wrap(means, rows), wrap(scales, rows)] };
  },
  backward: (
    ct,
    [x, weight],
    _y,
    _epsilon,
    [means, deviations]: readonly [means: NdArray, deviations: NdArray],
  ) => {
    const [c, v, w] = [elements(ct), elements(x), elements(weight)];
    const [mus, scales] = [elements(means), elements(deviations)];
    const width = w.length;
    const out = allocate(dtypeOf(x), v.length);
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
    return [wrap(out, x.shape), summed(weightBar, weight), summed(biasBar, weight)];
  },
  batch: rowwise,
  batchBackward: layerNormOfSamples,
  composed: ([x, weight, bias], epsilon) => add(mul(centred(x, epsilon), weight), bias),
});

/**
 * The primitives of `rmsNorm`, x [..., width] and weight [width] → [..., width]; their option
 * is ε, the residual 1/size of each row in float64.
 * @example rmsNormOp([ones([2, 3]), ones([3])], 1e-6).shape; // [2, 3]
 */
export const rmsNormOp: FusedOp<[x: 1, weight: 1], number> = fused({
  name: "rmsNorm",
  infer: infer("rmsNorm"),
  forward: ([x, weight], epsilon) => {
    const [v, w] = [elements(x), elements(weight)];
    const width = w.length;
    const out = allocate(dtypeOf(x), v.length);
    const scales = new Float64Array(sizeOf(x.shape.slice(0, -1)));
    for (let r = 0, from = 0; r < scales.length; r++, from += width) {
      let squares = 0;
      for (let i = 0; i < width; i++) squares += v[from + i]! ** 2;
      const scale = 1 / Math.sqrt(squares / width + epsilon);
      for (let i = 0; i < width; i++) out[from + i] = v[from + i]! * scale * w[i]!;
      scales[r] = scale;
    }
    return { outputs: [wrap(out, x.shape)], residual: [wrap(scales, x.shape.slice(0, -1))] };
  },
  backward: (ct, [x, weight], _y, _epsilon, [sizes]: readonly [sizes: NdArray]) => {
    const [c, v, w, scales] = [elements(ct), elements(x), elements(weight), elements(sizes)];
    const width = w.length;
    const out = allocate(dtypeOf(x), v.length);
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
    return [wrap(out, x.shape), summed(weightBar, weight)];
  },
  batch: rowwise,
  batchBackward: rmsNormOfSamples,
  composed: ([x, weight], epsilon) => mul(scaled(x, epsilon), weight),
});
