/**
 * @file Influence and TRAK: what a training sample does to a test sample's loss or margin, from
 * compressed gradients of both.
 */
import {
  abs,
  add,
  div,
  expandDims,
  less,
  matmul,
  mul,
  neg,
  scope,
  sigmoid,
  square,
  sum,
  type Tensor,
  transpose,
  where,
} from "@spm/core";
import {
  checkDTypes,
  checkList,
  checkOptions,
  checkTensors,
  kindOf,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { checkSize } from "./compressor.ts";
import { solveDamped } from "./factorisation.ts";
import type { GradientBlocks } from "./gradients.ts";

/** Compressed gradients at one checkpoint of training, in the same blocks. */
export interface CheckpointGradients {
  /** Of n training samples, [n, k] a block. */
  readonly train: GradientBlocks;
  /** Of m test samples, [m, k] a block. */
  readonly test: GradientBlocks;
}

/** One λ, or several. */
export type Damping = number | readonly number[];

/** The scores at a damping: a tensor, or one for each of several. */
export type ScoresOf<D extends Damping> = D extends number ? Tensor : Tensor[];

/** Options of scores. */
export interface ScoreOptions<D extends Damping = number> {
  /**
   * λ ≥ 0, or several, which share the products that the scores are made from. There is no good
   * default: {@link searchDamping} finds one.
   */
  readonly damping: D;
  /**
   * The matrix that λ multiplies: the identity, or tr(A)/k · I of each block's damped matrix A, the
   * mean of its diagonal.
   * @defaultValue "identity"
   */
  readonly dampingBy?: "identity" | "trace";
}
const scoreNames: OptionNames<ScoreOptions> = { damping: true, dampingBy: true };

/** The dampings. @throws OptionError, ValueError for one that is none */
function checkedDampings(
  op: string,
  options: ScoreOptions<Damping>,
  names: Record<string, true>,
): readonly number[] {
  checkOptions<object>(op, options, names);
  const { damping, dampingBy = "identity" } = options;
  const all: readonly number[] = typeof damping === "object" ? damping : [damping];
  checkList(op, all, "dampings");
  checkSize(op, "dampings", all.length);
  const wrong = all.findIndex((one) => !(one >= 0 && one < Infinity));
  if (wrong !== -1) throw new ValueError(op, "damping ≥ 0", all[wrong]);
  if (dampingBy !== "identity" && dampingBy !== "trace")
    throw new ValueError(op, "identity or trace", kindOf(dampingBy));
  return all;
}

/** A tensor for one damping, a list for several. */
const asAsked = <D extends Damping>(damping: D, scores: Tensor[]): ScoresOf<D> =>
  (typeof damping === "object" ? scores : scores[0]) as ScoresOf<D>;

/**
 * Influence, the mean over checkpoints of
 *
 * τ(i, t) = Σ_blocks ĝₜᵀ (F + λI)⁻¹ ĝᵢ, F = (1/n) Σ ĝĝᵀ of the training samples:
 *
 * a large one says that sample i, taken out, raises the loss of t. With `dampingBy: "trace"` λ is
 * λ · tr(F)/k, block by block.
 * @param checkpoints - gradients of losses, [n, k] and [m, k] by block; one checkpoint or several.
 * Float32 numbers below 2⁻⁶³ count as 0
 * @returns [n, m], for several λ a list of them. Cost n k² FLOP a block and k³/3 + 2k²m for each λ,
 * or n² k and n³/3 + 2n²m where k > n: then the Gram matrix of the samples is solved instead
 * @throws ShapeError, DTypeError for blocks that don't fit; ValueError for λ < 0, or where the
 * damped matrix is singular; OptionError
 * Source: Koh, Liang, "Understanding Black-box Predictions via Influence Functions", 2017, with the
 * empirical Fisher matrix as Hessian
 * @example
 * const train = { "": tensor([[1, 0], [0, 2]]) };
 * influence([{ train, test: { "": tensor([[1, 1]]) } }], { damping: 0.5 }); // [[1], [0.8]]
 */
export function influence<const D extends Damping>(
  checkpoints: readonly CheckpointGradients[],
  options: ScoreOptions<D>,
): ScoresOf<D> {
  const dampings = checkedDampings("influence", options, scoreNames);
  const { dampingBy = "identity" } = options;
  const all = checkedCheckpoints("influence", checkpoints).map((blocks) => {
    const each = blocks.map((gradients) =>
      scope(() => {
        const [train, test] = [flushed(gradients.train), flushed(gradients.test)];
        const n = train.shape[0] ?? 0;
        // n (Σ ĝĝᵀ + nλI)⁻¹ = (F + λI)⁻¹; tr(Σ ĝĝᵀ)/k is n tr(F)/k already
        const totals = dampings.map((damping) =>
          dampingBy === "trace" ? meanDiagonal(train, damping) : n * damping,
        );
        return dampedProducts(train, test, totals).map((products) => mul(products, n));
      }),
    );
    return summed(each);
  });
  return asAsked(
    options.damping,
    summed(all).map((scores) => div(scores, all.length)),
  );
}

/** Gradients of margins at one checkpoint, and the margins. */
export interface TrakCheckpoint extends CheckpointGradients {
  /** Of the training samples, [n]: 1 − p_y = σ(−margin). */
  readonly margins: Tensor;
}

/** Options of {@link trak}. */
export interface TrakOptions<D extends Damping = number> extends ScoreOptions<D> {
  /** p, the number of the model's parameters. */
  readonly parameters: number;
}
const trakNames: OptionNames<TrakOptions> = { ...scoreNames, parameters: true };

/**
 * TRAK. With Φ of rows ĝᵢ/√p, ĝ the compressed gradients of margins,
 *
 * τ(i, t) = mean_checkpoints [Σ_blocks φₜ (ΦᵀΦ + λI)⁻¹ φᵢᵀ] · mean_checkpoints (1 − pᵢ),
 *
 * without 1/n. A large one says that sample i raises the margin of t. With `dampingBy: "trace"` λ
 * is λ · tr(ΦᵀΦ)/k, block by block.
 * @param checkpoints - gradients of margins, [n, k] and [m, k] by block, with margins [n]. Float32
 * numbers below 2⁻⁶³ of them, over √p, count as 0
 * @returns [n, m], for several λ a list of them. Cost as of {@link influence}
 * @throws ShapeError, DTypeError for blocks that don't fit; ValueError for λ < 0, or where the
 * damped matrix is singular; OptionError
 * Source: Park and others, "TRAK: Attributing Model Behavior at Scale", 2023 (arXiv 2303.14186)
 * @example
 * const train = { "": tensor([[1, 0], [0, 2]]) };
 * const checkpoint = { train, test: { "": tensor([[1, 1]]) }, margins: zeros([2]) };
 * trak([checkpoint], { damping: 1, parameters: 1 }); // [[0.25], [0.2]]
 */
export function trak<const D extends Damping>(
  checkpoints: readonly TrakCheckpoint[],
  options: TrakOptions<D>,
): ScoresOf<D> {
  const dampings = checkedDampings("trak", options, trakNames);
  const { dampingBy = "identity", parameters } = options;
  checkSize("trak", "parameters", parameters);
  const scale = 1 / Math.sqrt(parameters);
  const scaled = (g: Tensor): Tensor => scope(() => flushed(mul(g, scale)));
  const all = checkedCheckpoints("trak", checkpoints).map((blocks) => {
    const each = blocks.map(({ train, test }) =>
      scope(() => {
        const [phi, phiTest] = [scaled(train), scaled(test)];
        const totals = dampings.map((damping) =>
          dampingBy === "trace" ? meanDiagonal(phi, damping) : damping,
        );
        return dampedProducts(phi, phiTest, totals);
      }),
    );
    return summed(each);
  });
  const weights = checkpoints.map(({ margins }) => {
    checkTensors("trak", margins);
    const n = all[0]?.[0]?.shape[0] ?? 0;
    if (margins.shape.length === 1 && margins.shape[0] === n) return [sigmoid(neg(margins))];
    throw new ShapeError("trak", `margins [${n}]`, showShape(margins.shape));
  });
  const [weight = 0] = summed(weights).map((w) => expandDims(div(w, all.length), 1));
  return asAsked(
    options.damping,
    summed(all).map((products) => mul(div(products, all.length), weight)),
  );
}

interface BlockGradients {
  readonly train: Tensor;
  readonly test: Tensor;
}

/** The blocks of each checkpoint, which fit each other. */
function checkedCheckpoints(
  op: string,
  checkpoints: readonly CheckpointGradients[],
): BlockGradients[][] {
  checkList(op, checkpoints, "checkpoints");
  checkSize(op, "checkpoints", checkpoints.length);
  const sizes = new Set<string>();
  const all = checkpoints.map((checkpoint) => {
    const { train, test }: Partial<CheckpointGradients> = Object(checkpoint);
    const names = Object.keys(Object(train)).sort();
    if (names.length === 0 || `${names}` !== `${Object.keys(Object(test)).sort()}`)
      throw new ValueError(
        op,
        "gradients { train, test } in the same blocks",
        names.join() || "none",
      );
    return names.map((name) => {
      const fitting = fit(op, train?.[name], test?.[name]);
      sizes.add(`${fitting.train.shape[0]} and ${fitting.test.shape[0]}`);
      return fitting;
    });
  });
  if (sizes.size > 1)
    throw new ShapeError(op, "the same samples in each block", [...sizes].join(", "));
  return all;
}

/** @throws ShapeError unless the gradients are [n, k] and [m, k] */
function fit(op: string, train: Tensor | undefined, test: Tensor | undefined): BlockGradients {
  checkTensors(op, train, test);
  const [a, b] = [train?.shape ?? [], test?.shape ?? []];
  if (!train || !test || a.length !== 2 || b.length !== 2 || a[1] !== b[1] || !a[0] || !a[1])
    throw new ShapeError(op, "gradients [n, k] and [m, k]", `${showShape(a)} and ${showShape(b)}`);
  checkDTypes(op, [train, test]);
  return { train, test };
}

/** The square of a smaller number is subnormal in float32. */
const LEAST = 2 ** -63;

/**
 * x, with 0 for float32 numbers below 2⁻⁶³: what they add to products is lost in rounding, but CPUs
 * take many times as long where a product is subnormal. A trained rotation mixer's gradients have
 * such numbers, and were scored 8 to 12 times more slowly with them.
 */
function flushed(x: Tensor): Tensor {
  if (x.dtype !== "float32") return x;
  return scope(() => {
    const small = scope(() => less(abs(x), LEAST)); // without the sizes: gradients are large
    return where(small, 0, x);
  });
}

/** λ tr(ΦᵀΦ)/k, [] */
const meanDiagonal = (phi: Tensor, damping: number): Tensor =>
  mul(sum(square(phi)), damping / (phi.shape[1] ?? 1));

const transposed = (x: Tensor): Tensor => transpose(x, [1, 0]);

/** Φ (ΦᵀΦ + λI)⁻¹ Φ_tᵀ, [n, m], for each λ; where k > n, the same is (ΦΦᵀ + λI)⁻¹ ΦΦ_tᵀ. */
function dampedProducts(
  phi: Tensor,
  phiTest: Tensor,
  dampings: readonly (number | Tensor)[],
): Tensor[] {
  const [n = 0, k = 0] = phi.shape;
  const columns = transposed(phiTest);
  return scope(() =>
    k > n
      ? solveDamped(phi, dampings, matmul(phi, columns))
      : solveDamped(transposed(phi), dampings, columns).map((solved) => matmul(phi, solved)),
  );
}

/** The sums of lists, place by place. */
const summed = (lists: readonly (readonly Tensor[])[]): Tensor[] =>
  (lists[0] ?? []).map((_, place) =>
    lists.flatMap((list) => list[place] ?? []).reduce((a, b) => add(a, b)),
  );
