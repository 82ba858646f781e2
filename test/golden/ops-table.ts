/**
 * @file Which function of ours answers to which case of `ops.json` and `linalg.json`: by the
 * beginning of its name.
 */

import type { Tensor } from "@spm/core";
import * as c from "@spm/core";
import * as nn from "@spm/nn";
import * as nnExtend from "@spm/nn/extend";
import * as numeric from "@spm/numeric";
import { goldenTensor, toIntegers } from "./golden-tensor.ts";
import { linalgOps } from "./linalg-ops.ts";
import { asNumber, asNumbers, type JsonObject } from "./python-json.ts";

/** An op on the options of a case and its inputs, in their order. */
type GoldenOp = (options: JsonObject, ...inputs: Tensor[]) => Tensor;

const unary =
  (f: (x: Tensor) => Tensor): GoldenOp =>
  (_, x) =>
    f(x);
const binary =
  (f: (a: Tensor, b: Tensor) => Tensor): GoldenOp =>
  (_, a, b) =>
    f(a, b);
const reduction =
  (
    f: (x: Tensor, options: { axis?: number | number[] | undefined; keepdims?: boolean }) => Tensor,
  ): GoldenOp =>
  ({ axis, keepdims }, x) =>
    f(x, { axis: axesOf(axis), keepdims: keepdims === true });

function axesOf(axis: JsonObject[string] | undefined): number | number[] | undefined {
  if (axis === null || axis === undefined) return undefined;
  return typeof axis === "number" ? axis : asNumbers(axis, "axis");
}
const number = (options: JsonObject, key: string): number =>
  asNumber(options[key], `options.${key}`);
const optional = (options: JsonObject, key: string): number | undefined =>
  options[key] === undefined ? undefined : number(options, key);
const sliding = (options: JsonObject) => ({
  stride: number(options, "stride"),
  padding: number(options, "padding"),
});
const numbers = (options: JsonObject, key: string): number[] =>
  asNumbers(options[key], `options.${key}`);
const integers = (options: JsonObject, key: string): Tensor =>
  toIntegers(goldenTensor(options[key], `options.${key}`));

export const ops: Readonly<Record<string, GoldenOp>> = {
  ...linalgOps,
  "add_*": binary(c.add),
  "sub_*": binary(c.sub),
  "mul_*": binary(c.mul),
  div: binary(c.div),
  pow: binary(c.pow),
  pow_zero_base: (options, x) => c.pow(x, number(options, "exponent")),
  "maximum*": binary(c.maximum),
  "minimum*": binary(c.minimum),
  neg: unary(c.neg),
  exp: unary(c.exp),
  log: unary(c.log),
  sqrt: unary(c.sqrt),
  square: unary(c.square),
  "abs*": unary(c.abs),
  sin: unary(c.sin),
  cos: unary(c.cos),
  tanh: unary(c.tanh),
  sigmoid: unary(c.sigmoid),
  "relu*": unary(c.relu),
  silu: unary(nn.silu),
  "softplus*": unary(c.softplus),
  reciprocal: unary(c.reciprocal),
  log1p: unary(c.log1p),
  expm1: unary(c.expm1),
  erf: unary(numeric.erf),
  gelu_exact: unary(nn.gelu),
  gelu_tanh: unary((x) => nn.gelu(x, { approximate: "tanh" })),
  leaky_relu: (options, x) => nn.leakyRelu(x, number(options, "slope")),
  elu: unary(nn.elu),
  "clamp*": (options, x) =>
    c.clamp(x, { min: number(options, "min"), max: number(options, "max") }),
  where: (options, a, b) => c.where(c.cast(integers(options, "mask"), "bool"), a, b),

  "sum_*": reduction(c.sum),
  empty_sum: reduction(c.sum),
  "mean_*": reduction(c.mean),
  max_axis: reduction(c.max),
  max_tie: reduction(c.max),
  min_axis: reduction(c.min),
  "prod_*": reduction(c.prod),
  var_unbiased: reduction(c.variance),
  var_biased: reduction((x, options) => c.variance(x, { ...options, correction: 0 })),
  std: reduction(c.std),
  "logsumexp*": reduction(c.logsumexp),
  "norm_*": reduction(c.norm),
  cumsum: (options, x) => c.cumsum(x, number(options, "axis")),

  "matmul_*": binary(c.matmul),
  einsum_bhid: (_, ...xs) => c.einsum("bhid,bhjd->bhij", ...xs),
  einsum_trace: (_, ...xs) => c.einsum("bii->b", ...xs),
  einsum_outer: (_, ...xs) => c.einsum("i,j->ij", ...xs),

  transpose: (options, x) => c.transpose(x, numbers(options, "axes")),
  reshape: (options, x) => c.reshape(x, numbers(options, "shape")),
  slice: (options, x) => {
    const [start, stop, step] = ["start", "stop", "step"].map((key) => numbers(options, key));
    return c.slice(
      x,
      start!.map((s, k) => ({ start: s, stop: stop![k]!, step: step![k]! })),
    );
  },
  slice_reverse: (options, x) => c.flip(x, number(options, "axis")),
  concat: (options, ...xs) => c.concat(xs, number(options, "axis")),
  stack: (options, ...xs) => c.stack(xs, number(options, "axis")),
  pad: (options, x) =>
    c.pad(x, numbers(options, "before"), numbers(options, "after"), {
      value: number(options, "value"),
    }),
  take_axis0: (options, x) => c.take(x, integers(options, "index"), 0),
  gather_axis1: (options, x) => c.gather(x, integers(options, "index"), 1),
  triu: (options, x) => numeric.triu(x, number(options, "diagonal")),
  tril: (options, x) => numeric.tril(x, number(options, "diagonal")),

  "softmax*": (options, x) => nn.softmax(x, number(options, "axis")),
  log_softmax: (options, x) => nn.logSoftmax(x, number(options, "axis")),
  "cross_entropy*": (options, logits) =>
    nn.crossEntropy(logits, integers(options, "target"), {
      labelSmoothing: optional(options, "label_smoothing") ?? 0,
      ignoreIndex: optional(options, "ignore_index") ?? -100,
    }),
  mse: binary(nn.mse),
  l1: binary(nn.l1),
  huber: (options, prediction, target) =>
    nn.huber(prediction, target, { delta: number(options, "delta") }),
  "bce_*": binary(nn.bceWithLogits),
  kl_div: binary(nn.klDiv),
  layer_norm: (options, x, weight, bias) =>
    nn.layerNorm(x, weight, bias, { epsilon: number(options, "eps") }),
  rms_norm: (options, x, weight) => nn.rmsNorm(x, weight, { epsilon: number(options, "eps") }),
  linear: (_, x, weight, bias) => nnExtend.affine(x, weight, bias),
  embedding: (options, weight) => nn.embedding(weight, integers(options, "index")),
  sdpa: (_, q, k, v) => nn.scaledDotProductAttention(q, k, v),
  sdpa_causal: (_, q, k, v) => nn.scaledDotProductAttention(q, k, v, { causal: true }),
  conv1d: (options, x, weight, bias) => nn.conv1d(x, weight, bias, sliding(options)),
  conv2d: (options, x, weight, bias) => nn.conv2d(x, weight, bias, sliding(options)),
  max_pool2d: (options, x) => nn.maxPool2d(x, number(options, "size")),
  avg_pool2d: (options, x) => nn.avgPool2d(x, number(options, "size")),
  gru: (_, x, h0, wIh, wHh, bIh, bHh) => {
    const states: Tensor[] = [];
    let h = h0;
    for (let t = 0; t < x.shape[1]!; t++) {
      h = nn.gruStep(nnExtend.affine(c.at(x, {}, t), wIh, bIh), nnExtend.affine(h, wHh, bHh), h);
      states.push(h);
    }
    return c.stack(states, 1);
  },
};
