/** @file The invariant decomposition of a bivector: the planes that its rotor turns. */
import type { Tensor } from "@spm/core";
import { checkTensors, elements, ShapeError, showShape, ValueError } from "@spm/core/extend";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { dimensionOf, planePairs } from "./rotor.ts";

/** A simple bivector, angle times a unit plane. */
export interface Plane {
  /** σ ≥ 0, in radians; vectors turn by 2σ. */
  readonly angle: number;
  /** Its n(n − 1)/2 coefficients, whose norm is σ. */
  readonly bivector: Float64Array;
}

/**
 * A bivector as the sum of ⌊n/2⌋ simple ones in orthogonal planes, which commute, so that
 * e^b = Π (cos σ + sin σ/σ · b_k); largest angle first. A view for reading: where angles are equal,
 * the planes are not unique, and nothing is differentiated.
 * @param bivector - [n(n − 1)/2], in CPU memory
 * @throws ShapeError for another shape; ValueError for numbers that are not finite
 * @example toPlanes(tensor([3, 0, 4])).map(({ angle }) => angle); // [5]
 */
export function toPlanes(bivector: Tensor): Plane[] {
  checkTensors("toPlanes", bivector);
  const n = dimensionOf("toPlanes", bivector);
  if (bivector.shape.length !== 1)
    throw new ShapeError("toPlanes", "one bivector [n(n − 1)/2]", showShape(bivector.shape));
  const pairs = planePairs(n);
  const numbers = Array.from(elements(bivector.ndarray()));
  const wrong = numbers.find((v) => !Number.isFinite(v));
  if (wrong !== undefined) throw new ValueError("toPlanes", "finite coefficients", wrong);
  const rest = Matrix.zeros(n, n); // A_ij = b_ij, skew
  for (const [k, v] of numbers.entries()) {
    const [i, j] = pairs[k] ?? [0, 0];
    rest.set(i, j, v);
    rest.set(j, i, -v);
  }
  return Array.from({ length: Math.floor(n / 2) }, () => {
    const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
      rest.transpose().mmul(rest),
      {
        assumeSymmetric: true,
      },
    );
    const v = eigenvectorMatrix.getColumnVector(
      realEigenvalues.indexOf(Math.max(...realEigenvalues)),
    );
    const u = rest.mmul(v);
    const plane = u.mmul(v.transpose()).sub(v.mmul(u.transpose()));
    rest.sub(plane);
    const part = Float64Array.from(pairs, ([i, j]) => plane.get(i, j));
    return { angle: Math.hypot(...part), bivector: part };
  });
}
