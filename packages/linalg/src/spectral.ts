/** @file Eigenvalues of symmetric matrices, singular values. */
import {
  add,
  div,
  equal,
  expandDims,
  matmul,
  mul,
  square,
  sub,
  type Tensor,
  where,
} from "@spm/core";
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
import {
  checkFinite,
  eachMatrix,
  identityLike,
  matrices,
  squareMatrices,
  transposed,
} from "./matrices.ts";
import { completed, plus } from "./qr.ts";
import { type OrderedSpectrum, singularSpectrum, symmetricSpectrum } from "./spectra.ts";
import { transposed as transposedMatrix } from "./vectors.ts";

/** 1 / (xⱼ − xᵢ) for each pair of values [..., n], 0 on the diagonal; infinite for equal ones. */
function inverseGaps(x: Tensor): Tensor {
  const gaps = sub(expandDims(x, -2), expandDims(x, -1));
  const diagonal = equal(identityLike(x, x.shape.at(-1) ?? 0), 1);
  return where(diagonal, 0, div(1, where(diagonal, 1, gaps)));
}

/** The matrices' columns times the values [..., n]. */
const scaled = (x: Tensor, values: Tensor): Tensor => mul(x, expandDims(values, -2));

/**
 * The primitive of {@link eigh}, [..., n, n] → values [..., n], ascending, and vectors [..., n, n].
 * @example eighOp([tensor([[2, 0], [0, 1]])])[0]; // [1, 2]
 */
export const eighOp: Op<[a: 1], [w: 1, v: 1]> = definePrimitive({
  name: "eigh",
  infer: ([a]) => {
    const { batch, n } = squareMatrices("eigh", a);
    const dtype = checkDTypes("eigh", [a]);
    return [
      { shape: [...batch, n], dtype },
      { shape: a.shape, dtype },
    ];
  },
  forward: ([a]) => {
    const { batch, n } = squareMatrices("eigh", a);
    const dtype = dtypeOf(a);
    const results = [zerosArray(dtype, [...batch, n]), zerosArray(dtype, a.shape)] as const;
    return eachMatrix(batch, [a], results, ([taken], [w, v]) => {
      checkFinite("eigh", taken);
      const spectrum = symmetricSpectrum(taken, n);
      w.set(spectrum.values);
      v.set(spectrum.right);
    });
  },
  // Ā = V (diag(w̄) + F ⊙ Vᵀ V̄) Vᵀ with Fᵢⱼ = 1/(wⱼ − wᵢ), then its symmetric part
  vjp: ([wBar, vBar], { outputs: [w, v] }) => {
    const byValues = wBar && scaled(v, wBar);
    const byVectors = vBar && matmul(v, mul(inverseGaps(w), matmul(transposed(v), vBar)));
    const both = plus(byValues, byVectors);
    const aBar = both && matmul(both, transposed(v));
    return [aBar && div(add(aBar, transposed(aBar)), 2)];
  },
  batch: frontAxis(),
});

/** Which triangle is read. */
export interface EighOptions {
  /** The lower triangle of A or the upper one. @defaultValue "L" */
  readonly UPLO?: "L" | "U";
}

/**
 * A = V diag(w) Vᵀ of a symmetric A: w ascending, the columns of V orthonormal. Ā is symmetric.
 *
 * V is unique up to the signs of its columns, chosen so that Σⱼ cos(j) vⱼ ≥ 0, where all
 * eigenvalues differ. Errors are roundings of the largest eigenvalue. Where some are equal, the
 * derivative by w is still right for symmetric functions of them (their sum), that by V is infinite
 * or NaN, as in PyTorch. Runs on the host: a GPU refuses it, see {@link solve}.
 * @param a - [..., n, n], real: there are no complex numbers
 * @returns eigenvalues [..., n], eigenvectors [..., n, n]. Cost about 9n³ FLOP a matrix
 * @throws ValueError for NaN and infinities; ShapeError, DTypeError, OptionError
 * @example eigh(tensor([[2, 1], [1, 2]])).eigenvalues; // [1, 3]
 */
export function eigh(
  a: Tensor,
  options: EighOptions = {},
): { eigenvalues: Tensor; eigenvectors: Tensor } {
  checkTensors("eigh", a);
  checkOptions("eigh", options, { UPLO: true });
  const { UPLO = "L" } = options;
  if (UPLO !== "L" && UPLO !== "U")
    throw new ValueError("eigh", '"L" or "U"', JSON.stringify(UPLO));
  squareMatrices("eigh", a);
  const [eigenvalues, eigenvectors] = eighOp([UPLO === "L" ? a : transposed(a)]);
  return { eigenvalues, eigenvectors };
}

/** A = U diag(s) Vᵀ of a matrix of any shape: U [m, k], V [n, k]. */
export function spectrumOf(op: string, a: Float64Array, m: number, n: number): OrderedSpectrum {
  checkFinite(op, a);
  if (m >= n) return singularSpectrum(a, m, n);
  const { values, left, right } = singularSpectrum(transposedMatrix(a, m, n), n, m);
  return { values, left: right, right: left };
}

/**
 * The primitive of {@link svd}, reduced: [..., m, n] → U [..., m, k], S [..., k] and Vᵀ
 * [..., k, n], k = min(m, n).
 * @example svdOp([tensor([[2, 0], [0, 3]])])[1]; // [3, 2]
 */
export const svdOp: Op<[a: 1], [u: 1, s: 1, vh: 1]> = definePrimitive({
  name: "svd",
  infer: ([a]) => {
    const { batch, m, n } = matrices("svd", a);
    const dtype = checkDTypes("svd", [a]);
    const k = Math.min(m, n);
    return [
      { shape: [...batch, m, k], dtype },
      { shape: [...batch, k], dtype },
      { shape: [...batch, k, n], dtype },
    ];
  },
  forward: ([a]) => {
    const { batch, m, n } = matrices("svd", a);
    const [dtype, k] = [dtypeOf(a), Math.min(m, n)];
    const results = [
      zerosArray(dtype, [...batch, m, k]),
      zerosArray(dtype, [...batch, k]),
      zerosArray(dtype, [...batch, k, n]),
    ] as const;
    return eachMatrix(batch, [a], results, ([taken], [u, s, vh]) => {
      const spectrum = spectrumOf("svd", taken, m, n);
      u.set(spectrum.left);
      s.set(spectrum.values);
      vh.set(transposedMatrix(spectrum.right, n, k));
    });
  },
  // Ā = U (diag(s̄) + (F ⊙ (UᵀŪ − ŪᵀU)) S + S (F ⊙ (VᵀV̄ − V̄ᵀV))) Vᵀ with Fᵢⱼ = 1/(sⱼ² − sᵢ²), and
  // what of Ū and V̄ lies outside of U's and V's spaces: (I − UUᵀ) Ū S⁻¹ Vᵀ, U S⁻¹ V̄ᵀ (I − VVᵀ).
  vjp: ([uBar, sBar, vhBar], { outputs: [u, s, vh] }) => {
    const [v, vBar] = [transposed(vh), vhBar && transposed(vhBar)];
    const turned = (x: Tensor, xBar: Tensor) => {
      const part = matmul(transposed(x), xBar);
      return mul(inverseGaps(square(s)), sub(part, transposed(part)));
    };
    const outside = (x: Tensor, xBar: Tensor) =>
      x.shape.at(-2) === x.shape.at(-1)
        ? null
        : scaled(sub(xBar, matmul(x, matmul(transposed(x), xBar))), div(1, s));
    const inner = plus(
      uBar && scaled(turned(u, uBar), s),
      vBar && mul(expandDims(s, -1), turned(v, vBar)),
    );
    const left = plus(
      plus(sBar && scaled(u, sBar), inner && matmul(u, inner)),
      uBar && outside(u, uBar),
    );
    const right = vBar && outside(v, vBar);
    return [plus(left && matmul(left, vh), right && matmul(u, transposed(right)))];
  },
  batch: frontAxis(),
});

/** The part of U and V that is wanted. */
export interface SvdOptions {
  /** All columns of U and V, or k = min(m, n). @defaultValue true */
  readonly fullMatrices?: boolean;
}

/**
 * A = U diag(s) Vᵀ: s ≥ 0 descending, the columns of U and V orthonormal.
 *
 * U and V are unique up to signs of their pairs of columns, chosen so that Σⱼ cos(j) vⱼ ≥ 0, where
 * all singular values differ. Where some are equal (or, of a matrix that is not square, 0) the
 * derivative by U and V is infinite or NaN, as in PyTorch; that by s alone is U diag(s̄) Vᵀ and
 * always finite. The columns that `fullMatrices` adds are a basis of which only functions of the
 * space that they span have a derivative. Runs on the host: a GPU refuses it, see {@link solve}.
 * @param a - [..., m, n]
 * @returns u [..., m, m], s [..., k], vh [..., n, n] which is Vᵀ; without `fullMatrices` [..., m,
 * k] and [..., k, n]. Cost about 20n³ FLOP for n×n
 * @throws ValueError for NaN and infinities; ShapeError, DTypeError, OptionError
 * @example svd(tensor([[0, 2], [3, 0]])).s; // [3, 2]
 */
export function svd(a: Tensor, options: SvdOptions = {}): { u: Tensor; s: Tensor; vh: Tensor } {
  checkTensors("svd", a);
  checkOptions("svd", options, { fullMatrices: "boolean" });
  const { m, n } = matrices("svd", a);
  const [u, s, vh] = svdOp([a]);
  if (!(options.fullMatrices ?? true)) return { u, s, vh };
  return {
    u: m > n ? completed(u) : u,
    s,
    vh: n > m ? transposed(completed(transposed(vh))) : vh,
  };
}
