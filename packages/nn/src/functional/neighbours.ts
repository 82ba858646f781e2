/**
 * @file Weighted sums along neighbours on a circle, in one pass: of the n rows of a matrix, row i
 * reads the rows i + shift (mod n). Its derivatives are the same op along the inverse links, so
 * that nothing is scattered, and the products of rows with their neighbours.
 */
import type { NdArray, Tensor } from "@spm/core";
import {
  allocate,
  checkDTypes,
  checkList,
  checkTensors,
  definePrimitive,
  dtypeOf,
  elements,
  frontAxis,
  kindOf,
  type Op,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  sizeOf,
  wrap,
} from "@spm/core/extend";

/** Links i → (i + shift) mod n, in [0, n) each. */
export interface Neighbours {
  readonly shifts: readonly number[];
}

/** Links, and whether a sum goes along their inverses. */
export interface NeighbourSum extends Neighbours {
  readonly transposed: boolean;
}

/** Rows of all matrices [..., n, width], and n. */
const rowsOf = ({ shape }: NdArray): { rows: number; n: number } => {
  const [n = 1] = shape.slice(-2);
  return { rows: sizeOf(shape.slice(0, -1)), n };
};

/** The place of row `at` shifted within its own matrix. */
const shifted = (at: number, shift: number, n: number): number => {
  const i = (at % n) + shift;
  return at - (at % n) + (i < n ? i : i - n);
};

/** @throws ShapeError, DTypeError unless a weight stands for each row of values and each link */
function inferSum([w, v]: readonly [Spec, Spec], { shifts }: Neighbours): [Spec] {
  const expected = [...v.shape.slice(0, -1), shifts.length];
  if (v.shape.length < 2)
    throw new ShapeError("neighbourSum", "values [..., n, width]", showShape(v.shape));
  if (!sameShape(w.shape, expected))
    throw new ShapeError("neighbourSum", `weights ${showShape(expected)}`, showShape(w.shape));
  return [{ shape: v.shape, dtype: checkDTypes("neighbourSum", [w, v], ["float32", "float64"]) }];
}

/**
 * The primitive of {@link neighbourSum}, weights [..., n, links] and values [..., n, width] →
 * [..., n, width]; transposed, yⱼ = Σₖ w[j − shiftₖ, k] · v[j − shiftₖ].
 * @example
 * const links = { shifts: [0, 1], transposed: true };
 * neighbourSumOp([ones([3, 2]), tensor([[1], [2], [3]])], links); // [[4], [3], [5]]
 */
export const neighbourSumOp: Op<[weights: 1, values: 1], [y: 1], NeighbourSum> = definePrimitive({
  name: "neighbourSum",
  infer: inferSum,
  forward: ([w, v], { shifts, transposed }) => {
    const { rows, n } = rowsOf(v);
    const [weights, values] = [elements(w), elements(v)];
    const [links, width] = [shifts.length, v.shape.at(-1) ?? 1];
    const out = allocate(dtypeOf(v), values.length);
    const total = new Float64Array(width);
    for (let at = 0; at < rows; at++) {
      total.fill(0);
      for (let k = 0; k < links; k++) {
        const shift = shifts[k] ?? 0;
        const far = shifted(at, transposed ? n - shift : shift, n);
        const weight = weights[(transposed ? far : at) * links + k]!;
        for (let c = 0; c < width; c++) total[c]! += weight * values[far * width + c]!;
      }
      out.set(total, at * width);
    }
    return [wrap(out, v.shape)];
  },
  vjp: (
    [ct],
    { inputs: [w, v], options: { shifts, transposed }, needs: [byWeights, byValues] },
  ) => [
    byWeights ? neighbourProductsOp(transposed ? [v, ct] : [ct, v], { shifts })[0] : null,
    byValues ? neighbourSumOp([w, ct], { shifts, transposed: !transposed })[0] : null,
  ],
  batch: frontAxis(),
});

/**
 * The cotangent of the weights of {@link neighbourSum}, p[i, k] = ⟨a[i], b[i + shiftₖ]⟩: a and b
 * [..., n, width] → [..., n, links].
 * @example
 * const rows = tensor([[1], [2], [3]]);
 * neighbourProductsOp([rows, rows], { shifts: [0, 1] }); // [[1, 2], [4, 6], [9, 3]]
 */
export const neighbourProductsOp: Op<[a: 1, b: 1], [y: 1], Neighbours> = definePrimitive({
  name: "neighbourProducts",
  infer: ([a, b], { shifts }) => {
    if (a.shape.length < 2 || !sameShape(a.shape, b.shape))
      throw new ShapeError(
        "neighbourProducts",
        "two equal shapes [..., n, width]",
        `${showShape(a.shape)} and ${showShape(b.shape)}`,
      );
    const dtype = checkDTypes("neighbourProducts", [a, b], ["float32", "float64"]);
    return [{ shape: [...a.shape.slice(0, -1), shifts.length], dtype }];
  },
  forward: ([a, b], { shifts }) => {
    const { rows, n } = rowsOf(a);
    const [as, bs] = [elements(a), elements(b)];
    const [links, width] = [shifts.length, a.shape.at(-1) ?? 1];
    const out = allocate(dtypeOf(a), rows * links);
    for (let at = 0; at < rows; at++)
      for (let k = 0; k < links; k++) {
        const far = shifted(at, shifts[k] ?? 0, n);
        let total = 0;
        for (let c = 0; c < width; c++) total += as[at * width + c]! * bs[far * width + c]!;
        out[at * links + k] = total;
      }
    return [wrap(out, [...a.shape.slice(0, -1), links])];
  },
  vjp: ([ct], { inputs: [a, b], options: { shifts }, needs: [byA, byB] }) => [
    byA ? neighbourSumOp([ct, b], { shifts, transposed: false })[0] : null,
    byB ? neighbourSumOp([ct, a], { shifts, transposed: true })[0] : null,
  ],
  batch: frontAxis(),
});

/**
 * Weighted sums along neighbours on a circle, yᵢ = Σₖ wᵢₖ · v₍ᵢ₊ₛ₎ with s = shiftₖ and i + s
 * modulo n: a sparse n×n matrix times v, without the matrix and without a copy of v for each link
 * (Khalitov et al. 2022). Links that coincide modulo n add.
 * @param weights - w, [..., n, links]
 * @param values - v, [..., n, width]
 * @param shifts - whole numbers, one a link, of either sign
 * @returns [..., n, width]. Cost 2 · n · links · width FLOP
 * @throws ShapeError, DTypeError where operands do not fit, or a shift is not whole
 * @example
 * const weights = tensor([[1, 10], [1, 10], [1, 10]]);
 * neighbourSum(weights, tensor([[1], [2], [3]]), [0, 1]); // [[21], [32], [13]]
 */
export function neighbourSum(weights: Tensor, values: Tensor, shifts: readonly number[]): Tensor {
  checkTensors("neighbourSum", weights, values);
  for (const shift of checkList("neighbourSum", shifts, "shifts"))
    if (!Number.isSafeInteger(shift))
      throw new ShapeError(
        "neighbourSum",
        "whole numbers as shifts",
        typeof shift === "number" ? shift : kindOf(shift),
      );
  const [n = 1] = values.shape.slice(-2);
  const within = shifts.map((shift) => (n === 0 ? 0 : ((shift % n) + n) % n));
  return neighbourSumOp([weights, values], { shifts: within, transposed: false })[0];
}
