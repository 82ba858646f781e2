/** @file The op of @spm/numeric that each case of `numeric.json` is about, by the case's name. */
import * as c from "@spm/core";
import { stopGradient, type Tensor } from "@spm/core";
import * as n from "@spm/numeric";
import { goldenTensor, toIntegers } from "./golden-tensor.ts";
import { asNumber, asNumbers, type JsonObject } from "./python-json.ts";

/** An op on the options of a case and its inputs, in their order. */
type GoldenOp = (options: JsonObject, ...inputs: Tensor[]) => Tensor;

/** The functions of one tensor, whose second derivatives are checked, too. */
export const unaryOps: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  tan: n.tan,
  asin: n.asin,
  acos: n.acos,
  atan: n.atan,
  sinh: n.sinh,
  cosh: n.cosh,
  asinh: n.asinh,
  acosh: n.acosh,
  atanh: n.atanh,
  log2: n.log2,
  log10: n.log10,
  exp2: n.exp2,
  trunc: n.trunc,
  lgamma: n.lgamma,
  log_ndtr: n.logNdtr,
};

const binaryOps: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  atan2: n.atan2,
  hypot: n.hypot,
  logaddexp: n.logaddexp,
  remainder: n.remainder,
  xlogy: n.xlogy,
  kron: n.kron,
};

const number = (options: JsonObject, key: string): number =>
  asNumber(options[key], `options.${key}`);
const numbers = (options: JsonObject, key: string): number[] =>
  asNumbers(options[key], `options.${key}`);
const integers = (options: JsonObject, key: string): Tensor =>
  toIntegers(goldenTensor(options[key], `options.${key}`));
const mask = (options: JsonObject): Tensor => c.cast(integers(options, "mask"), "bool");
const as = (y: Tensor, x: Tensor): Tensor => stopGradient(c.cast(y, x.dtype));

const scatter =
  (reduce: "set" | "add" | "mean" | "max"): GoldenOp =>
  (options, x, src) =>
    n.scatter(x, integers(options, "index"), src, {
      axis: number(options, "axis"),
      reduce,
      includeSelf: options.own !== false,
    });

const each = <T>(
  table: Readonly<Record<string, T>>,
  to: (f: T) => GoldenOp,
): [string, GoldenOp][] =>
  Object.entries(table).flatMap(([name, f]): [string, GoldenOp][] => [
    [`numeric_${name}`, to(f)],
    [`numeric_${name}_*`, to(f)],
  ]);

export const numericOps: Readonly<Record<string, GoldenOp>> = {
  ...Object.fromEntries(each(unaryOps, (f) => (_, x) => f(x))),
  ...Object.fromEntries(each(binaryOps, (f) => (_, a, b) => f(a, b))),
  "numeric_lerp*": (options, a, b, w) => n.lerp(a, b, w ?? number(options, "weight")),

  "numeric_diag_embed*": (options, x) => n.diagEmbed(x, { diagonal: number(options, "diagonal") }),
  "numeric_diag_*": (options, x) => n.diag(x, { diagonal: number(options, "diagonal") }),
  "numeric_diagonal_*": (options, x) =>
    n.diagonal(x, {
      offset: number(options, "offset"),
      axis1: number(options, "axis1"),
      axis2: number(options, "axis2"),
    }),
  numeric_trace: (_, x) => n.trace(x),
  numeric_meshgrid_ij: (_, ...xs) => n.meshgrid(xs)[1] ?? c.zeros([]),
  numeric_meshgrid_xy: (_, ...xs) => n.meshgrid(xs, { indexing: "xy" })[0] ?? c.zeros([]),
  "numeric_tensordot_*": (options, a, b) => n.tensordot(a, b, { axis: number(options, "count") }),
  numeric_tensordot_axes: (options, a, b) =>
    n.tensordot(a, b, { axis: [numbers(options, "of_a"), numbers(options, "of_b")] }),

  "numeric_cumprod*": (options, x) => n.cumprod(x, number(options, "axis")),
  "numeric_cummax*": (options, x) => n.cummax(x, number(options, "axis")).values,
  "numeric_cummin*": (options, x) => n.cummin(x, number(options, "axis")).values,
  numeric_cummax_where: (options, x) => as(n.cummax(x, number(options, "axis")).indices, x),

  "numeric_searchsorted*": (options, sorted, values) =>
    as(n.searchsorted(sorted, values, { right: options.right === true }), values),
  numeric_bincount: (options, weights) =>
    n.bincount(integers(options, "x"), { weights, minlength: number(options, "minlength") }),
  numeric_unique: (_, x) => stopGradient(n.unique(x).values),
  numeric_unique_counts: (_, x) => as(n.unique(x).counts, x),
  numeric_unique_inverse: (_, x) => as(n.unique(x).inverse, x),
  numeric_nonzero: (_, x) => as(n.nonzero(x), x),
  "numeric_masked_select*": (options, x) => n.maskedSelect(x, mask(options)),
  numeric_masked_fill: (options, x) => n.maskedFill(x, mask(options), number(options, "value")),
  "numeric_scatter_set*": scatter("set"),
  "numeric_scatter_add*": scatter("add"),
  "numeric_scatter_mean*": scatter("mean"),
  "numeric_scatter_max*": scatter("max"),

  "numeric_fft_*": (_, x) => n.fft(x),
  "numeric_ifft_*": (_, x) => n.ifft(x),
  "numeric_rfft_*": (_, x) => n.rfft(x),
  "numeric_irfft_*": (options, x) => n.irfft(x, { n: number(options, "n") }),

  numeric_bernoulli_log_prob: (options, p) =>
    n.bernoulliLogProb(c.cast(integers(options, "x"), p.dtype), p),
  "numeric_categorical_log_prob*": (options, logits) =>
    n.categoricalLogProb(integers(options, "x"), logits),
  numeric_exponential_log_prob: (_, x, rate) => n.exponentialLogProb(x, rate),
  numeric_gamma_log_prob: (_, x, a, b) => n.gammaLogProb(x, a, b),
  numeric_beta_log_prob: (_, x, a, b) => n.betaLogProb(x, a, b),
  numeric_dirichlet_log_prob: (_, a, x) => n.dirichletLogProb(x, a),
  numeric_multinomial_log_prob: (options, p) =>
    n.multinomialLogProb(c.cast(integers(options, "x"), p.dtype), p),
  numeric_normal_log_prob: (_, x, mean, deviation) => n.normalLogProb(x, mean, deviation),
  "numeric_truncated_normal_log_prob*": (options, x, mean, deviation) =>
    n.truncatedNormalLogProb(x, mean, deviation, {
      low: number(options, "low"),
      high: number(options, "high"),
    }),
  "numeric_choice_log_prob*": (options, w) =>
    n.choiceLogProb(integers(options, "x"), w, { replacement: options.replacement === true }),
};
