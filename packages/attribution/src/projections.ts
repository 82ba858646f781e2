/** @file Random projections: sparse and dense ones, and a fast one by a mixer. */
import {
  div,
  expandDims,
  matmul,
  mul,
  normal,
  type Rng,
  reshape,
  segmentSum,
  type Tensor,
  tensor,
} from "@spm/core";
import {
  checkOptions,
  checkRandom,
  checkTensors,
  type OptionNames,
  ShapeError,
  sameShape,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { apply, hadamard } from "@spm/mixer";
import { type Compressor, chain, checkSize, compressorOf } from "./compressor.ts";
import { randomMask } from "./masks.ts";

/** Options of random projections. */
export interface ProjectionOptions {
  /** Draws the projection, and advances. */
  readonly random: Rng;
  /** Of the projection and of the gradients. @defaultValue "float32" */
  readonly dtype?: "float32" | "float64";
}
const projectionNames: OptionNames<ProjectionOptions> = { random: true, dtype: true };

/** `count` numbers ±scale. */
function signs(random: Rng, count: number, scale: number): Float64Array {
  return Float64Array.from({ length: count }, () => (random.bits() < 0 ? -scale : scale));
}

/**
 * ĝ = g P by any matrix, which has its own scale.
 * @param matrix - P, [p, k]
 * @returns of gradients [..., p] → [..., k]. Cost 2pk FLOP a sample
 * @throws ShapeError unless P has two axes
 * @example projection(tensor([[1, 0], [0, 2], [0, 1]])).compress(tensor([3, 4, 5])); // [3, 13]
 */
export function projection(matrix: Tensor): Compressor {
  checkTensors("projection", matrix);
  const [p, k, ...more] = matrix.shape;
  if (p === undefined || k === undefined || more.length > 0)
    throw new ShapeError("projection", "a matrix [p, k]", showShape(matrix.shape));
  return compressorOf("projection", [p, k], (g) => matmul(g, matrix));
}

/**
 * ĝ = g P/√k with P standard normal: E⟨ĝ, ĥ⟩ = ⟨g, h⟩.
 * @param inFeatures - p
 * @param outFeatures - k
 * @returns of gradients [..., p] → [..., k]. Cost 2pk FLOP a sample; pk numbers
 * @throws ShapeError unless p and k are whole numbers ≥ 1
 * @example gaussianProjection(100, 8, { random: rng(1) }).compress(ones([2, 100])).shape; // [2, 8]
 */
export function gaussianProjection(
  inFeatures: number,
  outFeatures: number,
  options: ProjectionOptions,
): Compressor {
  const { random, dtype } = checked("gaussianProjection", [inFeatures, outFeatures], options);
  const deviation = 1 / Math.sqrt(outFeatures);
  return projection(normal(random, [inFeatures, outFeatures], 0, deviation, { dtype }));
}

/**
 * ĝ = g P/√k with P of random signs: E⟨ĝ, ĥ⟩ = ⟨g, h⟩.
 * @param inFeatures - p
 * @param outFeatures - k
 * @returns of gradients [..., p] → [..., k]. Cost 2pk FLOP a sample; pk numbers
 * @throws ShapeError unless p and k are whole numbers ≥ 1
 * @example rademacherProjection(9, 4, { random: rng(1) }).compress(ones([2, 9])).shape; // [2, 4]
 */
export function rademacherProjection(
  inFeatures: number,
  outFeatures: number,
  options: ProjectionOptions,
): Compressor {
  const { random, dtype } = checked("rademacherProjection", [inFeatures, outFeatures], options);
  const values = signs(random, inFeatures * outFeatures, 1 / Math.sqrt(outFeatures));
  return projection(tensor(values, { shape: [inFeatures, outFeatures], dtype }));
}

/**
 * ĝ = P H D g, the fast Johnson-Lindenstrauss transform as a mixer: D random signs, H the Hadamard
 * matrix by the angles of a rotation mixer over the next power of two N, P k rows drawn without
 * replacement, times √(N/k): E⟨ĝ, ĥ⟩ = ⟨g, h⟩.
 * @param inFeatures - p
 * @param outFeatures - k; at most N are kept
 * @returns of gradients [..., p] → [..., min(k, N)]. Cost 3N log₂ N FLOP a sample; p numbers and
 * the angles
 * @throws ShapeError unless p and k are whole numbers ≥ 1
 * Source: Ailon, Chazelle 2009, with Tropp's subsampling (2011) in place of their sparse matrix
 * @example fjlt(100, 8, { random: rng(1) }).compress(ones([2, 100])).shape; // [2, 8]
 */
export function fjlt(
  inFeatures: number,
  outFeatures: number,
  options: ProjectionOptions,
): Compressor {
  const { random, dtype } = checked("fjlt", [inFeatures, outFeatures], options);
  const n = 2 ** Math.ceil(Math.log2(inFeatures));
  const k = Math.min(outFeatures, n);
  const dIn = tensor(signs(random, inFeatures, Math.sqrt(n / k)), { dtype });
  const factors = { ...hadamard(n, { dtype }), dIn };
  const rotate = compressorOf("fjlt", [inFeatures, n], (g) => apply(factors, g));
  return { ...chain(rotate, randomMask(n, k, { random })), name: "fjlt" };
}

/**
 * ĝ_{rows[j, c]} += signs[j, c] g_j / √s: a projection with s numbers ≠ 0 for each parameter.
 * @param rows - int32 [p, s], in [0, k)
 * @param factors - ±1, [p, s], in the dtype of the gradients
 * @param outFeatures - k
 * @returns of gradients [..., p] → [..., k]. Cost 2ps FLOP a sample
 * @throws ShapeError unless both are [p, s]; ValueError, once called, for a row out of range
 * @example
 * const rows = tensor([[1], [0], [1]], { dtype: "int32" });
 * sparseProjection(rows, tensor([[1], [1], [-1]]), 2).compress(tensor([5, 6, 7])); // [6, -2]
 */
export function sparseProjection(rows: Tensor, factors: Tensor, outFeatures: number): Compressor {
  const op = "sparseProjection";
  checkTensors(op, rows, factors);
  checkSize(op, "k", outFeatures);
  const [p, s, ...more] = rows.shape;
  if (!p || !s || more.length > 0 || !sameShape(rows.shape, factors.shape))
    throw new ShapeError(
      op,
      "rows and signs [p, s]",
      `${showShape(rows.shape)} and ${showShape(factors.shape)}`,
    );
  const scaled = div(factors, Math.sqrt(s));
  const ids = reshape(rows, [p * s]);
  return compressorOf(op, [p, outFeatures], (g) => {
    const spread = mul(expandDims(g, -1), scaled);
    const summands = reshape(spread, [...g.shape.slice(0, -1), p * s]);
    return segmentSum(summands, ids, outFeatures, -1);
  });
}

/** Options of {@link sjlt}. */
export interface SjltOptions extends ProjectionOptions {
  /** Numbers ≠ 0 for each parameter, at most k. @defaultValue 1 */
  readonly s?: number;
}
const sjltNames: OptionNames<SjltOptions> = { ...projectionNames, s: true };

/**
 * The sparse Johnson-Lindenstrauss transform: {@link sparseProjection} with s different rows drawn
 * for each parameter, and random signs. E⟨ĝ, ĥ⟩ = ⟨g, h⟩.
 * @param inFeatures - p
 * @param outFeatures - k
 * @returns of gradients [..., p] → [..., k]. Cost 2ps FLOP a sample; 2ps numbers
 * @throws ShapeError unless p and k are whole numbers ≥ 1; ValueError unless 1 ≤ s ≤ k
 * Source: Kane, Nelson, "Sparser Johnson-Lindenstrauss Transforms", 2014
 * @example sjlt(100, 8, { random: rng(1), s: 3 }).compress(ones([2, 100])).shape; // [2, 8]
 */
export function sjlt(inFeatures: number, outFeatures: number, options: SjltOptions): Compressor {
  const sizes = [inFeatures, outFeatures] as const;
  const { random, dtype, s } = checked("sjlt", sizes, options, sjltNames);
  const rows = Array.from({ length: inFeatures }, () => different(random, s, outFeatures));
  const shape = [inFeatures, s];
  const factors = tensor(signs(random, inFeatures * s, 1), { shape, dtype });
  const places = tensor(Int32Array.from(rows.flat()), { shape });
  return { ...sparseProjection(places, factors, outFeatures), name: "sjlt" };
}

/** s different whole numbers below k, by Floyd's method. */
function different(random: Rng, s: number, k: number): number[] {
  const drawn = new Set<number>();
  for (let top = k - s; top < k; top++) {
    const at = random.integer(top + 1);
    drawn.add(drawn.has(at) ? top : at);
  }
  return [...drawn];
}

/** Options of {@link grass}. */
export interface GrassOptions extends SjltOptions {
  /** |S|/k. @defaultValue 4 */
  readonly factor?: number;
}
const grassNames: OptionNames<GrassOptions> = { ...sjltNames, factor: true };

/**
 * GraSS: {@link sjlt} of {@link randomMask} with |S| = factor · k, at most p. Another mask is
 * `chain(mask, sjlt(mask.outFeatures, k, options))`.
 * @param inFeatures - p
 * @param outFeatures - k
 * @returns of gradients [..., p] → [..., k]. Cost 2|S|s FLOP a sample, whatever p is
 * @throws ShapeError unless p and k are whole numbers ≥ 1; ValueError for s or factor out of range
 * Source: Hu and others, "GraSS: Scalable Data Attribution with Gradient Sparsification and Sparse
 * Projection", NeurIPS 2025 (arXiv 2505.18976)
 * @example grass(100, 8, { random: rng(1) }).compress(ones([2, 100])).shape; // [2, 8]
 */
export function grass(inFeatures: number, outFeatures: number, options: GrassOptions): Compressor {
  const sizes = [inFeatures, outFeatures] as const;
  const { random, dtype, s, factor } = checked("grass", sizes, options, grassNames);
  const mask = randomMask(inFeatures, Math.ceil(factor * outFeatures), { random });
  const second = sjlt(mask.outFeatures, outFeatures, { random, dtype, s });
  return { ...chain(mask, second), name: "grass" };
}

/** The options with their defaults, for gradients by p parameters to k numbers. */
export function checked(
  op: string,
  [p, k]: readonly [p: number, k: number],
  options: GrassOptions,
  names: Readonly<Record<string, unknown>> = projectionNames,
): Required<GrassOptions> {
  checkSize(op, "p and k", p, k);
  checkOptions<object>(op, options, names);
  const { random, dtype = "float32", s = 1, factor = 4 } = options;
  checkRandom(op, random);
  if (!Number.isSafeInteger(s) || s < 1 || s > k) throw new ValueError(op, `s in [1, ${k}]`, s);
  if (!(factor > 0 && factor < Infinity)) throw new ValueError(op, "a factor > 0", factor);
  return { random, dtype, s, factor };
}
