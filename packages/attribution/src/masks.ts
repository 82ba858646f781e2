/** @file Masks: the compressors that keep some numbers of a gradient and drop the others. */
import {
  argsort,
  div,
  matmul,
  mean,
  mul,
  neg,
  normal,
  parameter,
  type Rng,
  scope,
  sigmoid,
  slice,
  sort,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  transpose,
  valueAndGrad,
} from "@spm/core";
import {
  checkDTypes,
  checkList,
  checkOptions,
  checkRandom,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { adam } from "@spm/optim";
import { type Compressor, checkSize, compressorOf } from "./compressor.ts";

/** The numbers at places int32 [k] of a gradient [..., p]. */
const maskAt = (name: string, places: Tensor, inFeatures: number): Compressor =>
  compressorOf(name, [inFeatures, places.shape[0] ?? 0], (g) => take(g, places, -1));

/**
 * ĝ = g[S]: the numbers at the positions S, in ascending order, not rescaled.
 * @param positions - S, different ones
 * @param inFeatures - p
 * @returns of gradients [..., p] → [..., |S|]. Cost: k reads a sample
 * @throws ShapeError unless S has at least one position; ValueError for one twice or not in [0, p)
 * @example gradientMask([3, 0], 4).compress(tensor([5, 6, 7, 8])); // [5, 8]
 */
export function gradientMask(positions: readonly number[], inFeatures: number): Compressor {
  checkSize("gradientMask", "p", inFeatures);
  const sorted = [...checkList("gradientMask", positions, "positions")].sort((a, b) => a - b);
  checkSize("gradientMask", "positions", sorted.length);
  const wrong = sorted.find(
    (at, i) => !Number.isInteger(at) || at < 0 || at >= inFeatures || at === sorted[i - 1],
  );
  if (wrong !== undefined)
    throw new ValueError("gradientMask", `different positions in [0, ${inFeatures})`, wrong);
  return maskAt("gradientMask", tensor(Int32Array.from(sorted)), inFeatures);
}

/** Options of {@link randomMask}. */
export interface MaskOptions {
  /** Draws the positions, and advances. */
  readonly random: Rng;
}
const maskNames: OptionNames<MaskOptions> = { random: true };

/**
 * {@link gradientMask} at k positions drawn without replacement.
 * @param inFeatures - p
 * @param outFeatures - k; at most p are kept
 * @returns of gradients [..., p] → [..., min(k, p)]
 * @throws ShapeError unless p and k are whole numbers ≥ 1
 * @example randomMask(100, 8, { random: rng(1) }).compress(ones([2, 100])).shape; // [2, 8]
 */
export function randomMask(
  inFeatures: number,
  outFeatures: number,
  options: MaskOptions,
): Compressor {
  checkSize("randomMask", "p and k", inFeatures, outFeatures);
  checkOptions("randomMask", options, maskNames);
  const drawn = checkRandom("randomMask", options.random).permutation(inFeatures);
  return maskAt("randomMask", tensor(drawn.slice(0, outFeatures).sort()), inFeatures);
}

/** Options of {@link selectiveMask}. */
export interface SelectiveMaskOptions extends MaskOptions {
  /** Steps of Adam. @defaultValue 100 */
  readonly steps?: number;
  /** Of Adam. @defaultValue 0.01 */
  readonly learningRate?: number;
  /** λ. @defaultValue 1e-6 */
  readonly penalty?: number;
}
const selectiveNames: OptionNames<SelectiveMaskOptions> = {
  ...maskNames,
  steps: true,
  learningRate: true,
  penalty: true,
};

/**
 * {@link gradientMask} at the k positions that keep products of training and test gradients best:
 * the largest of the S that Adam finds for
 *
 * max_S mean_t corr_i(⟨σ(S) ⊙ gᵢ, σ(S) ⊙ gₜ⟩, ⟨gᵢ, gₜ⟩) − λ ‖σ(S)‖₁
 *
 * from S ~ N(0, 0.01²).
 * @param train - gᵢ, [n, p]
 * @param test - gₜ, [m, p], of samples that no score is measured on
 * @param outFeatures - k; at most p are kept
 * @returns of gradients [..., p] → [..., min(k, p)]. Cost O(n m p) a step
 * @throws ShapeError, DTypeError unless they fit; ValueError for options out of range
 * Source: Hu and others, "GraSS: Scalable Data Attribution with Gradient Sparsification and Sparse
 * Projection", NeurIPS 2025 (arXiv 2505.18976); the defaults are ours
 * @example
 * const [train, test] = [normal(rng(1), [9, 20]), normal(rng(2), [4, 20])];
 * selectiveMask(train, test, 5, { random: rng(3), steps: 3 }).outFeatures; // 5
 */
export function selectiveMask(
  train: Tensor,
  test: Tensor,
  outFeatures: number,
  options: SelectiveMaskOptions,
): Compressor {
  const op = "selectiveMask";
  checkTensors(op, train, test);
  checkSize(op, "k", outFeatures);
  checkOptions(op, options, selectiveNames);
  const { random, steps = 100, learningRate = 0.01, penalty = 1e-6 } = options;
  checkRandom(op, random);
  if (!(Number.isSafeInteger(steps) && steps >= 0 && penalty >= 0))
    throw new ValueError(op, "steps and penalty ≥ 0", `${steps} and ${penalty}`);
  const p = train.shape[1] ?? 0;
  if (train.shape.length !== 2 || test.shape.length !== 2 || test.shape[1] !== p)
    throw new ShapeError(
      op,
      "gradients [n, p] and [m, p]",
      `${showShape(train.shape)} and ${showShape(test.shape)}`,
    );
  const dtype = checkDTypes(op, [train, test]) === "float64" ? "float64" : "float32";
  const places = scope(() => {
    const weights = parameter(normal(random, [p], 0, 0.01, { dtype }));
    const optimizer = adam([weights], { learningRate });
    const columns = transpose(test, [1, 0]);
    const whole = centred(matmul(train, columns));
    const loss = (): Tensor => {
      const kept = sigmoid(weights);
      const masked = centred(matmul(mul(train, square(kept)), columns));
      return sub(mul(penalty, sum(kept)), mean(correlation(masked, whole)));
    };
    for (let step = 0; step < steps; step++)
      scope(() => optimizer.step(valueAndGrad(loss, [weights]).grads));
    const best = slice(argsort(neg(weights)), [{ stop: outFeatures }]);
    return sort(best);
  });
  return maskAt(op, places, p);
}

const centred = (x: Tensor): Tensor => sub(x, mean(x, { axis: 0, keepdims: true }));

/** Pearson's correlation along axis 0 of what is centred: [n, ...] each → [...]. */
export const correlation = (a: Tensor, b: Tensor): Tensor =>
  div(sum(mul(a, b), 0), mul(sqrt(sum(square(a), 0)), sqrt(sum(square(b), 0))));
