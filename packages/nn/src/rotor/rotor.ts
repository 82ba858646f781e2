/** @file Rotors: the exponentials of bivectors, and the rotations of multivectors by them. */
import { add, concat, div, noGrad, type Tensor, take, tensor, zeros } from "@spm/core";
import { checkDTypes, checkTensors, elements, ShapeError, showShape } from "@spm/core/extend";
import { geometricProduct, reversion } from "./geometric-product.ts";

/** n of bivectors [..., n(n − 1)/2]. @throws ShapeError for another width */
export function dimensionOf(op: string, bivector: Tensor): number {
  const m = bivector.shape.at(-1) ?? 0;
  const n = (1 + Math.sqrt(1 + 8 * m)) / 2;
  if (m < 1 || !Number.isInteger(n))
    throw new ShapeError(op, "bivectors [..., n(n − 1)/2]", showShape(bivector.shape));
  return n;
}

/**
 * The pairs (i, j), i < j, of a bivector's n(n − 1)/2 coefficients, in their order.
 * @throws ShapeError unless n is a whole number from 1 to 24
 * @example planePairs(3); // [[0, 1], [0, 2], [1, 2]]
 */
export function planePairs(n: number): (readonly [i: number, j: number])[] {
  if (!Number.isSafeInteger(n) || n < 1 || n > 24)
    throw new ShapeError("planePairs", "n a whole number from 1 to 24", n);
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n - 1 - i }, (_, k) => [i, i + 1 + k] as const),
  ).flat();
}

/** Terms of the series, at an argument of norm 1 at most: what is left out is below 2⁻⁵⁶. */
const terms = 18;

/**
 * e^b = (Σ_q (b / 2ˢ)^q / q!)^(2ˢ), the rotor of a bivector b = Σ b_ij e_i e_j, with 2ˢ ≥ √⌊n/2⌋
 * ‖b‖, which is at least the sum of the angles of b. A unit, r r† = 1, on the even components;
 * smooth in b everywhere.
 *
 * s is read on the host. NaN and infinities make all of their rotor NaN.
 * @param bivector - [..., n(n − 1)/2], in radians, pairs (i, j) in the order of {@link planePairs}
 * @returns [..., 2^n]. Cost O(4^n log ‖b‖) FLOP
 * @throws ShapeError for another number of coefficients; DTypeError unless it is floating
 * @example rotor(tensor([Math.PI / 2])); // [0, 0, 0, 1]
 */
export function rotor(bivector: Tensor): Tensor {
  checkTensors("rotor", bivector);
  checkDTypes("rotor", [bivector]);
  const n = dimensionOf("rotor", bivector);
  const pairs = planePairs(n);
  const like = { dtype: bivector.dtype, backend: bivector.backend };
  const places = new Int32Array(2 ** n).fill(pairs.length);
  for (const [k, [i, j]] of pairs.entries()) places[(1 << i) | (1 << j)] = k;
  const padded = concat([bivector, zeros([...bivector.shape.slice(0, -1), 1], like)], -1);
  const doublings = noGrad(() => doublingsFor(elements(bivector.ndarray()), n));
  const index = tensor(places, { backend: bivector.backend });
  const small = div(take(padded, index, -1), 2 ** doublings);
  const unit = tensor(
    Float64Array.from(places, (_, a) => (a === 0 ? 1 : 0)),
    like,
  );
  let sum = add(unit, div(small, terms));
  for (let q = terms - 1; q > 0; q--) sum = add(unit, div(geometricProduct(small, sum), q));
  for (let k = 0; k < doublings; k++) sum = geometricProduct(sum, sum);
  return sum;
}

/** s with √⌊n/2⌋ ‖b‖ ≤ 2ˢ for all these bivectors. */
function doublingsFor(numbers: ArrayLike<number>, n: number): number {
  const m = (n * (n - 1)) / 2;
  let largest = 1;
  for (let start = 0; start < numbers.length; start += m) {
    let power = 0;
    for (let k = start; k < start + m; k++) power += numbers[k]! ** 2;
    if (power < Infinity) largest = Math.max(largest, power * Math.floor(n / 2));
  }
  return Math.ceil(Math.log2(largest) / 2);
}

/**
 * r x s†, the rotation of multivectors by two rotors, or by one, r x r†, which keeps grades.
 * @param x - [..., 2^n]
 * @param left - r [..., 2^n]; leading axes broadcast
 * @param right - s [..., 2^n] (default: r)
 * @returns [..., 2^n]. Cost 2 · 4^n FLOP a row, those of a dense map, without its matrix
 * @throws ShapeError where they don't fit; DTypeError unless all are of one floating type
 * @example sandwich(tensor([0, 1, 0, 0]), rotor(tensor([Math.PI / 4]))); // [0, 0, -1, 0]
 */
export function sandwich(x: Tensor, left: Tensor, right: Tensor = left): Tensor {
  checkTensors("sandwich", x, left, right);
  // r x s† as (s (r x)†)†: the left factors have the zeros
  return reversion(geometricProduct(right, reversion(geometricProduct(left, x))));
}
