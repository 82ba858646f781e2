/** @file The interface of all compressors of gradients, and two in a row. */
import type { Tensor } from "@spm/core";
import { checkTensors, kindOf, ShapeError, showShape, ValueError } from "@spm/core/extend";

/** A linear map of gradients by p parameters to fewer numbers. */
export interface Compressor {
  readonly name: string;
  /** p */
  readonly inFeatures: number;
  /** k */
  readonly outFeatures: number;
  /** [..., p] → [..., k] */
  compress(gradients: Tensor): Tensor;
}

/** A compressor from a linear map, which sees only gradients [..., p]. */
export function compressorOf(
  name: string,
  [inFeatures, outFeatures]: readonly [p: number, k: number],
  map: (gradients: Tensor) => Tensor,
): Compressor {
  const compress = (gradients: Tensor): Tensor => {
    checkTensors(name, gradients);
    if (gradients.shape.at(-1) === inFeatures) return map(gradients);
    throw new ShapeError(name, `gradients [..., ${inFeatures}]`, showShape(gradients.shape));
  };
  return { name, inFeatures, outFeatures, compress };
}

/** The compressor itself. @throws ValueError for anything else */
export function checkCompressor(op: string, compressor: Compressor): Compressor {
  if (typeof compressor?.compress === "function") return compressor;
  throw new ValueError(op, "a compressor", kindOf(compressor), "make one: sjlt(p, k, { random })");
}

/**
 * g itself: the compressor that drops nothing, for models whose whole gradient is small.
 * @param inFeatures - p
 * @returns of gradients [..., p] → [..., p]
 * @throws ShapeError unless p is a whole number ≥ 1
 * @example wholeGradient(3).compress(tensor([1, 2, 3])); // [1, 2, 3]
 */
export function wholeGradient(inFeatures: number): Compressor {
  checkSize("wholeGradient", "p", inFeatures);
  return compressorOf("wholeGradient", [inFeatures, inFeatures], (g) => g);
}

/**
 * Two compressors, one after the other: ĝ = second(first(g)).
 * @returns of gradients [..., p] → [..., k], p of the first and k of the second
 * @throws ShapeError unless the second takes what the first gives
 * @example
 * const both = chain(gradientMask([0, 2, 3], 4), projection(ones([3, 1])));
 * both.compress(tensor([1, 20, 3, 4])); // [8]
 */
export function chain(first: Compressor, second: Compressor): Compressor {
  const [p, k] = [checkCompressor("chain", first), checkCompressor("chain", second)];
  if (p.outFeatures !== k.inFeatures)
    throw new ShapeError("chain", `a second compressor of ${p.outFeatures} numbers`, k.inFeatures);
  return compressorOf(`${second.name} of ${first.name}`, [p.inFeatures, k.outFeatures], (g) =>
    second.compress(first.compress(g)),
  );
}

/** @throws ShapeError unless the sizes are whole numbers ≥ 1 */
export function checkSize(op: string, what: string, ...sizes: readonly number[]): void {
  const wrong = sizes.find((size) => !Number.isSafeInteger(size) || size < 1);
  if (wrong !== undefined) throw new ShapeError(op, `${what} ≥ 1`, kindOrNumber(wrong));
}

const kindOrNumber = (value: unknown): unknown =>
  typeof value === "number" ? value : kindOf(value);
