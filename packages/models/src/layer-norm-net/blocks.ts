/** @file The blocks of LayerNorm networks whose features have norm 1, and that norm. */

import { add, full, mul, type Rng, relu, type Tensor, zeros } from "@spm/core";
import { checkOptions, checkTensors, type OptionNames, ShapeError } from "@spm/core/extend";
import {
  type LinearChoice,
  type LinearMap,
  layerNorm,
  linear,
  Module,
  scaledDotProductAttention,
} from "@spm/nn";
import {
  checkChoice,
  checkSizes,
  describe,
  fields,
  type ModuleKind,
  moduleKind,
} from "@spm/nn/extend";

/**
 * N(x) = (x − mean x)/‖x − mean x‖₂ over the last axis: layer norm without ε and gain, of norm 1
 * instead of √width. NaN where all coordinates of a row are equal.
 * @param x - [..., width]
 * @returns x's shape. Cost: that of `layerNorm`
 * @throws ShapeError for a scalar; DTypeError unless x is floating
 * @example unitNorm(tensor([1, 3])); // [-0.7071, 0.7071]
 */
export function unitNorm(x: Tensor): Tensor {
  checkTensors("unitNorm", x);
  const { shape, backend, dtype } = x;
  const width = shape.at(-1);
  if (width === undefined) throw new ShapeError("unitNorm", "x of shape [..., width]", "[]");
  const options = { backend, dtype };
  const scale = full([width], 1 / Math.sqrt(width), options);
  return layerNorm(x, scale, zeros([width], options), { epsilon: 0 });
}

/** Options of {@link ResidualBlock}. */
export interface ResidualBlockOptions {
  /**
   * Linear maps in the block.
   * @defaultValue 1
   */
  readonly maps?: 1 | 2;
  /**
   * Whether the block's input is added.
   * @defaultValue true
   */
  readonly residual?: boolean;
  /** @defaultValue "dense" */
  readonly linear?: LinearChoice;
  readonly random: Rng;
}

/** Their names. */
export const blockOptions: OptionNames<ResidualBlockOptions> = {
  maps: true,
  residual: "boolean",
  linear: true,
  random: true,
};

/** A map without a bias whose outputs are of the size of torch.nn.Linear's, dense or not. */
export const plainMap = (
  choice: LinearChoice,
  inFeatures: number,
  outFeatures: number,
  random: Rng,
): LinearMap =>
  linear(choice, inFeatures, outFeatures, { random, bias: false, gain: 1 / Math.sqrt(3) });

/**
 * h ← N(h + W relu(h)), or with two maps N(h + V relu(W h)), N the {@link unitNorm}; without the
 * residual h is not added. [..., width] → the same shape.
 * @throws ShapeError for a width below 1 or another one; ValueError for another number of maps
 * @example
 * const block = new ResidualBlock(8, { maps: 2, random: rng(1) });
 * block.forward(unitNorm(normal(rng(2), [3, 8]))).shape; // [3, 8]
 */
export class ResidualBlock extends Module {
  readonly maps: readonly LinearMap[];
  readonly residual: boolean;

  constructor(width: number, options: ResidualBlockOptions) {
    super();
    checkOptions("ResidualBlock", options, blockOptions);
    const { maps = 1, residual = true, linear = "dense", random } = options;
    checkChoice("ResidualBlock", ["1", "2"], String(maps));
    checkSizes("ResidualBlock", "width", width);
    describe(this, { width, maps, residual });
    this.maps = Array.from({ length: maps }, () => plainMap(linear, width, width, random));
    this.residual = residual;
  }

  forward(h: Tensor): Tensor {
    const [first, second] = this.maps as readonly [LinearMap, LinearMap?];
    const branch =
      second === undefined ? first.forward(relu(h)) : second.forward(relu(first.forward(h)));
    return unitNorm(this.residual ? add(h, branch) : branch);
  }
}

/**
 * h ← N(h + softmax(h A hᵀ) h Vᵀ), N the {@link unitNorm}: one head, one matrix of scores A, one of
 * values V, no mask. [..., time, width] → the same shape.
 * @throws ShapeError for a width below 1 or another one
 * @example
 * new AttentionBlock(8, { random: rng(1) }).forward(normal(rng(2), [2, 5, 8])).shape; // [2, 5, 8]
 */
export class AttentionBlock extends Module {
  readonly scores: LinearMap;
  readonly values: LinearMap;

  constructor(width: number, options: Omit<ResidualBlockOptions, "maps" | "residual">) {
    super();
    checkOptions("AttentionBlock", options, { linear: true, random: true });
    const { linear = "dense", random } = options;
    checkSizes("AttentionBlock", "width", width);
    describe(this, { width });
    this.scores = plainMap(linear, width, width, random);
    this.values = plainMap(linear, width, width, random);
  }

  forward(h: Tensor): Tensor {
    // the op divides by √width, which features of norm 1 do not need
    const queries = mul(this.scores.forward(h), Math.sqrt(this.scores.outFeatures));
    return unitNorm(add(h, scaledDotProductAttention(queries, h, this.values.forward(h))));
  }
}

const { flag, size, word } = fields;

/** The blocks in files. */
export const layerNormBlockModules: readonly ModuleKind[] = [
  moduleKind(
    "ResidualBlock",
    ResidualBlock,
    { width: size, maps: word<1 | 2>(1, 2), residual: flag },
    ({ width, ...options }, { random }) => new ResidualBlock(width, { ...options, random }),
  ),
  moduleKind(
    "AttentionBlock",
    AttentionBlock,
    { width: size },
    ({ width }, { random }) => new AttentionBlock(width, { random }),
  ),
];
