/** @file The function of @spm/nn that each case of `layers.json` is about, by the case's name. */
import { type Tensor, tensor } from "@spm/core";
import * as nn from "@spm/nn";
import { asList, asNumber, asNumbers, type Json, type JsonObject } from "./python-json.ts";

/** An op on the options of a case and its inputs, in their order. */
type GoldenOp = (options: JsonObject, ...inputs: Tensor[]) => Tensor;

/** Our names of PyTorch's options that have others. */
const renamed: Readonly<Record<string, string>> = {
  output_padding: "outputPadding",
  ceil_mode: "ceilMode",
  count_include_pad: "countIncludePad",
  scale_factor: "scaleFactor",
  align_corners: "alignCorners",
  eps: "epsilon",
  shape: "normalizedShape",
  grouped: "groupedQueries",
};

/** The options of a case under our names; what is wrong of them our functions refuse. */
const ours = (options: JsonObject, ...but: string[]): object =>
  Object.fromEntries(
    Object.entries(options)
      .filter(([key]) => !but.includes(key))
      .map(([key, value]) => [renamed[key] ?? key, value]),
  );
const size = ({ size }: JsonObject): number | number[] =>
  typeof size === "number" ? size : asNumbers(size, "options.size");

/** Where rows of 0 and 1 have 1 a token attends; the others get −∞. */
function holes(rows: Json | undefined, like: Tensor): Tensor {
  const values = asList(rows, "holes").map((row) =>
    asNumbers(row, "holes").map((v) => (v === 1 ? 0 : Number.NEGATIVE_INFINITY)),
  );
  const { dtype } = like;
  const shape = [2, 1, 3, 6];
  return tensor(values.flat(), { shape, ...(dtype === "float64" ? { dtype } : {}) });
}

type Convolution = (x: Tensor, weight: Tensor, bias: Tensor | null, options: object) => Tensor;
const convolution =
  (f: Convolution): GoldenOp =>
  (options, x, weight = x, bias = x) =>
    f(x, weight, bias, ours(options));
type Pool = (x: Tensor, size: number | number[], options: object) => Tensor;
const pool =
  (f: Pool): GoldenOp =>
  (options, x) =>
    f(x, size(options), ours(options, "size"));

export const layerOps: Readonly<Record<string, GoldenOp>> = {
  "layers_conv1d_*": convolution(nn.conv1d),
  "layers_conv2d_*": convolution(nn.conv2d),
  "layers_conv_transpose1d_*": convolution(nn.convTranspose1d),
  "layers_conv_transpose2d_*": convolution(nn.convTranspose2d),
  "layers_max_pool1d_*": pool(nn.maxPool1d),
  "layers_max_pool2d_*": pool(nn.maxPool2d),
  "layers_avg_pool1d_*": pool(nn.avgPool1d),
  "layers_avg_pool2d_*": pool(nn.avgPool2d),
  "layers_adaptive_max_pool1d_*": pool(nn.adaptiveMaxPool1d),
  "layers_adaptive_max_pool2d_*": pool(nn.adaptiveMaxPool2d),
  "layers_adaptive_avg_pool1d_*": pool(nn.adaptiveAvgPool1d),
  "layers_adaptive_avg_pool2d_*": pool(nn.adaptiveAvgPool2d),
  "layers_interpolate_*": (options, x) => nn.interpolate(x, ours(options)),
  "layers_layer_norm_*": (options, x, weight, bias) =>
    nn.layerNorm(x, weight ?? null, bias ?? null, ours(options)),
  "layers_group_norm_*": (options, x, weight, bias) =>
    nn.groupNorm(
      x,
      asNumber(options.groups, "options.groups"),
      weight ?? null,
      bias ?? null,
      ours(options, "groups"),
    ),
  "layers_instance_norm_*": (options, x, weight, bias) =>
    nn.instanceNorm(x, weight ?? null, bias ?? null, ours(options)),
  "layers_sdpa_*": (options, q, k, v, mask) =>
    nn.scaledDotProductAttention(q, k, v, { ...ours(options), ...(mask && { mask }) }),
  layers_sdpa_additive_holes: (options, q, k, v) =>
    nn.scaledDotProductAttention(q, k, v, { mask: holes(options.holes, q) }),
};
