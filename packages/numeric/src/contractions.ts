/** @file Products over several axes: tensordot and the Kronecker product. */
import { matmul, mul, reshape, type Tensor, transpose } from "@spm/core";
import {
  checkAxis,
  checkOptions,
  checkTensors,
  ShapeError,
  showShape,
  sizeOf,
} from "@spm/core/extend";

/** The axes that are summed over. */
export interface TensordotOptions {
  /**
   * A number: that many last axes of a with as many first ones of b. Two lists: these axes of a
   * with those of b, in their order.
   * @defaultValue 2
   */
  readonly axis?: number | readonly [a: readonly number[], b: readonly number[]];
}

/**
 * Σ over pairs of axes of a and b: the product of both, reshaped to matrices.
 * @param a - floating [m₁, …, k₁, …], in any order of the axes
 * @param b - floating [k₁, …, n₁, …], in any order; paired axes have one size
 * @param options - see {@link TensordotOptions}
 * @returns [m₁, …, n₁, …], the other axes of a, then those of b. 2mnk FLOP for m and n elements
 * that stay and k that are summed over
 * @throws ShapeError unless the axes fit; DTypeError unless both are of one floating dtype;
 * OptionError for an unknown option
 * @example tensordot(tensor([1, 2]), tensor([3, 4]), { axis: 1 }); // 11
 */
export function tensordot(a: Tensor, b: Tensor, options: TensordotOptions = {}): Tensor {
  checkTensors("tensordot", a, b);
  checkOptions("tensordot", options, { axis: true });
  const { axis = 2 } = options;
  const [ofA, ofB] = typeof axis === "number" ? neighbours(a, b, axis) : axis;
  const [left, right] = [axesOf(a, ofA), axesOf(b, ofB)];
  const [k, other] = [left.sizes(left.paired), right.sizes(right.paired)];
  if (left.paired.length !== right.paired.length || k.some((n, i) => n !== other[i]))
    throw new ShapeError(
      "tensordot",
      "pairs of axes of one size",
      `${sizes(k)} and ${sizes(other)}`,
    );
  const [m, n] = [left.sizes(left.rest), right.sizes(right.rest)];
  const rows = reshape(transpose(a, [...left.rest, ...left.paired]), [sizeOf(m), sizeOf(k)]);
  const columns = reshape(transpose(b, [...right.paired, ...right.rest]), [sizeOf(k), sizeOf(n)]);
  return reshape(matmul(rows, columns), [...m, ...n]);
}

const sizes = (shape: readonly number[]): string => showShape(shape);

/** The last axes of a and the first of b. */
function neighbours(a: Tensor, b: Tensor, count: number): [a: number[], b: number[]] {
  const most = Math.min(a.shape.length, b.shape.length);
  if (!Number.isInteger(count) || count < 0 || count > most)
    throw new ShapeError("tensordot", `a number of axes in [0, ${most}]`, count);
  const first = Array.from({ length: count }, (_, i) => i);
  return [first.map((i) => a.shape.length - count + i), first];
}

/** The paired axes of an operand, the rest, and their sizes. */
function axesOf({ shape }: Tensor, axes: readonly number[]) {
  const paired = axes.map((axis) => checkAxis("tensordot", axis, shape.length));
  if (new Set(paired).size !== paired.length)
    throw new ShapeError("tensordot", "each axis once", `[${axes}]`);
  const rest = shape.map((_, axis) => axis).filter((axis) => !paired.includes(axis));
  return { paired, rest, sizes: (of: readonly number[]) => of.map((axis) => shape[axis] ?? 0) };
}

/**
 * The Kronecker product: each element of a times all of b, as blocks. Axes that one of them lacks
 * in front have size 1.
 * @param a - numbers, [m₁, m₂, …]
 * @param b - numbers of a's dtype, [n₁, n₂, …]
 * @returns [m₁n₁, m₂n₂, …]
 * @throws DTypeError unless both are numbers of one dtype
 * @example kron(tensor([[1, 2]]), tensor([[1], [1]])); // [[1, 2], [1, 2]]
 */
export function kron(a: Tensor, b: Tensor): Tensor {
  checkTensors("kron", a, b);
  const rank = Math.max(a.shape.length, b.shape.length);
  const full = ({ shape }: Tensor) => [...Array<number>(rank - shape.length).fill(1), ...shape];
  const [m, n] = [full(a), full(b)];
  const outer = reshape(
    a,
    m.flatMap((size) => [size, 1]),
  );
  const inner = reshape(
    b,
    n.flatMap((size) => [1, size]),
  );
  return reshape(
    mul(outer, inner),
    m.map((size, k) => size * (n[k] ?? 1)),
  );
}
