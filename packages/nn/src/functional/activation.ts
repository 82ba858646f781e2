/** @file Activation functions composed of core's ops. */
import {
  abs,
  add,
  clamp,
  div,
  expm1,
  greater,
  greaterEqual,
  lessEqual,
  mul,
  relu,
  reshape,
  sigmoid,
  sign,
  softplus,
  split,
  type Tensor,
  tanh,
  where,
} from "@spm/core";
import {
  checkAxis,
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  sameShape,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { composedGelu, type GeluForm, geluOp } from "./gelu-op.ts";

/**
 * x where x > 0, slope·x elsewhere, element by element.
 * @param x - [...]
 * @param slope - below 0 (default 0.01)
 * @returns x's shape
 * @example leakyRelu(tensor([-2, 3]), 0.1); // [-0.2, 3]
 */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor =>
  where(greater(x, 0), x, mul(slope, x));

/** x where x > 0, scale·(e^(rate·x) − 1) elsewhere. */
function exponentialBelow(x: Tensor, scale: number, rate = 1): Tensor {
  const positive = greater(x, 0);
  const below = where(positive, 0, x); // e^x of a large x must not meet a zero
  return where(positive, x, mul(scale, expm1(rate === 1 ? below : mul(rate, below))));
}

/**
 * x where x > 0, scale·(eˣ − 1) elsewhere (Clevert et al. 2015), element by element.
 * @param x - [...]
 * @param scale - α, the negated limit for x → −∞ (default 1)
 * @returns x's shape
 * @example elu(tensor([-1, 2])); // [-0.6321, 2]
 */
export const elu = (x: Tensor, scale = 1): Tensor => exponentialBelow(x, scale);

/**
 * x where x > 0, α·(e^(x/α) − 1) elsewhere, whose slope at 0 is 1 for every α (Barron 2017),
 * element by element.
 * @param x - [...]
 * @param scale - α > 0, the negated limit for x → −∞ (default 1)
 * @returns x's shape
 * @throws ValueError unless α > 0
 * @example celu(tensor([-1, 2]), 0.5); // [-0.4323, 2]
 */
export function celu(x: Tensor, scale = 1): Tensor {
  if (!(scale > 0)) throw new ValueError("celu", "scale > 0", scale);
  return exponentialBelow(x, scale, 1 / scale);
}

/**
 * λ times {@link elu} of scale α, with which deep networks keep mean 0 and variance 1: λ = 1.0507,
 * α = 1.6733 (Klambauer et al. 2017), element by element.
 * @param x - [...]
 * @returns x's shape
 * @example selu(tensor([-1, 2])); // [-1.1113, 2.1014]
 */
export const selu = (x: Tensor): Tensor =>
  mul(1.0507009873554805, exponentialBelow(x, 1.6732632423543772));

/**
 * x where x > 0, w·x elsewhere (He et al. 2015), element by element.
 * @param x - [batch, channels, ...], or [...] for one slope
 * @param slope - w, [channels], or [] or [1] for all channels alike
 * @returns x's shape
 * @throws ShapeError, DTypeError where operands do not fit
 * @example prelu(tensor([[-2, 3]]), tensor([0.5, 0.1])); // [[-1, 3]]
 */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  checkTensors("prelu", x, slope);
  const channels = x.shape[1] ?? 1;
  const shared = slope.shape.length < 2 && slope.shape.every((n) => n === 1);
  if (!shared && !sameShape(slope.shape, [channels]))
    throw new ShapeError(
      "prelu",
      `slopes of shape [], [1] or [${channels}]`,
      showShape(slope.shape),
    );
  const w = reshape(slope, shared ? [] : x.shape.slice(1).map((n, k) => (k === 0 ? n : 1)));
  const positive = greater(x, 0);
  // 0 · ∞ is NaN
  return where(positive, x, mul(w, where(positive, 0, x)));
}

/**
 * x·tanh(ln(1 + eˣ)) (Misra 2019), element by element.
 * @param x - [...]
 * @returns x's shape
 * @example mish(tensor([0, 1])); // [0, 0.8651]
 */
export const mish = (x: Tensor): Tensor => mul(x, tanh(softplus(x)));

/**
 * x·min(max(x/6 + ½, 0), 1), {@link silu} of straight pieces (Howard et al. 2019), element by
 * element.
 * @param x - [...]
 * @returns x's shape
 * @example hardswish(tensor([-4, 1])); // [0, 0.6667]
 */
export const hardswish = (x: Tensor): Tensor =>
  mul(x, clamp(add(div(x, 6), 0.5), { min: 0, max: 1 }));

/** Options of {@link hardtanh}. */
export interface HardtanhOptions {
  /** @defaultValue −1 */
  readonly min?: number;
  /** @defaultValue 1 */
  readonly max?: number;
}

const hardtanhOptions: OptionNames<HardtanhOptions> = { min: true, max: true };

/**
 * x between the bounds, which stand for what is beyond them, element by element. The derivative at
 * the bounds is 0, where that of core's `clamp` is 1.
 * @param x - [...]
 * @returns x's shape
 * @throws ValueError unless min < max
 * @example hardtanh(tensor([-2, 0.5])); // [-1, 0.5]
 */
export function hardtanh(x: Tensor, options: HardtanhOptions = {}): Tensor {
  checkOptions("hardtanh", options, hardtanhOptions);
  const { min = -1, max = 1 } = options;
  if (!(min < max)) throw new ValueError("hardtanh", "min < max", `${min} and ${max}`);
  return where(greaterEqual(x, max), max, where(lessEqual(x, min), min, x));
}

/**
 * x / (1 + |x|), element by element.
 * @param x - [...]
 * @returns x's shape
 * @example softsign(tensor([-1, 3])); // [-0.5, 0.75]
 */
export const softsign = (x: Tensor): Tensor => div(x, add(1, abs(x)));

/**
 * The first half of an axis times σ of the second (Dauphin et al. 2017).
 * @param x - [..., 2n, ...]
 * @param axis - the axis that is halved (default −1, the last)
 * @returns [..., n, ...]
 * @throws ShapeError for an axis out of range or of odd size
 * @example glu(tensor([3, 0])); // [1.5]
 */
export function glu(x: Tensor, axis = -1): Tensor {
  checkTensors("glu", x);
  const size = x.shape[checkAxis("glu", axis, x.shape.length)] ?? 0;
  if (size % 2 !== 0) throw new ShapeError("glu", "an axis of even size", size);
  const [value, gate] = split(x, 2, axis) as [Tensor, Tensor];
  return mul(value, sigmoid(gate));
}

/**
 * x·σ(x), also called swish (Elfwing et al. 2018), element by element.
 * @param x - [...]
 * @returns x's shape
 * @example silu(tensor([0, 1])); // [0, 0.7311]
 */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

/** Options of `gelu`. */
export interface GeluOptions {
  /**
   * The exact function, or the tanh formula of Hendrycks and Gimpel.
   * @defaultValue "none"
   */
  readonly approximate?: GeluForm;
}

const geluOptions: OptionNames<GeluOptions> = { approximate: true };

/**
 * x·Φ(x) with the standard normal's distribution function Φ (Hendrycks and Gimpel 2016), element by
 * element.
 * @param x - [...]
 * @returns x's shape
 * @example gelu(tensor([0, 1])); // [0, 0.8413]
 */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  checkOptions("gelu", options, geluOptions);
  const { approximate = "none" } = options;
  checkTensors("gelu", x);
  // a backend with kernels computes each direction in one of them
  return x.backend.kernels.has(geluOp.primitive)
    ? geluOp([x], approximate)
    : composedGelu(x, approximate);
}

/**
 * sign(x) · max(|x| + b, 0), element by element, b along the last axis: of orthogonal recurrences,
 * whose norms it keeps where b is 0 (Arjovsky et al. 2016, for real numbers).
 * @param x - [..., n]
 * @param bias - [n]
 * @returns x's shape
 * @example modRelu(tensor([-3, 1, 2]), tensor([-1, -2, 1])); // [-2, 0, 3]
 */
export const modRelu = (x: Tensor, bias: Tensor): Tensor => mul(sign(x), relu(add(abs(x), bias)));
