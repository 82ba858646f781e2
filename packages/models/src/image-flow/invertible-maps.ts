/** @file Linear bijections with an exact inverse and determinant, by name. */

import {
  abs,
  add,
  eye,
  log,
  matmul,
  type Parameter,
  parameter,
  permutation,
  type Rng,
  reshape,
  scope,
  sum,
  type Tensor,
  take,
  transpose,
} from "@spm/core";
import { checkOptions, checkRandom, type OptionNames } from "@spm/core/extend";
import { lu, slogdet, solve, triangularSolve } from "@spm/linalg";
import { Linear } from "@spm/nn";
import {
  describe,
  fields,
  initialWeights,
  isBuilding,
  LinearMap,
  ModuleBuffer,
  type ModuleKind,
  moduleKind,
} from "@spm/nn/extend";
import { diagonal, tril, triu } from "@spm/numeric";

/** A linear map of R^n that can be undone, and whose volume is known. */
export interface InvertibleMap extends LinearMap {
  /** The x of W x = y. [..., n] → [..., n] */
  inverse(y: Tensor): Tensor;
  /** ln |det W|: a scalar, or the number 0 where it is always that. */
  logAbsDet(): Tensor | number;
}

/** Options of {@link InvertibleMap}s. */
export interface InvertibleOptions {
  readonly random: Rng;
}

/** Their names. */
export const invertibleOptions: OptionNames<InvertibleOptions> = { random: true };

/** Makes a linear bijection of R^n. */
export type InvertibleFactory = (n: number, options: InvertibleOptions) => InvertibleMap;

/** y [..., n] as rows, a function on them, and back. */
function byRows(y: Tensor, f: (rows: Tensor) => Tensor): Tensor {
  const n = y.shape.at(-1) ?? 1;
  return reshape(f(reshape(y, [-1, n])), y.shape);
}

/**
 * A dense W [n, n] that starts orthogonal. x [..., n] → [..., n]; n² parameters. Inverse and
 * determinant by elimination, ⅔ n³ FLOP a call, on the host in float64.
 * @throws ShapeError unless n is a whole number ≥ 1
 * @example new InvertibleDense(12, { random: rng(1) }).logAbsDet(); // 0, to rounding
 */
export class InvertibleDense extends Linear {
  constructor(n: number, options: InvertibleOptions) {
    checkOptions("InvertibleDense", options, invertibleOptions);
    const init = isBuilding() ? "normal" : "orthogonal"; // which costs n³
    super(n, n, { random: options.random, bias: false, init });
  }

  /** The x of W x = y. y [..., n] → [..., n], 2n² FLOP a row. */
  inverse(y: Tensor): Tensor {
    this.checkInput(y);
    return byRows(y, (rows) => solve(transpose(this.weight), rows, { left: false }));
  }

  /** ln |det W|, a scalar. */
  logAbsDet(): Tensor {
    return slogdet(this.weight).logabsdet;
  }
}

/**
 * W = P L U with a fixed permutation P, L with a unit diagonal (Kingma and Dhariwal 2018), of a
 * matrix that starts orthogonal. x [..., n] → [..., n]; n² parameters: U, and below its diagonal L.
 * W is multiplied out once a call, 4n³ FLOP; the inverse substitutes, on the host; ln |det W| is
 * O(n).
 * @throws ShapeError unless n is a whole number ≥ 1
 * @example new InvertibleLu(12, { random: rng(1) }).parameterCount(); // 144
 */
export class InvertibleLu extends LinearMap {
  /** L and U in one matrix [n, n], without the diagonal of L. */
  readonly factors: Parameter;
  /** P [n, n], saved with the model. */
  readonly permutation: ModuleBuffer;
  readonly bias = null;

  constructor(n: number, options: InvertibleOptions) {
    super(n, n);
    checkOptions("InvertibleLu", options, invertibleOptions);
    const random = checkRandom("InvertibleLu", options.random);
    describe(this, { inFeatures: n });
    const [factors, permutation] = scope(() => {
      const start = isBuilding() ? eye(n) : initialWeights("orthogonal", random, [n, n]);
      const { p, l, u } = lu(start);
      return [parameter(add(tril(l, -1), u)), new ModuleBuffer(p)] as const;
    });
    this.factors = factors;
    this.permutation = permutation;
  }

  forward(x: Tensor): Tensor {
    this.checkInput(x);
    return matmul(x, transpose(this.toDense()));
  }

  /** The x of W x = y, by substitution. y [..., n] → [..., n], 2n² FLOP a row. */
  inverse(y: Tensor): Tensor {
    this.checkInput(y);
    const { factors } = this;
    return byRows(matmul(y, this.permutation), (rows) => {
      const byL = { upper: false, unitriangular: true };
      const inner = triangularSolve(factors, transpose(rows), byL);
      return transpose(triangularSolve(factors, inner, { upper: true }));
    });
  }

  /** ln |det W| = Σ ln |uᵢᵢ|, a scalar. */
  logAbsDet(): Tensor {
    return sum(log(abs(diagonal(this.factors))));
  }

  toDense(): Tensor {
    const { dtype, backend } = this.factors;
    const l = add(tril(this.factors, -1), eye(this.inFeatures, undefined, { dtype, backend }));
    return matmul(this.permutation, matmul(l, triu(this.factors)));
  }

  get flopsPerRow(): number {
    return 2 * this.inFeatures ** 2;
  }
}

/**
 * A fixed random permutation: nothing is learned, and nothing but the order of the coordinates
 * changes. x [..., n] → [..., n], as a product with its matrix.
 * @throws ShapeError unless n is a whole number ≥ 1
 * @example new FixedPermutation(12, { random: rng(1) }).parameterCount(); // 0
 */
export class FixedPermutation extends LinearMap {
  /** W [n, n], saved with the model. */
  readonly permutation: ModuleBuffer;
  readonly bias = null;

  constructor(n: number, options: InvertibleOptions) {
    super(n, n);
    checkOptions("FixedPermutation", options, invertibleOptions);
    const random = checkRandom("FixedPermutation", options.random);
    describe(this, { inFeatures: n });
    this.permutation = scope(() => new ModuleBuffer(take(eye(n), permutation(random, n))));
  }

  forward(x: Tensor): Tensor {
    this.checkInput(x);
    return matmul(x, transpose(this.permutation));
  }

  /** The x of W x = y. y [..., n] → [..., n] */
  inverse(y: Tensor): Tensor {
    this.checkInput(y);
    return matmul(y, this.permutation);
  }

  /** Always 0. */
  logAbsDet(): number {
    return 0;
  }

  toDense(): Tensor {
    return this.permutation;
  }

  get flopsPerRow(): number {
    return 2 * this.inFeatures ** 2;
  }
}

const square = { inFeatures: fields.size };

/** The bijections in files. */
export const invertibleModules: readonly ModuleKind[] = [
  moduleKind(
    "InvertibleDense",
    InvertibleDense,
    square,
    ({ inFeatures }, { random }) => new InvertibleDense(inFeatures, { random }),
    ({ inFeatures }) => inFeatures ** 2,
  ),
  moduleKind(
    "InvertibleLu",
    InvertibleLu,
    square,
    ({ inFeatures }, { random }) => new InvertibleLu(inFeatures, { random }),
    ({ inFeatures }) => 2 * inFeatures ** 2,
  ),
  moduleKind(
    "FixedPermutation",
    FixedPermutation,
    square,
    ({ inFeatures }, { random }) => new FixedPermutation(inFeatures, { random }),
    ({ inFeatures }) => 2 * inFeatures ** 2,
  ),
];
