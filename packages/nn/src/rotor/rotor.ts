/** @file Rotors: the exponentials of bivectors, and the rotations of multivectors by them. */
import {
  add,
  ceil,
  clamp,
  concat,
  div,
  greater,
  mul,
  noGrad,
  norm,
  pow,
  type Tensor,
  take,
  tensor,
  where,
  zeros,
} from "@spm/core";
import { checkDTypes, checkTensors, elements, ShapeError, showShape } from "@spm/core/extend";
import { log2 } from "@spm/numeric";
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

/** Terms of the series at an argument of norm 1 at most: what is left out is below rounding. */
const terms = { float32: 10, float64: 18 } as const;

/** The most squarings: on a device, whose numbers the host does not see, all of them run. */
const mostOf = ({ backend }: Tensor): number => (backend.arrayOf === undefined ? 12 : 100);

/**
 * e^b = (Σ_q (b / 2ˢ)^q / q!)^(2ˢ), the rotor of a bivector b = Σ b_ij e_i e_j, with its own 2ˢ ≥
 * √⌊n/2⌋ ‖b‖, which is at least the sum of the angles of b. A unit, r r† = 1, on the even
 * components; smooth in b everywhere.
 *
 * In CPU memory the largest s is read; on a device it is 12 at most, good for angles up to 4,096,
 * and all 12 squarings run. NaN and infinities make all of their rotor NaN.
 * @param bivector - [..., n(n − 1)/2], in radians, pairs (i, j) in the order of {@link planePairs}
 * @returns [..., 2^n]. Cost O(4^n log ‖b‖) FLOP
 * @throws ShapeError for another number of coefficients; DTypeError unless it is floating
 * @example rotor(tensor([Math.PI / 2])); // [0, 0, 0, 1]
 */
export function rotor(bivector: Tensor): Tensor {
  checkTensors("rotor", bivector);
  const dtype = checkDTypes("rotor", [bivector]) === "float64" ? "float64" : "float32";
  const n = dimensionOf("rotor", bivector);
  const doublings = noGrad(() => doublingsOf(bivector, n));
  const small = div(components(bivector, n), pow(2, doublings));
  const unit = tensor(
    Float64Array.from({ length: 2 ** n }, (_, a) => (a === 0 ? 1 : 0)),
    { dtype, backend: bivector.backend },
  );
  const last = terms[dtype];
  let total = add(unit, div(small, last));
  for (let q = last - 1; q > 0; q--) total = add(unit, div(geometricProduct(small, total), q));
  const [least, most] = extremes(doublings);
  for (let k = 0; k < most; k++) {
    const squared = geometricProduct(total, total);
    total = k < least ? squared : where(greater(doublings, k), squared, total);
  }
  return total;
}

/** A bivector [..., n(n − 1)/2] among all components [..., 2^n]. */
function components(bivector: Tensor, n: number): Tensor {
  const pairs = planePairs(n);
  const places = new Int32Array(2 ** n).fill(pairs.length); // of a 0
  for (const [k, [i, j]] of pairs.entries()) places[(1 << i) | (1 << j)] = k;
  const { dtype, backend } = bivector;
  const none = zeros([...bivector.shape.slice(0, -1), 1], { dtype, backend });
  return take(concat([bivector, none], -1), tensor(places, { backend }), -1);
}

/** The least s ≥ 0 with √⌊n/2⌋ ‖b‖ ≤ 2ˢ, [..., 1]. */
function doublingsOf(bivector: Tensor, n: number): Tensor {
  const bound = mul(norm(bivector, { axis: -1, keepdims: true }), Math.sqrt(Math.floor(n / 2)));
  return clamp(ceil(log2(bound)), { min: 0, max: mostOf(bivector) });
}

/** The least and the most of them, NaN aside; what is possible on a device. */
function extremes(doublings: Tensor): [least: number, most: number] {
  let [least, most] = [mostOf(doublings), 0];
  if (doublings.backend.arrayOf === undefined) return [0, least];
  for (const s of elements(doublings.ndarray()))
    if (!Number.isNaN(s)) [least, most] = [Math.min(s, least), Math.max(s, most)];
  return [least, most];
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
