/** @file Linear systems: LU with pivots, and what is solved and measured by it. */
import {
  abs,
  add,
  arange,
  broadcastTo,
  cast,
  concat,
  equal,
  expandDims,
  eye,
  log,
  matmul,
  mul,
  neg,
  prod,
  reshape,
  sign,
  sub,
  sum,
  type Tensor,
} from "@spm/core";
import {
  checkDTypes,
  checkOptions,
  checkTensors,
  definePrimitive,
  dtypeOf,
  frontAxis,
  type Op,
  ShapeError,
  sameShape,
  showShape,
  ValueError,
  zerosArray,
} from "@spm/core/extend";
import { composedLu, composedSubstitution, pick } from "./composed.ts";
import { factorLu, substitute, type Triangle } from "./factors.ts";
import {
  columns,
  diagonal,
  eachMatrix,
  identityLike,
  inBatch,
  matrices,
  rows,
  sameBatch,
  squareMatrices,
  strictlyLower,
  transposed,
  upper,
} from "./matrices.ts";
import { triangularSolve } from "./triangular.ts";

const unitLower: Triangle = { upper: false, unitriangular: true };
const upperTriangle: Triangle = { upper: true, unitriangular: false };

/**
 * The primitive of {@link solve}: A [..., n, n] and B [..., n, k] of equal leading axes → X
 * [..., n, k]. Its option names the function that asks.
 * @example solveOp([tensor([[2, 0], [0, 4]]), tensor([[2], [2]])], "solve")[0]; // [[1], [0.5]]
 */
export const solveOp: Op<[a: 1, b: 1], [x: 1], string> = definePrimitive({
  name: "solve",
  infer: ([a, b], op) => {
    const { batch, n } = squareMatrices(op, a);
    const dtype = checkDTypes(op, [a, b]);
    if (sameShape(b.shape.slice(0, -1), [...batch, n])) return [{ shape: b.shape, dtype }];
    throw new ShapeError(op, `${n} rows in B for A ${showShape(a.shape)}`, showShape(b.shape));
  },
  forward: ([a, b], op) => {
    const { batch, n } = squareMatrices(op, a);
    const k = b.shape.at(-1) ?? 0;
    const order = new Float64Array(n);
    const x = zerosArray(dtypeOf(b), b.shape);
    return eachMatrix(batch, [a, b], [x], ([lu, right], [solution], at) => {
      factorLu(lu, n, n, order);
      let rank = 0;
      for (let i = 0; i < n; i++) if (lu[i * n + i] !== 0) rank++;
      if (rank < n) {
        const got = `rank at most ${rank}${inBatch(batch, at)}`;
        throw new ValueError(op, `a matrix of full rank, ${n}`, got, "lstsq() takes any rank");
      }
      for (let i = 0; i < n; i++)
        for (let c = 0; c < k; c++) solution[i * k + c] = right[(order[i] ?? 0) * k + c] ?? 0;
      substitute(lu, n, solution, k, unitLower);
      substitute(lu, n, solution, k, upperTriangle);
    });
  },
  vjp: ([ct], { inputs: [a], outputs: [x], needs: [byA], options: op }) => {
    const [bBar] = solveOp([transposed(a), ct], op);
    return [byA ? neg(matmul(bBar, transposed(x))) : null, bBar];
  },
  composed: ([a, b]) => {
    const [lu, order] = composedLu(a);
    const y = composedSubstitution(lu, pick(b, expandDims(order, -1)), unitLower);
    return [composedSubstitution(lu, y, upperTriangle)];
  },
  batch: frontAxis(),
});

/** From which side A stands in A X = B. */
export interface SolveOptions {
  /** A X = B, else X A = B. @defaultValue true */
  readonly left?: boolean;
}

/**
 * X with A X = B, by LU with partial pivoting: B̄ = A⁻ᵀ X̄, Ā = −B̄ Xᵀ.
 *
 * Runs on the host in float64, result in the operands' dtype; so does everything of this package.
 * On wasm all but `matrixExponential` and complete bases have kernels; those two, and an SVD with a
 * value of 0, are fallbacks that `report()` counts. On a GPU it runs in float32, composed of steps
 * for each column, with NaN and infinities for errors, as all but `eigh`, `svd`, `pinv` and `lstsq`
 * do: these iterate, and a GPU refuses them: `await to(x, reference)` first.
 * @param a - [..., n, n]; complex numbers there are none
 * @param b - [..., n, k], leading axes broadcast; [n], or A's shape without its last axis: vectors
 * @param options - `left` false solves X A = B with B [..., k, n]
 * @returns the shape of B, broadcast. Cost ⅔n³ + 2n²k FLOP a matrix, forward; again backward
 * @throws ValueError where A is singular (a pivot is exactly 0); ShapeError, DTypeError,
 * OptionError
 * @example solve(tensor([[2, 0], [0, 4]]), tensor([2, 2])); // [1, 0.5]
 */
export function solve(a: Tensor, b: Tensor, options: SolveOptions = {}): Tensor {
  checkTensors("solve", a, b);
  checkOptions("solve", options, { left: "boolean" });
  const { left = true } = options;
  if (b.shape.length === 1 || sameShape(b.shape, a.shape.slice(0, -1))) {
    if (!left) throw new ShapeError("solve", "B [..., k, n] on the right", showShape(b.shape));
    const x = solve(a, expandDims(b, -1));
    return reshape(x, x.shape.slice(0, -1));
  }
  matrices("solve", a);
  matrices("solve", b);
  if (!left) return transposed(solve(transposed(a), transposed(b)));
  return solveOp(sameBatch("solve", a, b), "solve")[0];
}

/**
 * A⁻¹ = solve(A, I). Prefer `solve(a, b)` to `matmul(inverse(a), b)`: it is faster and more
 * accurate.
 * @param a - [..., n, n]
 * @returns [..., n, n]. Cost 8⁄3 n³ FLOP a matrix
 * @throws ValueError where A is singular; ShapeError, DTypeError
 * @example inverse(tensor([[2, 0], [0, 4]])); // [[0.5, 0], [0, 0.25]]
 */
export function inverse(a: Tensor): Tensor {
  checkTensors("inverse", a);
  const { n } = squareMatrices("inverse", a);
  return solveOp([a, broadcastTo(identityLike(a, n), a.shape)], "inverse")[0];
}

/**
 * The primitive of {@link lu}, [..., m, n] → L and U in one [..., m, n], U on and above the
 * diagonal and L below it; the row of A that each row of L U is [..., m], as int32; the sign of
 * that permutation [...].
 * @example luOp([tensor([[0, 1], [2, 0]])])[1]; // [1, 0]
 */
export const luOp: Op<[a: 1], [lu: 1, order: 1, sign: 1]> = definePrimitive({
  name: "lu",
  infer: ([a]) => {
    const { batch, m } = matrices("lu", a);
    const dtype = checkDTypes("lu", [a]);
    return [
      { shape: a.shape, dtype },
      { shape: [...batch, m], dtype: "int32" },
      { shape: batch, dtype },
    ];
  },
  forward: ([a]) => {
    const { batch, m, n } = matrices("lu", a);
    const results = [
      zerosArray(dtypeOf(a), a.shape),
      zerosArray("int32", [...batch, m]),
      zerosArray(dtypeOf(a), batch),
    ] as const;
    return eachMatrix(batch, [a], results, ([taken], [lu, order, sign]) => {
      lu.set(taken);
      sign[0] = factorLu(lu, m, n, order);
    });
  },
  // G holds Ū and L̄ as the result holds U and L. With k = min(m, n), what lies beside the leading
  // k×k part, L₂ = A₂ U₁⁻¹ or U₂ = L₁⁻¹ A₂, takes its share of that part's cotangent:
  // Ā₁ = L₁⁻ᵀ (tril(L₁ᵀ L̄₁ − Ū₂ U₂ᵀ, −1) + triu(Ū₁ U₁ᵀ − L₂ᵀ L̄₂)) U₁⁻ᵀ.
  vjp: ([g], { inputs: [a], outputs: [lu, order] }) => {
    if (g === null) return [null];
    const { m, n } = matrices("lu", a);
    const k = Math.min(m, n);
    const [top, gTop] = [rows(lu, 0, k), rows(g, 0, k)];
    const [square, gSquare] = [columns(top, 0, k), columns(gTop, 0, k)];
    const [right, gRight] = [columns(top, k, n), columns(gTop, k, n)];
    const [below, gBelow] = [lu, g].map((x) => columns(rows(x, k, m), 0, k)) as [Tensor, Tensor];
    const unit = add(strictlyLower(square), identityLike(a, k));
    const byL = sub(
      matmul(transposed(unit), strictlyLower(gSquare)),
      matmul(gRight, transposed(right)),
    );
    const byU = sub(
      matmul(upper(gSquare), transposed(upper(square))),
      matmul(transposed(below), gBelow),
    );
    const middle = add(strictlyLower(byL), upper(byU));
    const factors = transposed(square); // U₁ᵀ is its lower triangle, L₁ᵀ its upper one
    const byUpper = triangularSolve(factors, concat([middle, gBelow], -2), {
      upper: false,
      left: false,
    });
    const aTop = triangularSolve(factors, concat([rows(byUpper, 0, k), gRight], -1), {
      upper: true,
      unitriangular: true,
    });
    const aBar = m > n ? concat([aTop, rows(byUpper, k, m)], -2) : aTop;
    return [matmul(permutationMatrix(order, a), aBar)];
  },
  composed: ([a]) => composedLu(a),
  batch: frontAxis(),
});

/** P with P (L U) = A from the rows of A that those of L U are. */
const permutationMatrix = (order: Tensor, { dtype, backend }: Tensor): Tensor => {
  const each = arange(order.shape.at(-1) ?? 0, { dtype: "int32", backend });
  return cast(equal(expandDims(each, -1), expandDims(order, -2)), dtype);
};

/**
 * A = P L U with partial pivoting, k = min(m, n).
 *
 * Where U has a 0 on its diagonal the derivative is infinite or NaN, as in PyTorch; nothing flows
 * through P.
 * @param a - [..., m, n]
 * @returns p [..., m, m] a permutation, l [..., m, k] with ones on its diagonal, u [..., k, n].
 * Cost mnk − k²(m + n)/2 + k³/3 multiplications and additions
 * @throws ShapeError, DTypeError
 * @example lu(tensor([[0, 2], [1, 3]])).u; // [[1, 3], [0, 2]]
 */
export function lu(a: Tensor): { p: Tensor; l: Tensor; u: Tensor } {
  checkTensors("lu", a);
  const { m, n } = matrices("lu", a);
  const k = Math.min(m, n);
  const [factors, order] = luOp([a]);
  return {
    p: permutationMatrix(order, a),
    l: add(
      strictlyLower(columns(factors, 0, k)),
      eye(m, k, { dtype: a.dtype, backend: a.backend }),
    ),
    u: upper(rows(factors, 0, k)),
  };
}

/** The diagonal of U, and det P. */
function pivots(op: string, a: Tensor): { diagonalOfU: Tensor; sign: Tensor } {
  squareMatrices(op, a);
  checkDTypes(op, [a]);
  const [factors, , sign] = luOp([a]);
  return { diagonalOfU: diagonal(factors), sign };
}

/**
 * det A = det P · Π uᵢᵢ, by {@link lu}; Ā = d̄ · det A · A⁻ᵀ.
 *
 * The value of a singular matrix is 0 or rounding; its derivative is infinite or NaN. Products of
 * many pivots overflow sooner than {@link slogdet}.
 * @param a - [..., n, n]
 * @returns [...], 1 for n = 0. Cost ⅔ n³ FLOP a matrix
 * @throws ShapeError, DTypeError
 * @example det(tensor([[1, 2], [3, 4]])); // -2
 */
export function det(a: Tensor): Tensor {
  checkTensors("det", a);
  const { diagonalOfU, sign } = pivots("det", a);
  return mul(sign, prod(diagonalOfU, { axis: -1 }));
}

/**
 * The sign of det A and ln |det A|, which does not overflow; the derivative of the latter is A⁻ᵀ.
 * A singular matrix has sign 0 and −∞, and no derivative (NaN or infinite).
 * @param a - [..., n, n]
 * @returns sign and logabsdet, both [...]. Cost ⅔ n³ FLOP a matrix
 * @throws ShapeError, DTypeError
 * @example slogdet(tensor([[0, 2], [3, 0]])).logabsdet; // 1.7918
 */
export function slogdet(a: Tensor): { sign: Tensor; logabsdet: Tensor } {
  checkTensors("slogdet", a);
  const { diagonalOfU, sign: parity } = pivots("slogdet", a);
  return {
    sign: mul(parity, prod(sign(diagonalOfU), { axis: -1 })),
    logabsdet: sum(log(abs(diagonalOfU)), { axis: -1 }),
  };
}
