/** @file Running products and extremes along an axis, by log₂ n steps that double the reach. */
import {
  arange,
  broadcastTo,
  concat,
  full,
  gather,
  greaterEqual,
  logicalOr,
  mul,
  neg,
  notEqual,
  reshape,
  slice,
  type Tensor,
  vjp,
  where,
} from "@spm/core";
import {
  alias,
  checkAxis,
  checkDTypes,
  copyArray,
  definePrimitive,
  dtypeOf,
  frontAxis,
  mapRows,
  numericDTypes,
  type Op,
} from "@spm/core/extend";

/** x moved by `by` places along an axis, whose first elements become `value`. */
function shifted(x: Tensor, axis: number, by: number, value: number): Tensor {
  const [size = 0] = x.shape.slice(axis);
  const { dtype, backend } = x;
  const kept = slice(
    x,
    x.shape.map((_, k) => (k === axis ? { stop: size - by } : {})),
  );
  return concat([full(x.shape.with(axis, by), value, { dtype, backend }), kept], axis);
}

/** The reaches 1, 2, 4, … below a size. */
const reaches = (size: number): number[] =>
  size < 2 ? [] : Array.from({ length: Math.ceil(Math.log2(size)) }, (_, k) => 2 ** k);

/** Running products by log₂ n steps. Zeros need no care: nothing is divided by. */
const products = (x: Tensor, axis: number): Tensor =>
  reaches(x.shape[axis] ?? 0).reduce((y, by) => mul(y, shifted(y, axis, by, 1)), x);

/**
 * The primitive of {@link cumprod}, [..., n, ...] → the same; its option is the axis, counted from
 * the front.
 * @example cumprodOp([tensor([1, 2, 3])], 0); // [1, 2, 6]
 */
export const cumprodOp: Op<[x: 1], [y: 1], number> = definePrimitive({
  name: "cumprod",
  infer: ([x]) => [{ shape: x.shape, dtype: checkDTypes("cumprod", [x], numericDTypes) }],
  forward: ([x], axis) => {
    const found = mapRows(x, axis, "float64", (row, out) => {
      let product = 1;
      for (let i = 0; i < row.length; i++) out[i] = product *= row[i] ?? 1;
    });
    return [copyArray(found, dtypeOf(x), "cumprod")];
  },
  vjp: ([ct], { inputs: [x], options: axis }) =>
    vjp((x: Tensor) => products(x, axis), x).pullback(ct),
  composed: ([x], axis) => [alias(products(x, axis))],
  batch: frontAxis((axis) => axis + 1),
});

/**
 * yᵢ = Πⱼ≤ᵢ xⱼ along an axis, accumulated in float64; on a GPU by n log₂ n products in float32, as
 * for the derivative.
 * @param x - numbers [..., n, ...]
 * @param axis - negative ones count from the back
 * @returns [..., n, ...], as x
 * @throws DTypeError for bool; ShapeError for an axis that there isn't
 * @example cumprod(tensor([1, 2, 3]), 0); // [1, 2, 6]
 */
export function cumprod(x: Tensor, axis: number): Tensor {
  checkDTypes("cumprod", [x], numericDTypes);
  return cumprodOp([x], checkAxis("cumprod", axis, x.shape.length))[0];
}

/** Running extremes, and where they are. */
export interface Running {
  /** As x. */
  readonly values: Tensor;
  /** int32, x's shape: positions along the axis, the last of equal ones. */
  readonly indices: Tensor;
}

/** The place of the largest element so far: the last of equal ones; NaN is the largest. */
function largestSoFar(x: Tensor, axis: number): Tensor {
  const [size = 0] = x.shape.slice(axis);
  const places = reshape(
    arange(size, { dtype: "int32", backend: x.backend }),
    x.shape.map((n, k) => (k === axis ? n : 1)),
  );
  const least = x.dtype === "int32" ? -(2 ** 31) : -Infinity;
  let [best, at] = [x, broadcastTo(places, x.shape)];
  for (const by of reaches(size)) {
    const earlier = shifted(best, axis, by, least);
    const stays = logicalOr(greaterEqual(best, earlier), notEqual(best, best));
    at = where(stays, at, shifted(at, axis, by, 0));
    best = where(stays, best, earlier);
  }
  return at;
}

/**
 * yᵢ = max of xⱼ over j ≤ i along an axis; NaN wins from where it stands. The last of equal
 * elements gets the cotangent.
 * @param x - numbers [..., n, ...]
 * @param axis - negative ones count from the back
 * @returns values and indices [..., n, ...], see {@link Running}. n log₂ n comparisons for n
 * elements along the axis
 * @throws DTypeError for bool; ShapeError for an axis that there isn't
 * @example cummax(tensor([1, 3, 2]), 0).values; // [1, 3, 3]
 */
export function cummax(x: Tensor, axis: number): Running {
  checkDTypes("cummax", [x], numericDTypes);
  const along = checkAxis("cummax", axis, x.shape.length);
  const indices = largestSoFar(x, along);
  return { values: gather(x, indices, along), indices };
}

/**
 * yᵢ = min of xⱼ over j ≤ i along an axis: {@link cummax} of −x.
 * @param x - numbers [..., n, ...]
 * @param axis - negative ones count from the back
 * @returns values and indices [..., n, ...], see {@link Running}
 * @throws DTypeError for bool; ShapeError for an axis that there isn't
 * @example cummin(tensor([3, 1, 2]), 0).values; // [3, 1, 1]
 */
export function cummin(x: Tensor, axis: number): Running {
  checkDTypes("cummin", [x], numericDTypes);
  const along = checkAxis("cummin", axis, x.shape.length);
  const indices = largestSoFar(neg(x), along);
  return { values: gather(x, indices, along), indices };
}
