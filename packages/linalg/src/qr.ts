/** @file QR, and what an orthogonal basis is completed by. */
import { add, concat, matmul, neg, pad, type Tensor } from "@spm/core";
import {
  checkDTypes,
  checkOptions,
  checkTensors,
  definePrimitive,
  dtypeOf,
  frontAxis,
  type Op,
  ValueError,
  zerosArray,
} from "@spm/core/extend";
import { composedQr } from "./composed.ts";
import { columnsOfQ, factorQr } from "./factors.ts";
import { columns, eachMatrix, lower, matrices, strictlyLower, transposed } from "./matrices.ts";
import { triangularSolve } from "./triangular.ts";
import { transposed as transposedMatrix } from "./vectors.ts";

/**
 * The primitive of {@link qr}, reduced, of matrices with m ≥ n: [..., m, n] → Q [..., m, n] and
 * R [..., n, n].
 * @example qrOp([tensor([[3, 0], [4, 5]])])[1]; // [[-5, -4], [0, 3]]
 */
export const qrOp: Op<[a: 1], [q: 1, r: 1]> = definePrimitive({
  name: "qr",
  infer: ([a]) => {
    const { batch, n } = matrices("qr", a);
    const dtype = checkDTypes("qr", [a]);
    return [
      { shape: a.shape, dtype },
      { shape: [...batch, n, n], dtype },
    ];
  },
  forward: ([a]) => {
    const { batch, m, n } = matrices("qr", a);
    const dtype = dtypeOf(a);
    const results = [zerosArray(dtype, a.shape), zerosArray(dtype, [...batch, n, n])] as const;
    return eachMatrix(batch, [a], results, ([taken], [q, r]) => {
      const factors = factorQr(taken, m, n);
      for (let i = 0; i < n; i++)
        for (let j = i; j < n; j++) r[i * n + j] = factors.columns[j * m + i] ?? 0;
      q.set(transposedMatrix(columnsOfQ(factors, m, 0, n), n, m));
    });
  },
  // Ā = (Q̄ + Q S) R⁻ᵀ, S symmetric with the lower triangle of R R̄ᵀ − Q̄ᵀ Q
  vjp: ([qBar, rBar], { outputs: [q, r] }) => {
    const byR = rBar && matmul(r, transposed(rBar));
    const byQ = qBar && neg(matmul(transposed(qBar), q));
    const both = plus(byR, byQ);
    if (both === null) return [null];
    const symmetric = add(lower(both), transposed(strictlyLower(both)));
    const sum = plus(qBar, matmul(q, symmetric));
    return [sum && triangularSolve(transposed(r), sum, { upper: false, left: false })];
  },
  composed: ([a]) => {
    const { n } = matrices("qr", a);
    const [q, r] = composedQr(a);
    return [columns(q, 0, n), r];
  },
  batch: frontAxis(),
});

/** The sum of what is there. */
export const plus = (a: Tensor | null, b: Tensor | null): Tensor | null =>
  a && b ? add(a, b) : (a ?? b);

/**
 * The primitive that completes orthonormal columns Q [..., m, n] to a basis: N [..., m, m − n]. A
 * basis is not unique: the derivative is right for functions of the space that N spans, such as
 * N Nᵀ.
 * @example complementOp([tensor([[1], [0]])])[0].shape; // [2, 1]
 */
export const complementOp: Op<[q: 1], [rest: 1]> = definePrimitive({
  name: "complement",
  infer: ([q]) => {
    const { batch, m, n } = matrices("complement", q);
    return [{ shape: [...batch, m, m - n], dtype: checkDTypes("complement", [q]) }];
  },
  forward: ([q]) => {
    const { batch, m, n } = matrices("complement", q);
    const result = zerosArray(dtypeOf(q), [...batch, m, m - n]);
    return eachMatrix(batch, [q], [result], ([taken], [rest]) => {
      const basis = columnsOfQ(factorQr(taken, m, n), m, n, m);
      rest.set(transposedMatrix(basis, m - n, m));
    });
  },
  vjp: ([ct], { inputs: [q], outputs: [rest] }) => [
    neg(matmul(rest, matmul(transposed(ct), q))), // Qᵀ N = 0, and N turns no further than it must
  ],
  composed: ([q]) => {
    const { m, n } = matrices("complement", q);
    return [columns(composedQr(q)[0], n, m)];
  },
  batch: frontAxis(),
});

/** Orthonormal columns [..., m, n] and a basis of what they leave: [..., m, m]. */
export const completed = (q: Tensor): Tensor => concat([q, complementOp([q])[0]], -1);

/** The part of Q and R that is wanted. */
export interface QrOptions {
  /** k = min(m, n) columns of Q, or all m. @defaultValue "reduced" */
  readonly mode?: "reduced" | "complete";
}

/**
 * A = Q R by Householder's reflections, signs as LAPACK's: Qᵀ Q = I, R upper triangular.
 *
 * Where the first k columns of A are linearly dependent R is singular, and the derivative is
 * infinite or NaN, as in PyTorch. Of a complete Q of a tall A the added columns are a basis of
 * which only functions of the space that they span have a derivative. Runs as {@link solve} does.
 * @param a - [..., m, n]
 * @returns q [..., m, k] and r [..., k, n], k = min(m, n); complete: k = m. Cost 4mn² − 4⁄3 n³ FLOP
 * a matrix with m ≥ n
 * @throws ValueError for another mode; ShapeError, DTypeError, OptionError
 * @example qr(tensor([[3, 0], [4, 5]])).r; // [[-5, -4], [0, 3]]
 */
export function qr(a: Tensor, options: QrOptions = {}): { q: Tensor; r: Tensor } {
  checkTensors("qr", a);
  checkOptions("qr", options, { mode: true });
  const { mode = "reduced" } = options;
  if (mode !== "reduced" && mode !== "complete")
    throw new ValueError("qr", '"reduced" or "complete"', JSON.stringify(mode));
  const { batch, m, n } = matrices("qr", a);
  if (m < n) {
    const [q, r] = qrOp([columns(a, 0, m)]);
    return { q, r: concat([r, matmul(transposed(q), columns(a, m, n))], -1) };
  }
  const [q, r] = qrOp([a]);
  if (mode === "reduced") return { q, r };
  const none = batch.map(() => 0);
  return { q: completed(q), r: pad(r, [...none, 0, 0], [...none, m - n, 0]) };
}
