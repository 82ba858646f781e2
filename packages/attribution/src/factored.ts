/**
 * @file Compressors of a linear layer's gradient Σₜ δₜ aₜᵀ by its factors, the cotangents of its
 * outputs and its inputs, so that [out, in] is never formed.
 */
import { concat, matmul, ones, reshape, type Tensor, transpose } from "@spm/core";
import {
  checkOptions,
  checkTensors,
  kindOf,
  type OptionNames,
  ShapeError,
  showShape,
  sizeOf,
  ValueError,
} from "@spm/core/extend";
import { type Compressor, checkCompressor, checkSize } from "./compressor.ts";
import { randomMask } from "./masks.ts";
import {
  checked,
  type GrassOptions,
  gaussianProjection,
  type ProjectionOptions,
  sjlt,
} from "./projections.ts";

/** A compressor of the gradients of each sample by a linear layer's parameters. */
export interface LayerCompressor {
  readonly name: string;
  /** k */
  readonly outFeatures: number;
  /** Inputs [B, ..., in] and cotangents of outputs [B, ..., out] → [B, k]. */
  compress(inputs: Tensor, cotangents: Tensor): Tensor;
}

/** The layer compressor itself. @throws ValueError for anything else */
export function checkLayerCompressor(op: string, compressor: LayerCompressor): void {
  if (typeof compressor?.compress !== "function")
    throw new ValueError(op, "a layer compressor", kindOf(compressor), "factGrass(in, out, k, …)");
}

/** Options of {@link factored}. */
export interface FactoredOptions {
  /** Of Z, row by row, [k_out · k_in]. @defaultValue none: Z itself */
  readonly second?: Compressor;
  /**
   * Whether the layer has a bias: its gradient is a last column, inputs get a 1 for it.
   * @defaultValue true
   */
  readonly bias?: boolean;
}
const factoredNames: OptionNames<FactoredOptions> = { second: true, bias: "boolean" };

/**
 * Z = Σₜ (P_out δₜ)(P_in aₜ)ᵀ, then flat, row by row, and compressed once more: of the gradients
 * [out, in + 1], whose last column is the bias's, what `second` makes of vec(P_out G P_inᵀ).
 * @param onInputs - P_in, of in + 1 numbers (in without a bias)
 * @param onCotangents - P_out, of out numbers
 * @returns of inputs [B, ..., in] and cotangents [B, ..., out] → [B, k]. Cost and memory: those of
 * the parts, and 2 k_in k_out FLOP for each position t
 * @throws ShapeError unless `second` takes k_out · k_in numbers
 * @example
 * const layer = factored(gradientMask([0, 2], 3), gradientMask([1], 2)); // weight [2, 2] and bias
 * layer.compress(tensor([[3, 4]]), tensor([[5, 6]])); // [18, 6]
 */
export function factored(
  onInputs: Compressor,
  onCotangents: Compressor,
  options: FactoredOptions = {},
): LayerCompressor {
  const op = "factored";
  checkCompressor(op, onInputs);
  checkCompressor(op, onCotangents);
  checkOptions(op, options, factoredNames);
  const { second, bias = true } = options;
  const flat = onInputs.outFeatures * onCotangents.outFeatures;
  if (second !== undefined && checkCompressor(op, second).inFeatures !== flat)
    throw new ShapeError(op, `a second compressor of ${flat} numbers`, second.inFeatures);
  const compress = (inputs: Tensor, cotangents: Tensor): Tensor => {
    checkTensors(op, inputs, cotangents);
    const [a, delta] = [positions(op, inputs), positions(op, cotangents)];
    const [B, T] = a.shape;
    if (B === undefined || T === undefined || delta.shape[0] !== B || delta.shape[1] !== T)
      throw new ShapeError(
        op,
        "inputs [B, ..., in] and cotangents [B, ..., out]",
        `${showShape(inputs.shape)} and ${showShape(cotangents.shape)}`,
      );
    const one = () => ones([B, T, 1], { dtype: a.dtype, backend: a.backend });
    const kept = onInputs.compress(bias ? concat([a, one()], 2) : a);
    const z = matmul(transpose(onCotangents.compress(delta), [0, 2, 1]), kept);
    const rows = reshape(z, [B, flat]);
    return second?.compress(rows) ?? rows;
  };
  return { name: op, outFeatures: second?.outFeatures ?? flat, compress };
}

/** [B, ..., n] → [B, T, n] */
function positions(op: string, x: Tensor): Tensor {
  const [B, n] = [x.shape[0], x.shape.at(-1)];
  if (B === undefined || n === undefined || x.shape.length < 2)
    throw new ShapeError(op, "samples [B, ..., n]", showShape(x.shape));
  return reshape(x, [B, sizeOf(x.shape.slice(1, -1)), n]);
}

/** Options of {@link logra}. */
export interface LograOptions extends ProjectionOptions {
  /** Whether the layer has a bias. @defaultValue true */
  readonly bias?: boolean;
}
const lograNames: OptionNames<LograOptions> = { random: true, dtype: true, bias: "boolean" };

/**
 * LoGra, ĝ = vec(P_out G P_inᵀ): {@link factored} by Gaussian projections to √k numbers a side.
 * @param inFeatures - of the layer, without the bias's column
 * @param outFeatures - of the layer
 * @param k - a square
 * @returns of inputs [B, ..., in] and cotangents [B, ..., out] → [B, k]. Cost 2√k(in + out) + 2k
 * FLOP a position
 * @throws ShapeError unless the sizes are whole numbers ≥ 1; ValueError unless k is a square
 * Source: Choe and others, "What is Your Data Worth to GPT?", 2024 (arXiv 2405.13954), with random
 * projections
 * @example logra(7, 6, 9, { random: rng(1) }).compress(ones([2, 7]), ones([2, 6])).shape; // [2, 9]
 */
export function logra(
  inFeatures: number,
  outFeatures: number,
  k: number,
  options: LograOptions,
): LayerCompressor {
  checkSize("logra", "in and out", inFeatures, outFeatures);
  const { random, dtype } = checked("logra", [inFeatures, k], options, lograNames);
  const { bias = true } = options;
  const side = Math.round(Math.sqrt(k));
  if (side * side !== k) throw new ValueError("logra", "k a square", k);
  const onInputs = gaussianProjection(inFeatures + Number(bias), side, { random, dtype });
  const onCotangents = gaussianProjection(outFeatures, side, { random, dtype });
  return { ...factored(onInputs, onCotangents, { bias }), name: "logra" };
}

/** Options of {@link factGrass}. */
export interface FactGrassOptions extends GrassOptions {
  /** Whether the layer has a bias. @defaultValue true */
  readonly bias?: boolean;
}
const factGrassNames: OptionNames<FactGrassOptions> = {
  ...lograNames,
  s: true,
  factor: true,
};

/**
 * FactGraSS: {@link factored} by random masks of ⌈√(factor · k)⌉ numbers on both sides (at most
 * in + 1 and out), then {@link sjlt}: GraSS with the product of both masks, which reads only the
 * masked inputs and cotangents.
 * @param inFeatures - of the layer, without the bias's column
 * @param outFeatures - of the layer
 * @returns of inputs [B, ..., in] and cotangents [B, ..., out] → [B, k]. Cost 2 · factor · k FLOP a
 * position, and the sjlt's
 * @throws ShapeError unless the sizes are whole numbers ≥ 1; ValueError for s or factor out of
 * range
 * Source: Hu and others, "GraSS: Scalable Data Attribution with Gradient Sparsification and Sparse
 * Projection", NeurIPS 2025 (arXiv 2505.18976)
 * @example
 * const layer = factGrass(70, 60, 9, { random: rng(1) });
 * layer.compress(ones([2, 5, 70]), ones([2, 5, 60])).shape; // [2, 9]
 */
export function factGrass(
  inFeatures: number,
  outFeatures: number,
  k: number,
  options: FactGrassOptions,
): LayerCompressor {
  checkSize("factGrass", "in and out", inFeatures, outFeatures);
  const { random, factor, ...rest } = checked(
    "factGrass",
    [inFeatures, k],
    options,
    factGrassNames,
  );
  const { bias = true } = options;
  const side = Math.ceil(Math.sqrt(factor * k));
  const onInputs = randomMask(inFeatures + Number(bias), side, { random });
  const onCotangents = randomMask(outFeatures, side, { random });
  const second = sjlt(onInputs.outFeatures * onCotangents.outFeatures, k, { random, ...rest });
  return { ...factored(onInputs, onCotangents, { second, bias }), name: "factGrass" };
}
