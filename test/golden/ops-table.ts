/** @file Which op of ours answers to which case of `ops.json`: by the beginning of its name. */

import type { Tensor } from "@spm/core";
import * as c from "@spm/core";
import * as nn from "@spm/nn";
import { goldenTensor, toIntegers } from "./golden-tensor.ts";
import { moduleOps } from "./module-ops.ts";
import { asNumber, asNumbers, type JsonObject } from "./python-json.ts";

/** An op on the inputs of a case, in their order, and its options. */
type GoldenOp = (inputs: Tensor[], options: JsonObject) => Tensor;

const unary =
  (f: (x: Tensor) => Tensor): GoldenOp =>
  ([x]) =>
    f(x!);
const binary =
  (f: (a: Tensor, b: Tensor) => Tensor): GoldenOp =>
  ([a, b]) =>
    f(a!, b!);
const reduction =
  (f: (x: Tensor, options: { axis?: number | number[] | undefined; keepdims?: boolean }) => Tensor): GoldenOp =>
  ([x], { axis, keepdims }) =>
    f(x!, { axis: axesOf(axis), keepdims: keepdims === true });

function axesOf(axis: JsonObject[string] | undefined): number | number[] | undefined {
  if (axis === null || axis === undefined) return undefined;
  return typeof axis === "number" ? axis : asNumbers(axis, "axis");
}
const number = (options: JsonObject, key: string): number => asNumber(options[key], `options.${key}`);
const optional = (options: JsonObject, key: string): number | undefined =>
  options[key] === undefined ? undefined : number(options, key);
const numbers = (options: JsonObject, key: string): number[] => asNumbers(options[key], `options.${key}`);
const integers = (options: JsonObject, key: string): Tensor => toIntegers(goldenTensor(options[key], `options.${key}`));

export const ops: Readonly<Record<string, GoldenOp>> = {
  ...moduleOps,
  "add_*": binary(c.add),
  "sub_*": binary(c.sub),
  "mul_*": binary(c.mul),
  div: binary(c.div),
  pow: binary(c.pow),
  pow_zero_base: ([x], options) => c.pow(x!, number(options, "exponent")),
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
  silu: unary(c.silu),
  "softplus*": unary(c.softplus),
  reciprocal: unary(c.reciprocal),
  log1p: unary(c.log1p),
  expm1: unary(c.expm1),
  erf: unary(c.erf),
  gelu_exact: unary(c.gelu),
  gelu_tanh: unary((x) => c.gelu(x, "tanh")),
  leaky_relu: ([x], options) => c.leakyRelu(x!, number(options, "slope")),
  elu: unary(c.elu),
  "clamp*": ([x], options) => c.clamp(x!, { min: number(options, "min"), max: number(options, "max") }),
  where: ([a, b], options) => c.where(c.cast(integers(options, "mask"), "bool"), a!, b!),

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
  cumsum: ([x], options) => c.cumsum(x!, number(options, "axis")),

  "matmul_*": binary(c.matmul),
  einsum_bhid: (xs) => c.einsum("bhid,bhjd->bhij", ...xs),
  einsum_trace: (xs) => c.einsum("bii->b", ...xs),
  einsum_outer: (xs) => c.einsum("i,j->ij", ...xs),

  transpose: ([x], options) => c.transpose(x!, numbers(options, "axes")),
  reshape: ([x], options) => c.reshape(x!, numbers(options, "shape")),
  slice: ([x], options) => {
    const [start, stop, step] = ["start", "stop", "step"].map((key) => numbers(options, key));
    return c.slice(
      x!,
      start!.map((s, k) => ({ start: s, stop: stop![k]!, step: step![k]! })),
    );
  },
  slice_reverse: ([x], options) => c.flip(x!, number(options, "axis")),
  concat: (xs, options) => c.concat(xs, number(options, "axis")),
  stack: (xs, options) => c.stack(xs, number(options, "axis")),
  pad: ([x], options) => c.pad(x!, numbers(options, "before"), numbers(options, "after"), number(options, "value")),
  take_axis0: ([x], options) => c.take(x!, integers(options, "index"), 0),
  gather_axis1: ([x], options) => c.gather(x!, integers(options, "index"), 1),
  triu: ([x], options) => c.triu(x!, number(options, "diagonal")),
  tril: ([x], options) => c.tril(x!, number(options, "diagonal")),

  "cross_entropy*": ([logits], options) =>
    nn.crossEntropy(logits!, integers(options, "target"), {
      labelSmoothing: optional(options, "label_smoothing") ?? 0,
      ignoreIndex: optional(options, "ignore_index") ?? -100,
    }),
};
