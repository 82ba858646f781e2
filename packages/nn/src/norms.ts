/** @file Normalisation of each sample's features. */

import { ones, type Parameter, parameter, type Shape, type Tensor, zeros } from "@spm/core";
import {
  checkOptions,
  checkShape,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
  sizeOf,
} from "@spm/core/extend";
import { flag, list, number, size } from "./description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "./description/module-kind.ts";
import {
  groupNorm,
  type LayerNormOptions,
  layerNorm,
  type NormOptions,
  normOptions,
  rmsNorm,
} from "./functional/normalise.ts";
import { Module } from "./module.ts";
import { checkChoice, checkSizes } from "./options.ts";

/** Options of {@link LayerNorm}, {@link RmsNorm} and {@link GroupNorm}. */
export interface AffineNormOptions extends NormOptions {
  /**
   * Whether there is a weight, and a bias, to be trained.
   * @defaultValue true; of instance norm false
   */
  readonly affine?: boolean;
}

const names: OptionNames<AffineNormOptions> = { ...normOptions, affine: "boolean" };

/** A weight of ones, or a bias of zeros, unless there is none. */
const weightOf = (affine: boolean, make: () => Tensor): Parameter | null =>
  affine ? parameter(make, { decay: false }) : null;

/** The sizes of the axes that are normalised over. */
function shapeOf(op: string, width: number | Shape): Shape {
  const shape = typeof width === "number" ? [width] : checkShape(op, width);
  checkSizes(op, "width", ...(shape.length === 0 ? [0] : shape));
  return shape;
}

/**
 * Layer norm, y = (x − μ) / √(σ² + ε) ⊙ weight + bias, with mean and biased variance over the last
 * axis, or several (Ba et al. 2016); ε is 10⁻⁵ by default. x [..., ...width] → the same shape.
 * @throws ShapeError for another width; ValueError for a negative ε
 * @example new LayerNorm(8).forward(ones([2, 8])).shape; // [2, 8]
 */
export class LayerNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly #options: LayerNormOptions;

  /** @param width - the size of the last axis, or the sizes of several */
  constructor(width: number | Shape, options: AffineNormOptions = {}) {
    super();
    checkOptions("LayerNorm", options, names);
    const { epsilon = 1e-5, affine = true } = options;
    const normalizedShape = shapeOf("LayerNorm", width);
    describe(this, { width: normalizedShape, epsilon, affine });
    this.weight = weightOf(affine, () => ones(normalizedShape));
    this.bias = weightOf(affine, () => zeros(normalizedShape));
    this.#options = { epsilon, normalizedShape };
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, this.#options);
  }
}

/**
 * RMS norm, y = x / √(mean(x²) + ε) ⊙ weight over the last axis, or several (Zhang and Sennrich
 * 2019); ε is 10⁻⁶ by default. x [..., ...width] → the same shape.
 * @throws ShapeError for another width; ValueError for a negative ε
 * @example new RmsNorm(8).forward(ones([2, 8])).shape; // [2, 8]
 */
export class RmsNorm extends Module {
  readonly weight: Parameter | null;
  readonly #options: LayerNormOptions;

  /** @param width - the size of the last axis, or the sizes of several */
  constructor(width: number | Shape, options: AffineNormOptions = {}) {
    super();
    checkOptions("RmsNorm", options, names);
    const { epsilon = 1e-6, affine = true } = options;
    const normalizedShape = shapeOf("RmsNorm", width);
    describe(this, { width: normalizedShape, epsilon, affine });
    this.weight = weightOf(affine, () => ones(normalizedShape));
    this.#options = { epsilon, normalizedShape };
  }

  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight, this.#options);
  }
}

/**
 * Group norm (Wu and He 2018), as torch.nn.GroupNorm and {@link groupNorm}; ε is 10⁻⁵ by default.
 * x [batch, channels, ...space] → the same shape.
 * @throws ShapeError for another number of channels, or groups that do not divide it; ValueError
 * for a negative ε
 * @example new GroupNorm(2, 4).forward(ones([2, 4, 3])).shape; // [2, 4, 3]
 */
export class GroupNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly groups: number;
  readonly channels: number;
  readonly #epsilon: number;

  constructor(groups: number, channels: number, options: AffineNormOptions = {}) {
    super();
    checkOptions("GroupNorm", options, names);
    const { epsilon = 1e-5, affine = true } = options;
    checkSizes("GroupNorm", "groups and channels", groups, channels);
    if (channels % groups !== 0)
      throw new ShapeError("GroupNorm", `a number of groups that divides ${channels}`, groups);
    describe(this, { groups, channels, epsilon, affine });
    this.weight = weightOf(affine, () => ones([channels]));
    this.bias = weightOf(affine, () => zeros([channels]));
    this.groups = groups;
    this.channels = channels;
    this.#epsilon = epsilon;
  }

  forward(x: Tensor): Tensor {
    checkChannels("GroupNorm", x, this.channels);
    return groupNorm(x, this.groups, this.weight, this.bias, { epsilon: this.#epsilon });
  }
}

/** @throws ShapeError unless x is [batch, channels, ...space], with one of these numbers of axes */
export function checkChannels(op: string, x: Tensor, channels: number, ...axes: number[]): void {
  checkTensors(op, x);
  const fits = axes.length === 0 ? x.shape.length >= 2 : axes.includes(x.shape.length - 2);
  if (fits && x.shape[1] === channels) return;
  const space = ["", ", length", ", height, width"].filter((_, n) => axes.includes(n));
  const expected = (axes.length === 0 ? [", ...space"] : space)
    .map((rest) => `[batch, ${channels}${rest}]`)
    .join(" or ");
  throw new ShapeError(op, `x of shape ${expected}`, showShape(x.shape));
}

/** The norms of a transformer. */
export type NormKind = "layer" | "rms";

/**
 * A new norm over `width` features by its kind.
 * @throws ValueError for another kind
 * @example normOf("rms", 8) instanceof RmsNorm; // true
 */
export function normOf(kind: NormKind, width: number): LayerNorm | RmsNorm {
  checkChoice("norm", ["layer", "rms"], kind);
  return kind === "layer" ? new LayerNorm(width) : new RmsNorm(width);
}

const ofWidth = { width: list(size), epsilon: number, affine: flag };

/** The norms in files. */
export const normModules: readonly ModuleKind[] = [
  moduleKind(
    "LayerNorm",
    LayerNorm,
    ofWidth,
    ({ width, ...options }) => new LayerNorm(width, options),
    ({ width }) => 2 * sizeOf(width),
  ),
  moduleKind(
    "RmsNorm",
    RmsNorm,
    ofWidth,
    ({ width, ...options }) => new RmsNorm(width, options),
    ({ width }) => sizeOf(width),
  ),
  moduleKind(
    "GroupNorm",
    GroupNorm,
    { groups: size, channels: size, epsilon: number, affine: flag },
    ({ groups, channels, ...options }) => new GroupNorm(groups, channels, options),
    ({ channels }) => 2 * channels,
  ),
];
