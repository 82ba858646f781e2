/** @file The activation or loss that each case of `losses.json` is about, by the case's name. */
import type { Tensor } from "@spm/core";
import * as nn from "@spm/nn";
import { goldenTensor, toIntegers, toTensor } from "./golden-tensor.ts";
import { asNumber, asNumbers, asString, type JsonObject } from "./python-json.ts";

/** An op on the options of a case and its inputs, in their order. */
type GoldenOp = (options: JsonObject, ...inputs: Tensor[]) => Tensor;

const number = (options: JsonObject, key: string): number =>
  asNumber(options[key], `options.${key}`);
const integers = (options: JsonObject, key: string): Tensor =>
  toIntegers(goldenTensor(options[key], `options.${key}`));
const reduction = (options: JsonObject) => ({
  reduction: asString(options.reduction, "options.reduction") as nn.LossReduction,
});
/** A tensor of an operand's precision. */
const alike = (options: JsonObject, key: string, { dtype }: Tensor): Tensor =>
  toTensor(goldenTensor(options[key], `options.${key}`), dtype === "float64" ? dtype : "float32");
/** The same under one of our names, where the case has one. */
const given = <K extends string>(options: JsonObject, key: string, name: K, like: Tensor) =>
  options[key] === null ? {} : ({ [name]: alike(options, key, like) } as { [name in K]?: Tensor });
const ofClasses = (options: JsonObject, x: Tensor) => ({
  ...reduction(options),
  ...given(options, "weight", "weight", x),
  axis: number(options, "axis"),
});

export const lossOps: Readonly<Record<string, GoldenOp>> = {
  mish: (_, x) => nn.mish(x),
  selu: (_, x) => nn.selu(x),
  hardswish: (_, x) => nn.hardswish(x),
  softsign: (_, x) => nn.softsign(x),
  "celu_*": (options, x) => nn.celu(x, number(options, "alpha")),
  "hardtanh_*": (options, x) =>
    nn.hardtanh(x, { min: number(options, "min"), max: number(options, "max") }),
  "prelu*": (_, x, slope) => nn.prelu(x, slope),
  "glu_*": (options, x) => nn.glu(x, number(options, "axis")),
  "cross_entropy_labels_*": (options, logits) =>
    nn.crossEntropy(logits, integers(options, "target"), {
      ...ofClasses(options, logits),
      labelSmoothing: number(options, "label_smoothing"),
      ignoreIndex: number(options, "ignore_index"),
    }),
  "cross_entropy_soft_*": (options, logits, target) =>
    nn.crossEntropy(logits, target, {
      ...ofClasses(options, logits),
      labelSmoothing: number(options, "label_smoothing"),
    }),
  "nll_*": (options, x) =>
    nn.nll(nn.logSoftmax(x, number(options, "axis")), integers(options, "target"), {
      ...ofClasses(options, x),
      ignoreIndex: number(options, "ignore_index"),
    }),
  "smooth_l1_*": (options, x, target) =>
    nn.smoothL1(x, target, { beta: number(options, "beta"), ...reduction(options) }),
  "bce_weighted_*": (options, x, target) =>
    nn.bceWithLogits(x, target, {
      ...given(options, "weight", "weight", x),
      ...given(options, "pos_weight", "posWeight", x),
      ...reduction(options),
    }),
  "cosine_similarity_*": (options, x, y) =>
    nn.cosineSimilarity(x, y, { axis: number(options, "axis"), epsilon: number(options, "eps") }),
  cosine_similarity_short: (options, x) =>
    nn.cosineSimilarity(x, alike(options, "y", x), {
      axis: number(options, "axis"),
      epsilon: number(options, "eps"),
    }),
  "cosine_embedding_*": (options, x, y) =>
    nn.cosineEmbedding(x, y, alike(options, "target", x), {
      margin: number(options, "margin"),
      ...reduction(options),
    }),
  "triplet_*": (options, a, b, c) =>
    nn.tripletMargin(a, b, c, {
      margin: number(options, "margin"),
      p: number(options, "p"),
      epsilon: number(options, "eps"),
      swap: options.swap === true,
      ...reduction(options),
    }),
  "embedding_bag_*": (options, table, weights?: Tensor) =>
    nn.embeddingBag(table, integers(options, "tokens"), {
      mode: asString(options.mode, "options.mode") as nn.BagMode,
      ...(options.offsets !== null && { offsets: asNumbers(options.offsets, "options.offsets") }),
      ...(options.padding !== null && { paddingIndex: number(options, "padding") }),
      ...(weights && { weights }),
    }),
};
