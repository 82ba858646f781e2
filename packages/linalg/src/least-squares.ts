/** @file Pseudoinverses and least squares. */
import {
  add,
  type DType,
  expandDims,
  matmul,
  neg,
  reshape,
  square,
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
import { eachMatrix, matrices, sameBatch, transposed } from "./matrices.ts";
import { spectrumOf } from "./spectral.ts";

/** Singular values of at most max(atol, rtol · the largest) count as 0. */
export interface PinvOptions {
  /** @defaultValue max(m, n) · ε of the dtype, 0 beside an `atol` */
  readonly rtol?: number;
  /** @defaultValue 0 */
  readonly atol?: number;
}

/** {@link PinvOptions} with their defaults. */
export type Tolerances = Readonly<Record<keyof PinvOptions, number>>;

const epsilonOf = (dtype: DType): number => (dtype === "float32" ? 2 ** -23 : 2 ** -52);

/**
 * The primitive of {@link pinv}, [..., m, n] → A⁺ [..., n, m] and the rank [...], as int32.
 * @example pinvOp([tensor([[2, 0], [0, 0]])], { rtol: 0, atol: 1 })[1]; // 1
 */
export const pinvOp: Op<[a: 1], [p: 1, rank: 1], Tolerances> = definePrimitive({
  name: "pinv",
  infer: ([a]) => {
    const { batch, m, n } = matrices("pinv", a);
    const dtype = checkDTypes("pinv", [a]);
    return [
      { shape: [...batch, n, m], dtype },
      { shape: batch, dtype: "int32" },
    ];
  },
  forward: ([a], { atol, rtol }) => {
    const { batch, m, n } = matrices("pinv", a);
    const k = Math.min(m, n);
    const results = [zerosArray(dtypeOf(a), [...batch, n, m]), zerosArray("int32", batch)] as const;
    return eachMatrix(batch, [a], results, ([taken], [p, rank]) => {
      const { values, left, right } = spectrumOf("pinv", taken, m, n);
      const floor = Math.max(atol, rtol * (values[0] ?? 0));
      const kept = values.filter((s) => s > floor).length;
      rank[0] = kept;
      for (let i = 0; i < n; i++)
        for (let j = 0; j < m; j++) {
          let total = 0;
          for (let c = 0; c < kept; c++)
            total += (right[i * k + c]! * left[j * k + c]!) / values[c]!;
          p[i * m + j] = total;
        }
    });
  },
  // Ā = −Pᵀ P̄ Pᵀ + Pᵀ P P̄ᵀ (I − P A) + (I − A P) P̄ᵀ P Pᵀ (Golub and Pereyra)
  vjp: ([ct], { inputs: [a], outputs: [p] }) => {
    if (ct === null) return [null];
    const [pT, ctT] = [transposed(p), transposed(ct)];
    const product = (...xs: [Tensor, ...Tensor[]]) => xs.reduce((x, y) => matmul(x, y));
    const byRows = product(pT, p, sub(ctT, product(ctT, p, a)));
    const byColumns = matmul(sub(ctT, product(a, p, ctT)), matmul(p, pT));
    return [add(neg(product(pT, ct, pT)), add(byRows, byColumns))];
  },
  batch: frontAxis(),
});

/**
 * The tolerances for A.
 * @throws OptionError; ValueError for a tolerance that is no number ≥ 0; ShapeError, DTypeError
 */
function tolerancesOf(op: string, a: Tensor, options: PinvOptions): Tolerances {
  checkOptions(op, options, { rtol: true, atol: true });
  for (const [name, value] of Object.entries(options) as [string, number | undefined][])
    if (value !== undefined && !(value >= 0)) throw new ValueError(op, `${name} ≥ 0`, value);
  const { m, n } = matrices(op, a);
  const least = Math.max(m, n) * epsilonOf(checkDTypes(op, [a]));
  const { atol = 0, rtol = atol > 0 ? 0 : least } = options;
  return { rtol, atol };
}

/**
 * The pseudoinverse A⁺ of Moore and Penrose, by {@link svd}. Its derivative needs no distinct
 * singular values, and is right where the rank does not change nearby. Runs on the host: a GPU
 * refuses it, see {@link solve}.
 * @param a - [..., m, n]
 * @returns [..., n, m]. Cost that of an SVD, and 2mnk FLOP
 * @throws ValueError for NaN, infinities and negative tolerances; ShapeError, DTypeError,
 * OptionError
 * @example pinv(tensor([[2, 0], [0, 0]])); // [[0.5, 0], [0, 0]]
 */
export const pinv = (a: Tensor, options: PinvOptions = {}): Tensor => {
  checkTensors("pinv", a);
  return pinvOp([a], tolerancesOf("pinv", a, options))[0];
};

/**
 * X of least norm among those that minimise ‖A X − B‖², for A of any rank: X = A⁺ B.
 * @param a - [..., m, n]
 * @param b - [..., m, k], leading axes broadcast; A's shape without its last axis: vectors
 * @param options - which singular values count as 0
 * @returns solution [..., n, k] ([..., n] for vectors), residuals [..., k]: Σ (A X − B)² over the
 * rows, of full rank or not, and rank [...], int32. Cost that of {@link pinv}, and 4mnk FLOP
 * @throws as {@link pinv}, and ShapeError for other rows in B
 * @example lstsq(tensor([[1], [1]]), tensor([1, 2])).solution; // [1.5]
 */
export function lstsq(
  a: Tensor,
  b: Tensor,
  options: PinvOptions = {},
): { solution: Tensor; residuals: Tensor; rank: Tensor } {
  checkTensors("lstsq", a, b);
  const tolerances = tolerancesOf("lstsq", a, options);
  const { m } = matrices("lstsq", a);
  checkDTypes("lstsq", [a, b]);
  if (sameShape(b.shape, a.shape.slice(0, -1))) {
    const { solution, residuals, rank } = lstsq(a, expandDims(b, -1), options);
    const vector = (x: Tensor) => reshape(x, x.shape.slice(0, -1));
    return { solution: vector(solution), residuals: vector(residuals), rank };
  }
  if (matrices("lstsq", b).m !== m)
    throw new ShapeError("lstsq", `${m} rows in B for A ${showShape(a.shape)}`, showShape(b.shape));
  const [p, rank] = pinvOp([a], tolerances);
  const [left, right] = sameBatch("lstsq", p, b);
  const solution = matmul(left, right);
  const residuals = sum(square(sub(matmul(a, solution), b)), { axis: -2 });
  return { solution, residuals, rank };
}
