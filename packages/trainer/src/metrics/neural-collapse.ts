/**
 * @file Neural collapse: how near the features of a classifier are to one point a class, those
 * points to a simplex, and the weights to the points.
 */
import {
  abs,
  add,
  argmax,
  argmin,
  div,
  expandDims,
  eye,
  matmul,
  mean,
  mul,
  noGrad,
  notEqual,
  reference,
  scope,
  segmentSum,
  sqrt,
  square,
  std,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  transpose,
  withBackend,
} from "@spm/core";
import {
  checkOptions,
  checkTensors,
  DTypeError,
  elements,
  type OptionNames,
  ShapeError,
  sameShape,
  showShape,
  showSpec,
  sizeOf,
  ValueError,
} from "@spm/core/extend";
import { pinv } from "@spm/linalg";

/** Means and covariances of features [N, d] by class, in float64 in CPU memory. */
export interface ClassStatistics {
  /** μ_c [C, d]; NaN for a class without samples. */
  readonly means: Tensor;
  /** μ_G [d], the mean over the samples, which is that of the μ_c where classes are of one size. */
  readonly globalMean: Tensor;
  /** Σ_W [d, d] = mean over samples of (h − μ_c)(h − μ_c)ᵀ */
  readonly within: Tensor;
  /** Σ_B [d, d] = mean over classes, unweighted, of (μ_c − μ_G)(μ_c − μ_G)ᵀ */
  readonly between: Tensor;
}

/**
 * Means and covariances by class.
 * @param features - h [N, d]
 * @param labels - int32 [N], in [0, classes)
 * @returns float64 tensors. Cost O(N d²)
 * @throws ShapeError, DTypeError for what doesn't fit; ValueError for a label out of range;
 * BackendError for tensors on a device
 * @example
 * ```ts
 * import { tensor } from "@spm/core";
 * import { classStatistics } from "@spm/trainer";
 * const labels = tensor(Int32Array.of(0, 0, 1));
 * classStatistics(tensor([[1], [3], [8]]), labels, 2).means; // [[2], [8]]
 * ```
 */
export function classStatistics(
  features: Tensor,
  labels: Tensor,
  classes: number,
): ClassStatistics {
  check("classStatistics", features, labels);
  checkLabels("classStatistics", labels, classes);
  return noGrad(() =>
    withBackend(reference, () => statistics(inDouble(features), inInt32(labels), classes)),
  );
}

function statistics(h: Tensor, labels: Tensor, classes: number): ClassStatistics {
  const ones = inDouble(labels, () => 1);
  const counts = expandDims(segmentSum(ones, labels, classes), 1);
  const means = div(segmentSum(h, labels, classes, 0), counts);
  const globalMean = mean(h, 0);
  const covariance = (rows: Tensor, count: number): Tensor =>
    div(matmul(transpose(rows), rows), count);
  return {
    means,
    globalMean,
    within: covariance(sub(h, take(means, labels, 0)), h.shape[0] ?? 0),
    between: covariance(sub(means, globalMean), classes),
  };
}

/**
 * Twelve measures of neural collapse, each 0 on a simplex whose points are the features and whose
 * multiples are the weights. M = rows μ_c − μ_G, W = rows of weights, ‖·‖ that of Frobenius, E =
 * (I − 11ᵀ/C)/√(C − 1), the Gram matrix of a simplex over its norm. NaN is "undefined": all that
 * have means in them are where a class has no samples, and as each says.
 */
export interface CollapseMetrics {
  /**
   * tr(Σ_W Σ_B⁺)/C; undefined where all μ_c are μ_G. Σ_B has rank C − 1 at most, so that the
   * pseudoinverse's cutoff decides where it has less, nearly; blind to what Σ_W has outside of it.
   */
  readonly nc1Whitened: number;
  /** tr Σ_W/tr Σ_B; undefined where all μ_c are μ_G. It has no cutoff. */
  readonly nc1Trace: number;
  /** Population deviation of ‖M_c‖ over their mean; undefined where all are 0. */
  readonly nc2Norms: number;
  /** Mean over pairs of |cos(M_c, M_c′) + 1/(C − 1)|; undefined where a M_c is 0. */
  readonly nc2Angles: number;
  /** ‖MMᵀ/‖MMᵀ‖ − E‖, above 0 wherever C > d + 1; undefined where all M_c are 0. */
  readonly nc2Means: number;
  /** ‖WWᵀ/‖WWᵀ‖ − E‖; undefined for W = 0. */
  readonly nc2Weights: number;
  /** Population deviation of ‖W_c‖ over their mean; undefined for W = 0. */
  readonly nc2WeightNorms: number;
  /** ‖W/‖W‖ − M/‖M‖‖²; undefined for W = 0 or M = 0. */
  readonly nc3Duality: number;
  /** ‖WMᵀ/‖WMᵀ‖ − E‖; undefined where WMᵀ is 0. */
  readonly nc3Products: number;
  /** 1 − mean over samples of cos(h − μ_G, W_y); undefined where a sample is μ_G or a W_y is 0. */
  readonly nc3Cosines: number;
  /** The share of samples whose greatest logit is not the class of the nearest μ_c. */
  readonly nc4: number;
  /** ‖W μ_G + b‖, the logits at the global mean. */
  readonly centreLogits: number;
}

/** Options of {@link neuralCollapse}. */
export interface CollapseOptions {
  /** b [C] @defaultValue 0 */
  readonly bias?: Tensor;
}

const names: OptionNames<CollapseOptions> = { bias: true };

/**
 * The distance of a classifier from neural collapse, in float64: see {@link CollapseMetrics}. Take
 * the samples that it was trained on.
 * @param features - h [N, d], what the last linear map reads
 * @param labels - int32 [N], in [0, C)
 * @param weight - W [C, d], C ≥ 2
 * @returns numbers. Cost O(N d² + d³)
 * @throws ShapeError, DTypeError for what doesn't fit; ValueError for a label out of range;
 * BackendError for tensors on a device; OptionError
 * Source: Papyan, Han, Donoho 2020; the twelve forms are those of Zhu and others 2021 (trained
 * nets), of the library of Wu and Papyan 2024, and of Súkeník, Lampert, Mondelli 2025
 * @example
 * ```ts
 * import { tensor } from "@spm/core";
 * import { neuralCollapse } from "@spm/trainer";
 * const features = tensor([[1, 0], [1, 0], [-1, 0]]);
 * const labels = tensor(Int32Array.of(0, 0, 1));
 * neuralCollapse(features, labels, tensor([[2, 0], [-2, 0]])).nc1Trace; // 0
 * ```
 */
export function neuralCollapse(
  features: Tensor,
  labels: Tensor,
  weight: Tensor,
  options: CollapseOptions = {},
): CollapseMetrics {
  check("neuralCollapse", features, labels);
  checkOptions("neuralCollapse", options, names);
  const { bias } = options;
  checkTensors("neuralCollapse", weight, ...(bias ? [bias] : []));
  const [classes = 0] = weight.shape;
  if (weight.shape.length !== 2 || classes < 2 || weight.shape[1] !== features.shape[1])
    throw new ShapeError(
      "neuralCollapse",
      `weights [C, ${features.shape[1]}], C ≥ 2`,
      showShape(weight.shape),
    );
  checkLabels("neuralCollapse", labels, classes);
  if (bias !== undefined && !sameShape(bias.shape, [classes]))
    throw new ShapeError("neuralCollapse", `a bias [${classes}]`, showShape(bias.shape));
  return noGrad(() =>
    withBackend(reference, () =>
      scope(() => {
        const [h, y, w] = [inDouble(features), inInt32(labels), inDouble(weight)];
        const found = statistics(h, y, classes);
        const logits = matmul(h, transpose(w));
        const shift = bias === undefined ? 0 : inDouble(bias);
        return {
          ...variability(found, classes),
          ...simplex(sub(found.means, found.globalMean), w, classes),
          nc3Cosines: 1 - one(mean(cosines(sub(h, found.globalMean), take(w, y, 0)))),
          nc4: mismatch(h, found.means, add(logits, shift)),
          centreLogits: one(size(add(matmul(w, found.globalMean), shift))),
        };
      }),
    ),
  );
}

/** NC1, of features alone. */
function variability(
  { within, between }: ClassStatistics,
  classes: number,
): Pick<CollapseMetrics, "nc1Whitened" | "nc1Trace"> {
  const spread = one(trace(between));
  if (!(spread > 0)) return { nc1Whitened: Number.NaN, nc1Trace: Number.NaN };
  return {
    nc1Whitened: one(trace(matmul(within, pinv(between)))) / classes,
    nc1Trace: one(trace(within)) / spread,
  };
}

/** NC2 and NC3 of centred means M and weights W, [C, d] both. */
function simplex(m: Tensor, w: Tensor, classes: number) {
  const identity = eye(classes, undefined, { dtype: "float64" });
  const etf = div(sub(identity, 1 / classes), Math.sqrt(classes - 1));
  const gram = (a: Tensor, b: Tensor): Tensor => matmul(a, transpose(b));
  const distance = (product: Tensor): number => one(size(sub(normalised(product), etf)));
  const deviation = (x: Tensor): number => {
    const norms = sqrt(sum(square(x), 1));
    return one(std(norms, { correction: 0 })) / one(mean(norms));
  };
  const angles = cosines(expandDims(m, 1), expandDims(m, 0));
  const offDiagonal = mul(abs(add(angles, 1 / (classes - 1))), sub(1, identity));
  return {
    nc2Norms: deviation(m),
    nc2Angles: one(sum(offDiagonal)) / (classes * (classes - 1)),
    nc2Means: distance(gram(m, m)),
    nc2Weights: distance(gram(w, w)),
    nc2WeightNorms: deviation(w),
    nc3Duality: one(size(sub(normalised(w), normalised(m)))) ** 2,
    nc3Products: distance(gram(w, m)),
  };
}

/** NC4 of features [N, d], means [C, d] and logits [N, C]. */
function mismatch(h: Tensor, means: Tensor, logits: Tensor): number {
  if (Number.isNaN(one(sum(means)))) return Number.NaN;
  const distances = sum(square(sub(expandDims(h, 1), means)), 2);
  const differ = notEqual(argmax(logits, { axis: 1 }), argmin(distances, { axis: 1 }));
  return one(mean(inDouble(differ)));
}

/** Along the last axis. */
const cosines = (a: Tensor, b: Tensor): Tensor =>
  div(sum(mul(a, b), -1), sqrt(mul(sum(square(a), -1), sum(square(b), -1))));

/** Frobenius norm. */
const size = (x: Tensor): Tensor => sqrt(sum(square(x)));
const normalised = (x: Tensor): Tensor => div(x, size(x));
const trace = (x: Tensor): Tensor => {
  const identity = eye(x.shape[0] ?? 0, undefined, { dtype: "float64" });
  return sum(mul(x, identity));
};
const one = (x: Tensor): number => Number(x.ndarray().get());

/** On the reference, whatever the dtype. */
const inDouble = (x: Tensor, map: (value: number) => number = Number): Tensor =>
  tensor(Float64Array.from(elements(x.ndarray()), map), { shape: x.shape });
const inInt32 = (x: Tensor): Tensor => tensor(Int32Array.from(elements(x.ndarray())));

function check(op: string, features: Tensor, labels: Tensor): void {
  checkTensors(op, features, labels);
  if (labels.dtype !== "int32") throw new DTypeError(op, "int32 labels", showSpec(labels));
  const [count] = features.shape;
  if (features.shape.length !== 2 || sizeOf(features.shape) === 0)
    throw new ShapeError(op, "features [N, d], N ≥ 1", showShape(features.shape));
  if (!sameShape(labels.shape, [count ?? 0]))
    throw new ShapeError(op, `labels [${count}]`, showShape(labels.shape));
}

function checkLabels(op: string, labels: Tensor, classes: number): void {
  const wrong = elements(labels.ndarray()).find((label) => label < 0 || label >= classes);
  if (wrong !== undefined) throw new ValueError(op, `labels in [0, ${classes})`, wrong);
}
