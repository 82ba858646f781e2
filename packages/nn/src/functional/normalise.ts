/**
 * @file Layer norm and RMS norm over the last axes, and group norm and instance norm, which are
 * layer norm of parts of the channels.
 */
import { broadcastTo, full, reshape, type Shape, type Tensor } from "@spm/core";
import {
  checkOptions,
  checkShape,
  checkTensors,
  type OptionNames,
  ShapeError,
  sameShape,
  showShape,
  showValue,
  sizeOf,
} from "@spm/core/extend";
import { scaleChannels } from "./channels.ts";
import { layerNormOp, rmsNormOp } from "./norm-ops.ts";

/** Options of every norm. */
export interface NormOptions {
  /**
   * ε ≥ 0, added under the root.
   * @defaultValue 10⁻⁵, of RMS norm 10⁻⁶
   */
  readonly epsilon?: number;
}

/** Options of {@link layerNorm} and {@link rmsNorm}. */
export interface LayerNormOptions extends NormOptions {
  /**
   * The sizes of the last axes, over all of which it normalises.
   * @defaultValue the shape of weight or bias, without both the size of the last axis
   */
  readonly normalizedShape?: Shape;
}

/** The names of {@link NormOptions}. */
export const normOptions: OptionNames<NormOptions> = { epsilon: true };
const layerNormOptions: OptionNames<LayerNormOptions> = { ...normOptions, normalizedShape: true };

/** A norm of rows [..., width]; `flat` makes weights [width] of those given, or of one number. */
type OfRows = (rows: Tensor, flat: (weight: Tensor | null, otherwise: number) => Tensor) => Tensor;

/** The norm of x [..., ...shape], of rows of its last axes, with weights [...shape]. */
function overLastAxes(
  op: string,
  x: Tensor,
  weights: readonly (Tensor | null)[],
  options: LayerNormOptions,
  norm: OfRows,
): Tensor {
  const given = weights.filter((weight) => weight !== null);
  checkTensors(op, x, ...given);
  checkOptions(op, options, layerNormOptions);
  const rank = options.normalizedShape?.length ?? given[0]?.shape.length ?? 1;
  const shape = options.normalizedShape ?? (rank === 0 ? [] : x.shape.slice(-rank));
  const last = x.shape.slice(Math.max(0, x.shape.length - checkShape(op, shape).length));
  if (shape.length === 0 || !sameShape(last, shape))
    throw new ShapeError(
      op,
      `x of shape [..., ${shape.join(", ") || "width"}]`,
      showShape(x.shape),
    );
  for (const weight of given)
    if (!sameShape(weight.shape, shape))
      throw new ShapeError(
        op,
        `weight and bias of shape ${showShape(shape)}`,
        showShape(weight.shape),
      );
  const width = sizeOf(shape);
  const { dtype, backend } = x;
  const lead = x.shape.slice(0, x.shape.length - shape.length);
  const y = norm(reshape(x, [...lead, width]), (weight, otherwise) =>
    weight === null
      ? broadcastTo(full([1], otherwise, { dtype, backend }), [width])
      : reshape(weight, [width]),
  );
  return reshape(y, x.shape);
}

/**
 * Layer norm, y = (x − μ) / √(σ² + ε) ⊙ weight + bias, with mean and biased variance over the last
 * axes, as many as weight and bias have (Ba et al. 2016).
 * @param x - [..., ...normalizedShape]
 * @param weight - [...normalizedShape], or null for 1
 * @param bias - [...normalizedShape], or null for 0
 * @returns x's shape. Cost: about 8 FLOP an element forward, 14 back
 * @throws ShapeError, DTypeError where an operand does not fit; ValueError for a negative ε
 * @example layerNorm(tensor([1, 3]), ones([2]), zeros([2])); // [-1, 1]
 */
export function layerNorm(
  x: Tensor,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options: LayerNormOptions = {},
): Tensor {
  return overLastAxes("layerNorm", x, [weight, bias], options, (rows, flat) =>
    layerNormOp([rows, flat(weight, 1), flat(bias, 0)], options.epsilon ?? 1e-5),
  );
}

/**
 * RMS norm, y = x / √(mean(x²) + ε) ⊙ weight over the last axes (Zhang and Sennrich 2019).
 * @param x - [..., ...normalizedShape]
 * @param weight - [...normalizedShape], or null for 1
 * @returns x's shape. Cost: about 5 FLOP an element forward, 10 back
 * @throws ShapeError, DTypeError where an operand does not fit; ValueError for a negative ε
 * @example rmsNorm(tensor([3, 3]), ones([2])); // [1, 1]
 */
export function rmsNorm(
  x: Tensor,
  weight: Tensor | null = null,
  options: LayerNormOptions = {},
): Tensor {
  return overLastAxes("rmsNorm", x, [weight], options, (rows, flat) =>
    rmsNormOp([rows, flat(weight, 1)], options.epsilon ?? 1e-6),
  );
}

function ofGroups(
  op: string,
  x: Tensor,
  groups: number | undefined,
  weights: readonly [weight: Tensor | null, bias: Tensor | null],
  options: NormOptions,
): Tensor {
  const given = weights.filter((weight) => weight !== null);
  checkTensors(op, x, ...given);
  checkOptions(op, options, normOptions);
  const [batch, channels, ...space] = x.shape;
  if (batch === undefined || channels === undefined)
    throw new ShapeError(op, "x of shape [batch, channels, ...space]", showShape(x.shape));
  const parts = groups ?? channels;
  if (
    !Number.isSafeInteger(parts) ||
    parts < (groups === undefined ? 0 : 1) ||
    channels % parts > 0
  )
    throw new ShapeError(op, `a number of groups that divides ${channels}`, showValue(parts));
  for (const { shape } of given)
    if (!sameShape(shape, [channels]))
      throw new ShapeError(op, `weight and bias of shape [${channels}]`, showShape(shape));
  const width = parts === 0 ? 0 : (channels / parts) * sizeOf(space);
  const rows = reshape(x, [batch, parts, width]);
  return scaleChannels(reshape(layerNorm(rows, null, null, options), x.shape), ...weights);
}

/**
 * Group norm (Wu and He 2018): layer norm, without weights, of each group of channels over them and
 * the space, then ⊙ weight + bias by channel.
 * @param x - [batch, channels, ...space]
 * @param groups - their number, which divides channels
 * @param weight - [channels], or null for 1
 * @param bias - [channels], or null for 0
 * @returns x's shape
 * @throws ShapeError, DTypeError where an operand does not fit; ValueError for a negative ε
 * @example groupNorm(ones([2, 4, 3]), 2).shape; // [2, 4, 3]
 */
export const groupNorm = (
  x: Tensor,
  groups: number,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options: NormOptions = {},
): Tensor => ofGroups("groupNorm", x, groups ?? Number.NaN, [weight, bias], options);

/**
 * Instance norm (Ulyanov et al. 2016): {@link groupNorm} with a group for each channel.
 * @param x - [batch, channels, ...space]
 * @param weight - [channels], or null for 1
 * @param bias - [channels], or null for 0
 * @returns x's shape
 * @throws ShapeError, DTypeError where an operand does not fit; ValueError for a negative ε
 * @example instanceNorm(tensor([[[1, 3]]])); // [[[-1, 1]]]
 */
export const instanceNorm = (
  x: Tensor,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options: NormOptions = {},
): Tensor => ofGroups("instanceNorm", x, undefined, [weight, bias], options);
