/** @file Diagonals of matrices: taken out as views, put in, summed. */
import { concat, reshape, slice, sum, type Tensor, transpose, zeros } from "@spm/core";
import { checkAxis, checkOptions, checkTensors, ShapeError, showShape } from "@spm/core/extend";

/** Which diagonal, and of which two axes. */
export interface DiagonalOptions {
  /**
   * The distance above the main diagonal; negative is below.
   * @defaultValue 0
   */
  readonly offset?: number;
  /**
   * The axis of the rows.
   * @defaultValue 0
   */
  readonly axis1?: number;
  /**
   * The axis of the columns.
   * @defaultValue 1
   */
  readonly axis2?: number;
}

/** @throws ShapeError unless it is an integer */
function checkOffset(op: string, offset: number): number {
  if (Number.isSafeInteger(offset)) return offset;
  throw new ShapeError(op, "an integer diagonal", offset);
}

/**
 * The diagonals of the matrices along two axes, which vanish; their elements stand last.
 * @param x - any dtype, [..., m, ..., n, ...]: m is the size of `axis1`, n that of `axis2`
 * @param options - see {@link DiagonalOptions}
 * @returns [..., k], the other axes, then k = min(m, n − offset) elements, for an offset below 0
 * min(m + offset, n), and at least 0. A view where x is contiguous with the two axes last
 * @throws ShapeError unless there are two different axes; OptionError for an unknown option
 * @example diagonal(tensor([[1, 2], [3, 4]])); // [1, 4]
 */
export function diagonal(x: Tensor, options: DiagonalOptions = {}): Tensor {
  checkTensors("diagonal", x);
  checkOptions("diagonal", options, { offset: true, axis1: true, axis2: true });
  const { offset = 0, axis1 = 0, axis2 = 1 } = options;
  const { length: rank } = x.shape;
  const rows = checkAxis("diagonal", axis1, rank);
  const columns = checkAxis("diagonal", axis2, rank);
  const k = checkOffset("diagonal", offset);
  if (rows === columns)
    throw new ShapeError("diagonal", "two different axes", `${axis1} and ${axis2}`);
  const rest = x.shape.map((_, axis) => axis).filter((axis) => axis !== rows && axis !== columns);
  const lead = rest.map((axis) => x.shape[axis] ?? 0);
  const [m = 0, n = 0] = [x.shape[rows], x.shape[columns]];
  const count = Math.max(0, k < 0 ? Math.min(m + k, n) : Math.min(m, n - k));
  const flat = reshape(transpose(x, [...rest, rows, columns]), [...lead, m * n]);
  const start = k < 0 ? -k * n : k;
  const range =
    count === 0 ? { stop: 0 } : { start, stop: start + (count - 1) * (n + 1) + 1, step: n + 1 };
  return slice(flat, [...lead.map(() => ({})), range]);
}

/** Which diagonal. */
export interface DiagOptions {
  /**
   * The distance above the main diagonal; negative is below.
   * @defaultValue 0
   */
  readonly diagonal?: number;
}

/**
 * Square matrices with x on a diagonal, zeros elsewhere.
 * @param x - any dtype, [..., n]
 * @param options - see {@link DiagOptions}
 * @returns [..., n + |k|, n + |k|] with x on diagonal k
 * @throws ShapeError for a scalar; OptionError for an unknown option
 * @example diagEmbed(tensor([1, 2])); // [[1, 0], [0, 2]]
 */
export function diagEmbed(x: Tensor, options: DiagOptions = {}): Tensor {
  checkTensors("diagEmbed", x);
  checkOptions("diagEmbed", options, { diagonal: true });
  const k = checkOffset("diagEmbed", options.diagonal ?? 0);
  checkAxis("diagEmbed", -1, x.shape.length);
  const [lead, n] = [x.shape.slice(0, -1), x.shape.at(-1) ?? 0];
  const size = n + Math.abs(k);
  const nothing = (...shape: number[]) =>
    zeros([...lead, ...shape], { dtype: x.dtype, backend: x.backend });
  if (n === 0) return nothing(size, size);
  // Row-major, the diagonal has an element every size + 1: rows of that width, put end to end.
  const wide = concat([reshape(x, [...lead, n, 1]), nothing(n, size)], -1);
  const length = (n - 1) * (size + 1) + 1;
  const ranges = [...lead.map(() => ({})), { stop: length }];
  const run = slice(reshape(wide, [...lead, n * (size + 1)]), ranges);
  const before = k < 0 ? -k * size : k;
  const parts = [nothing(before), run, nothing(size * size - before - length)];
  return reshape(concat(parts, -1), [...lead, size, size]);
}

/**
 * A vector's square matrix, or a matrix's diagonal.
 * @param x - any dtype, [n] or [m, n]
 * @param options - see {@link DiagOptions}
 * @returns {@link diagEmbed} of a vector, {@link diagonal} of a matrix
 * @throws ShapeError for other ranks; OptionError for an unknown option
 * @example diag(tensor([1, 2]), { diagonal: 1 }); // [[0, 1, 0], [0, 0, 2], [0, 0, 0]]
 */
export function diag(x: Tensor, options: DiagOptions = {}): Tensor {
  checkTensors("diag", x);
  checkOptions("diag", options, { diagonal: true });
  if (x.shape.length === 1) return diagEmbed(x, options);
  if (x.shape.length === 2) return diagonal(x, { offset: options.diagonal ?? 0 });
  throw new ShapeError("diag", "a vector or a matrix", showShape(x.shape));
}

/**
 * Σᵢ xᵢᵢ, the sum of the main diagonal.
 * @param x - numbers, [m, n]
 * @returns a scalar
 * @throws ShapeError unless it is a matrix
 * @example trace(tensor([[1, 2], [3, 4]])); // 5
 */
export function trace(x: Tensor): Tensor {
  checkTensors("trace", x);
  if (x.shape.length === 2) return sum(diagonal(x));
  throw new ShapeError("trace", "a matrix", showShape(x.shape));
}
