/**
 * @file Symmetric positive definite matrices in halves: all but the smallest blocks on the diagonal
 * is matrix products, at their speed.
 */
import {
  add,
  concat,
  eye,
  matmul,
  mul,
  scope,
  slice,
  sub,
  type Tensor,
  transpose,
} from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { cholesky, triangularSolve } from "@spm/linalg";

/** The largest block that isn't halved. */
const LEAF = 128;

/** A lower triangle: a small matrix, or two triangles with the block below the first. */
type Lower = Tensor | { readonly first: Lower; readonly below: Tensor; readonly second: Lower };

const transposed = (x: Tensor): Tensor => transpose(x, [1, 0]);
const rowsOf = (x: Tensor): number => x.shape[0] ?? 0;
const sizeOf = (a: Lower): number => ("below" in a ? sizeOf(a.first) + rowsOf(a.below) : rowsOf(a));

/** The first rows of x, and the others. */
const halves = (x: Tensor, first: number): [Tensor, Tensor] => [
  slice(x, [{ stop: first }]),
  slice(x, [{ start: first }]),
];

/** R Rᵀ, its lower triangle: R [r, q]. */
function products(rows: Tensor): Lower {
  const r = rowsOf(rows);
  if (r <= LEAF) return matmul(rows, transposed(rows));
  const [upper, lower] = halves(rows, Math.ceil(r / 2));
  return {
    first: products(upper),
    below: matmul(lower, transposed(upper)),
    second: products(lower),
  };
}

/** A + λI. */
function damped(a: Lower, damping: number | Tensor): Lower {
  if ("below" in a)
    return { ...a, first: damped(a.first, damping), second: damped(a.second, damping) };
  const { dtype, backend } = a;
  return add(a, mul(eye(rowsOf(a), undefined, { dtype, backend }), damping));
}

/** A − P Pᵀ, P [r, q]. */
function subtract(a: Lower, p: Tensor): Lower {
  if (!("below" in a)) return sub(a, matmul(p, transposed(p)));
  const [upper, lower] = halves(p, sizeOf(a.first));
  return {
    first: subtract(a.first, upper),
    below: sub(a.below, matmul(lower, transposed(upper))),
    second: subtract(a.second, lower),
  };
}

/** L with L Lᵀ = A. */
function factor(a: Lower): Lower {
  if (!("below" in a)) return cholesky(a);
  const first = factor(a.first);
  const below = transposed(forwards(first, transposed(a.below)));
  return { first, below, second: factor(subtract(a.second, below)) };
}

/** X with L X = B. */
function forwards(l: Lower, b: Tensor): Tensor {
  if (!("below" in l)) return triangularSolve(l, b, { upper: false });
  const [upper, lower] = halves(b, sizeOf(l.first));
  const first = forwards(l.first, upper);
  return concat([first, forwards(l.second, sub(lower, matmul(l.below, first)))], 0);
}

/** X with Lᵀ X = B. */
function backwards(l: Lower, b: Tensor): Tensor {
  if (!("below" in l)) return triangularSolve(transposed(l), b, { upper: true });
  const [upper, lower] = halves(b, sizeOf(l.first));
  const second = backwards(l.second, lower);
  const rest = sub(upper, matmul(transposed(l.below), second));
  return concat([backwards(l.first, rest), second], 0);
}

/**
 * X with (R Rᵀ + λI) X = B for each λ: R [r, q], B [r, m]. Cost r²q FLOP, and r³/3 + 2r²m for
 * each λ
 */
export function solveDamped(
  rows: Tensor,
  dampings: readonly (number | Tensor)[],
  b: Tensor,
): Tensor[] {
  const gram = products(rows);
  return dampings.map((damping) =>
    scope(() => {
      const l = factor(damped(gram, damping));
      return backwards(l, forwards(l, b));
    }),
  );
}

/** Options of {@link spanCoordinates}. */
export interface SpanOptions {
  /** λ ≥ 0: some is needed by more gradients than there are dimensions. @defaultValue 0 */
  readonly damping?: number;
}
const spanNames: OptionNames<SpanOptions> = { damping: true };

/**
 * The coordinates of n gradients in an orthonormal basis of their span: L with L Lᵀ = G + λI of
 * their products G. n numbers each keep all products, whatever p is: no more is needed of gradients
 * that are not compressed, and what random rotations don't change, such as a
 * {@link gaussianProjection}, may be applied to them instead.
 * @param products - G, [n, n]; the lower triangle is read
 * @returns [n, n], lower triangular. Cost ⅓ n³ FLOP
 * @throws ShapeError unless G is square; ValueError for λ < 0, or where G + λI is not
 * positive definite; OptionError
 * @example spanCoordinates(tensor([[4, 2], [2, 5]])); // [[2, 0], [1, 2]]
 */
export function spanCoordinates(products: Tensor, options: SpanOptions = {}): Tensor {
  checkTensors("spanCoordinates", products);
  checkOptions("spanCoordinates", options, spanNames);
  const { damping = 0 } = options;
  const [n = 0, columns] = products.shape;
  if (products.shape.length !== 2 || n === 0 || columns !== n)
    throw new ShapeError("spanCoordinates", "products [n, n]", showShape(products.shape));
  if (!(damping >= 0 && damping < Infinity))
    throw new ValueError("spanCoordinates", "damping ≥ 0", damping);
  return scope(() => whole(factor(damped(split(products), damping))));
}

/** The triangle of a matrix [r, r]. */
function split(a: Tensor): Lower {
  if (rowsOf(a) <= LEAF) return a;
  const [upper, lower] = halves(a, Math.ceil(rowsOf(a) / 2));
  const [left, right] = halves(transposed(lower), rowsOf(upper));
  const first = transposed(halves(transposed(upper), rowsOf(upper))[0]);
  return { first: split(first), below: transposed(left), second: split(transposed(right)) };
}

/** The triangle as one matrix, with 0 above. */
function whole(l: Lower): Tensor {
  if (!("below" in l)) return l;
  const above = mul(transposed(l.below), 0);
  return concat([concat([whole(l.first), above], 1), concat([l.below, whole(l.second)], 1)], 0);
}
