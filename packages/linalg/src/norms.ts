/** @file Norms of vectors and matrices. */
import {
  abs,
  cast,
  div,
  equal,
  greater,
  less,
  logicalAnd,
  max,
  min,
  mul,
  norm,
  notEqual,
  pow,
  reshape,
  stopGradient,
  sum,
  type Tensor,
  transpose,
  where,
} from "@spm/core";
import {
  checkAxis,
  checkDTypes,
  checkOptions,
  reducedShape,
  ShapeError,
  sizeOf,
  ValueError,
} from "@spm/core/extend";
import { svdOp } from "./spectral.ts";

/** Which norm of vectors, over which axes. */
export interface VectorNormOptions {
  /** @defaultValue 2 */
  readonly ord?: number;
  /** @defaultValue all */
  readonly axis?: number | readonly number[];
  /** @defaultValue false */
  readonly keepdims?: boolean;
}

/**
 * (Σ |xₖ|^ord)^(1/ord) over the axes; ord = ±∞: the largest or smallest |xₖ|, 0: how many are not
 * 0. The derivative at the origin is 0.
 * @param x - [...]
 * @returns x's shape without the axes, which become 1 with `keepdims`
 * @throws ValueError for an `ord` of NaN; ShapeError, DTypeError, OptionError
 * @example vectorNorm(tensor([3, -4]), { ord: 1 }); // 7
 */
export function vectorNorm(x: Tensor, options: VectorNormOptions = {}): Tensor {
  checkOptions("vectorNorm", options, { ord: true, axis: true, keepdims: "boolean" });
  const { ord = 2, ...reduce } = options;
  if (typeof ord !== "number" || Number.isNaN(ord))
    throw new ValueError("vectorNorm", "a number for ord", ord);
  const dtype = checkDTypes("vectorNorm", [x]);
  if (ord === 2) return norm(x, reduce);
  if (ord === 0) return sum(cast(notEqual(x, 0), dtype), reduce);
  const sizes = abs(x);
  if (ord === Infinity) return max(sizes, reduce);
  if (ord === -Infinity) return min(sizes, reduce);
  if (ord === 1) return sum(sizes, reduce);
  if (sizeOf(x.shape) === 0) return norm(x, reduce);
  // the powers of sizes over the largest (for a negative ord, the smallest) are in range
  const extreme = stopGradient((ord > 0 ? max : min)(sizes, { ...reduce, keepdims: true }));
  const unit = where(logicalAnd(greater(extreme, 0), less(extreme, Infinity)), extreme, 1);
  const powers = sum(pow(div(sizes, unit), ord), reduce);
  const zero = equal(powers, 0);
  return mul(where(zero, 0, pow(where(zero, 1, powers), 1 / ord)), reshape(unit, powers.shape));
}

/** Which norm of matrices, over which two axes. */
export interface MatrixNormOptions {
  /**
   * "fro": √Σ aᵢⱼ²; "nuc": the sum of singular values; 2, −2: the largest, the smallest of them; 1,
   * −1: the largest, the smallest Σᵢ |aᵢⱼ|; ±∞: of Σⱼ |aᵢⱼ|. @defaultValue "fro"
   */
  readonly ord?: "fro" | "nuc" | 1 | -1 | 2 | -2 | number;
  /** Rows and columns. @defaultValue [-2, -1] */
  readonly axis?: readonly [row: number, column: number];
  /** @defaultValue false */
  readonly keepdims?: boolean;
}

/**
 * A norm of matrices, after torch.linalg.matrix_norm. Those by singular values run on the host, as
 * {@link solve} does.
 * @param a - [..., m, n], or with both axes elsewhere
 * @returns a's shape without the axes, which become 1 with `keepdims`. Cost that of an SVD for
 * "nuc" and ±2
 * @throws ValueError for another `ord`; ShapeError for less than two axes or one twice; DTypeError,
 * OptionError
 * @example matrixNorm(tensor([[1, -2], [3, 4]]), { ord: 1 }); // 6
 */
export function matrixNorm(a: Tensor, options: MatrixNormOptions = {}): Tensor {
  checkOptions("matrixNorm", options, { ord: true, axis: true, keepdims: "boolean" });
  const { ord = "fro", axis = [-2, -1], keepdims = false } = options;
  checkDTypes("matrixNorm", [a]);
  const rank = a.shape.length;
  const axes = axis.map((k) => checkAxis("matrixNorm", k, rank));
  const [row, column] = axes;
  if (axes.length !== 2 || row === undefined || column === undefined || row === column)
    throw new ShapeError("matrixNorm", "two different axes", `[${axis}]`);
  if (ord === "fro") return norm(a, { axis: axes, keepdims });
  const rest = a.shape.flatMap((_, k) => (axes.includes(k) ? [] : [k]));
  const value = lastAxesNorm(transpose(a, [...rest, row, column]), ord);
  return keepdims ? reshape(value, reducedShape(a.shape, axes, true)) : value;
}

function lastAxesNorm(a: Tensor, ord: "nuc" | number): Tensor {
  const extreme = ord === "nuc" ? sum : ord > 0 ? max : min;
  if (ord === "nuc" || ord === 2 || ord === -2) return extreme(svdOp([a])[1], { axis: -1 });
  if (ord === 1 || ord === -1) return extreme(sum(abs(a), { axis: -2 }), { axis: -1 });
  if (ord === Infinity || ord === -Infinity)
    return extreme(sum(abs(a), { axis: -1 }), { axis: -1 });
  throw new ValueError("matrixNorm", '"fro", "nuc", ±1, ±2 or ±Infinity', JSON.stringify(ord));
}
