/**
 * @file The linear datamodelling score: how well sums of scores foretell the models that subsets of
 * the training samples make; and the search of a damping by it.
 */
import {
  expandDims,
  matmul,
  mean,
  scope,
  sign,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
} from "@spm/core";
import {
  checkFunction,
  checkList,
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  sameShape,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { correlation } from "./masks.ts";

/**
 * Spearman's rank correlation along axis 0, ties with their average rank: Pearson's of the ranks.
 * NaN where all numbers of one side are equal.
 * @param a - [J, ...], finite
 * @param b - of a's shape and dtype
 * @returns [...]. Cost and memory J² for each column
 * @throws ShapeError unless the shapes are equal, DTypeError
 * @example spearman(tensor([1, 5, 5, 9]), tensor([2, 3, 4, 8])); // 0.9487
 */
export function spearman(a: Tensor, b: Tensor): Tensor {
  checkTensors("spearman", a, b);
  if (a.shape.length === 0 || !sameShape(a.shape, b.shape))
    throw new ShapeError(
      "spearman",
      "two of one shape [J, ...]",
      `${showShape(a.shape)} and ${showShape(b.shape)}`,
    );
  return correlation(centredRanks(a), centredRanks(b));
}

/** Twice the average ranks without their mean: the numbers below less the numbers above. */
const centredRanks = (x: Tensor): Tensor => sum(sign(sub(expandDims(x, 1), expandDims(x, 0))), 1);

/**
 * The linear datamodelling score of each test sample,
 *
 * LDS(t) = Spearman_j(Σ_{i ∈ Sⱼ} τ(i, t), f(t; θⱼ)),
 *
 * with θⱼ trained on the subset Sⱼ alone. Truth and scores are of one sign: margins for TRAK; a
 * loss falls where a helpful sample is in, so that its LDS is negative. Only orders count.
 * @param scores - τ, [n, m]
 * @param subsets - Sⱼ, J lists of training samples in [0, n)
 * @param truth - f(t; θⱼ), [J, m]
 * @returns [m]; the mean is what is reported
 * @throws ShapeError, DTypeError unless they fit; ValueError for a sample out of range
 * Source: Park and others, "TRAK: Attributing Model Behavior at Scale", 2023 (arXiv 2303.14186)
 * @example lds(tensor([[1], [2], [3]]), [[0], [1], [0, 2]], tensor([[5], [6], [7]])); // [1]
 */
export function lds(
  scores: Tensor,
  subsets: readonly (readonly number[])[],
  truth: Tensor,
): Tensor {
  checkTensors("lds", scores, truth);
  checkList("lds", subsets, "subsets");
  const [n, m] = scores.shape;
  const J = subsets.length;
  if (n === undefined || scores.shape.length !== 2 || !sameShape(truth.shape, [J, m ?? 0]))
    throw new ShapeError(
      "lds",
      `scores [n, m] and truth [${J}, m]`,
      `${showShape(scores.shape)} and ${showShape(truth.shape)}`,
    );
  const members = new Float64Array(J * n);
  for (const [j, subset] of subsets.entries())
    for (const i of checkList("lds", subset, "samples")) {
      if (!Number.isInteger(i) || i < 0 || i >= n)
        throw new ValueError("lds", `samples in [0, ${n})`, i);
      members[j * n + i] = 1;
    }
  const dtype = scores.dtype;
  const within = tensor(members, { shape: [J, n], dtype, backend: scores.backend });
  return spearman(matmul(within, scores), truth);
}

/** Options of {@link searchDamping}. */
export interface SearchDampingOptions {
  /** The test samples that choose, in [0, m). */
  readonly heldOut: readonly number[];
  /** @defaultValue 1e-7, 1e-6, … 100 */
  readonly dampings?: readonly number[];
}
const searchNames: OptionNames<SearchDampingOptions> = { heldOut: true, dampings: true };
const decades: readonly number[] = [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100];

/** The result of {@link searchDamping}. */
export interface DampingSearch {
  readonly damping: number;
  /** The mean LDS of the samples that chose. */
  readonly heldOut: number;
  /** That of the others: what to report. NaN where there are none. */
  readonly others: number;
  /** All that were tried, with the mean LDS of the samples that choose. */
  readonly tried: readonly { readonly damping: number; readonly lds: number }[];
}

/**
 * The damping with the largest mean {@link lds} on held-out test samples, and what it comes to on
 * the others. Each compressor needs its own.
 * @param score - τ at a damping, [n, m]
 * @param subsets - as of {@link lds}
 * @param truth - [J, m]
 * @returns the best damping and both means
 * @throws ValueError unless some test samples are held out, or where no LDS is a number
 * @example
 * const train = { "": tensor([[1, 0], [0, 2], [1, 1]]) };
 * const gradients = [{ train, test: { "": tensor([[1, 0], [0, 1]]) } }];
 * const score = (damping: number) => influence(gradients, { damping });
 * const truth = tensor([[1, 3], [3, 1], [2, 2]]);
 * (await searchDamping(score, [[1], [0], [2]], truth, { heldOut: [0] })).heldOut; // 1
 */
export function searchDamping(
  score: (damping: number) => Tensor,
  subsets: readonly (readonly number[])[],
  truth: Tensor,
  options: SearchDampingOptions,
): Promise<DampingSearch> {
  const op = "searchDamping";
  checkFunction(op, score);
  checkTensors(op, truth);
  checkOptions(op, options, searchNames);
  const { heldOut, dampings = decades } = options;
  const m = truth.shape[1] ?? 0;
  const chooses = new Set(checkList(op, heldOut, "test samples"));
  const wrong = [...chooses].find((t) => !Number.isInteger(t) || t < 0 || t >= m);
  if (wrong !== undefined || chooses.size === 0)
    throw new ValueError(op, `held-out samples in [0, ${m})`, wrong ?? "none");
  const rest = Array.from({ length: m }, (_, t) => t).filter((t) => !chooses.has(t));
  checkList(op, dampings, "dampings");
  return search(dampings, (damping) => {
    const each = lds(score(damping), subsets, truth);
    const { backend } = each;
    const meanOf = (samples: readonly number[]): Tensor =>
      mean(take(each, tensor(Int32Array.from(samples), { backend })));
    return [meanOf([...chooses]), meanOf(rest)];
  });
}

/** The search itself; `means` of a damping are those of the held-out samples and of the others. */
async function search(
  dampings: readonly number[],
  means: (damping: number) => Tensor[],
): Promise<DampingSearch> {
  const tried: { damping: number; lds: number }[] = [];
  let best = { damping: Number.NaN, heldOut: Number.NaN, others: Number.NaN };
  for (const damping of dampings) {
    const both = await Promise.all(scope(() => means(damping)).map(read));
    const [heldOut = Number.NaN, others = Number.NaN] = both;
    tried.push({ damping, lds: heldOut });
    if (Number.isNaN(best.heldOut) || heldOut > best.heldOut) best = { damping, heldOut, others };
  }
  if (Number.isNaN(best.heldOut))
    throw new ValueError("searchDamping", "an LDS that is a number", "NaN for each damping");
  return { ...best, tried };
}

/** A scalar's number; the tensor is released. */
async function read(x: Tensor): Promise<number> {
  const [value = Number.NaN] = await x.data();
  x.dispose();
  return value;
}
