/** @file Activation functions composed of core's ops. */
import { add, expm1, greater, mul, sigmoid, square, type Tensor, tanh, where } from "@spm/core";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { erf } from "@spm/numeric";

/**
 * x where x > 0, slope·x elsewhere, element by element.
 * @param x - [...]
 * @param slope - below 0 (default 0.01)
 * @returns x's shape
 * @example leakyRelu(tensor([-2, 3]), 0.1); // [-0.2, 3]
 */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor =>
  where(greater(x, 0), x, mul(slope, x));

/**
 * x where x > 0, scale·(eˣ − 1) elsewhere (Clevert et al. 2015), element by element.
 * @param x - [...]
 * @param scale - α, the negated limit for x → −∞ (default 1)
 * @returns x's shape
 * @example elu(tensor([-1, 2])); // [-0.6321, 2]
 */
export function elu(x: Tensor, scale = 1): Tensor {
  const positive = greater(x, 0);
  // e^x of a large x must not meet a zero
  return where(positive, x, mul(scale, expm1(where(positive, 0, x))));
}

/**
 * x·σ(x), also called swish (Elfwing et al. 2018), element by element.
 * @param x - [...]
 * @returns x's shape
 * @example silu(tensor([0, 1])); // [0, 0.7311]
 */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

/** Options of {@link gelu}. */
export interface GeluOptions {
  /**
   * The exact function, or the tanh formula of Hendrycks and Gimpel.
   * @defaultValue "none"
   */
  readonly approximate?: "none" | "tanh";
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
  const inner = () => mul(Math.sqrt(2 / Math.PI), mul(x, add(1, mul(0.044715, square(x)))));
  const twicePhi = add(1, approximate === "tanh" ? tanh(inner()) : erf(mul(Math.SQRT1_2, x)));
  return mul(mul(0.5, x), twicePhi);
}
