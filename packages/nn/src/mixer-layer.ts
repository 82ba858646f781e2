/** @file The mixer as a layer: a drop-in for Linear(in, out) with O(n log n) parameters. */

import {
  cast,
  full,
  noGrad,
  ones,
  type Parameter,
  parameter,
  scope,
  Tensor,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import { assignAll, checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import {
  applyInverse,
  type BackwardMode,
  type Factors,
  type InitOptions,
  initialParameters,
  logAbsDet,
  type MixerInit,
  type MixerKind,
  type Rectangular,
  type Schedule,
} from "@spm/mixer";
import { type FromDenseOptions, flops, fromDense } from "@spm/mixer/analysis";
import {
  applyTiled,
  byName,
  checkMixer,
  inFeatures,
  inOrder,
  type Named,
  type Names,
  outFeatures,
  planTiling,
  type Tiling,
} from "@spm/mixer/extend";
import { describe } from "./description/module-kind.ts";
import { LinearMap, type LinearOptions, linearOptions } from "./linear-map.ts";

/** Options of {@link MixerLayer}. */
export interface MixerLayerOptions<N extends Names = Names>
  extends LinearOptions,
    Omit<InitOptions, "init"> {
  /**
   * The schedule of one operator, over n ≥ max(in, out) coordinates (n ≥ min(in, out) with
   * `split`). `shuffle(n)` fits any n without padding.
   * @defaultValue a butterfly over the next power of two: it mixes fully in log₂ n stages, and
   * there are fast kernels for it; the padding is less than half of its width
   */
  readonly schedule?: Schedule;
  /**
   * The form of a map that is not square: one operator, in which every output sees every input, or
   * several smaller ones.
   * @defaultValue "pad"
   */
  readonly rectangular?: Rectangular;
  /**
   * Whether there is a d_in; d_out is there in any case, with the gain.
   * @defaultValue true
   */
  readonly diagonals?: boolean;
  /**
   * Initial parameters: a distribution by name, or factors, such as a preset or what `fromDense`
   * finds, whose schedule is taken, too.
   * @defaultValue "haar"
   */
  readonly init?: MixerInit | Factors<N>;
  /**
   * The source of the stages' inputs in the backward pass.
   * @defaultValue "reverse" for an orthogonal kind, "recompute" for others
   */
  readonly backward?: BackwardMode;
}

const names: OptionNames<MixerLayerOptions> = {
  ...linearOptions,
  schedule: true,
  rectangular: true,
  diagonals: "boolean",
  init: true,
  noise: true,
  dtype: true,
  backward: true,
};

/**
 * A mixer as a layer, y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, with initial diagonals of 1 and of
 * `gain`. x [..., in] → [..., out]; parameters: nL/2 of rotations or 2nL of free blocks, and in +
 * 2·out; 3nL FLOP a row. The parameters of the blocks are fields, by name. They and the bias are
 * exempt from weight decay, which would draw the stages to the identity or to zero; the diagonals
 * are not.
 * @throws ShapeError for a schedule too narrow; ValueError for an init of other sizes, or of
 * another kind
 * @example
 * const layer = new MixerLayer(rotationMixer, 784, 256, { random: rng(1), gain: Math.SQRT2 });
 * layer.forward(ones([2, 784])).shape; // [2, 256]
 */
export class MixerLayer<N extends Names = Names> extends LinearMap {
  readonly mixer: MixerKind<N>;
  readonly dIn: Parameter | null;
  readonly dOut: Parameter;
  readonly bias: Parameter | null;
  readonly tiling: Tiling;
  readonly #backward: { readonly backward?: BackwardMode };

  constructor(
    mixer: MixerKind<N>,
    inFeatures: number,
    outFeatures: number,
    options: MixerLayerOptions<N>,
  ) {
    super(inFeatures, outFeatures);
    checkMixer("MixerLayer", mixer);
    checkOptions("MixerLayer", options, names);
    const { gain = 1, bias = true, diagonals = true, rectangular = "pad", random } = options;
    const init = typeof options.init === "object" ? undefined : options.init;
    const given = typeof options.init === "object" ? options.init : undefined;
    if (given !== undefined) checkGiven(given, mixer, inFeatures, outFeatures);
    const dtype = options.dtype ?? (given === undefined ? "float32" : dtypeOf(given));
    const schedule = given?.schedule ?? options.schedule;
    this.mixer = mixer;
    this.#backward = options.backward ? { backward: options.backward } : {};
    this.tiling = planTiling(inFeatures, outFeatures, {
      rectangular,
      ...(schedule && { schedule }),
    });
    describe(this, {
      ...{ mixer, inFeatures, outFeatures, schedule: this.tiling.operator, rectangular },
      ...{ diagonals: diagonals || given?.dIn !== undefined, bias, dtype },
    });
    this.dIn =
      diagonals || given?.dIn !== undefined
        ? parameter(() => given?.dIn ?? ones(this.tiling.dIn, { dtype }))
        : null;
    this.dOut = parameter(() => given?.dOut ?? full(this.tiling.dOut, given ? 1 : gain, { dtype }));
    this.bias = bias
      ? parameter(() => given?.bias ?? zeros([outFeatures], { dtype }), { decay: false })
      : null;
    const { parameterisation } = mixer;
    const { noise } = options;
    const initial = () =>
      given?.parameters ??
      initialParameters(mixer, this.schedule, random, {
        dtype,
        ...(init !== undefined && { init }),
        ...(noise !== undefined && { noise }),
      });
    const list = scope(() =>
      inOrder(parameterisation, initial()).map((value) => parameter(value, { decay: false })),
    );
    // fields of a module, as all parameters are
    Object.assign(this, byName(parameterisation, list));
  }

  override get label(): string {
    return `MixerLayer(${this.mixer.parameterisation.name})`;
  }

  /** The schedule of all operators, side by side. */
  get schedule(): Schedule {
    return this.tiling.schedule;
  }

  /** The layer's factors, for the algebra: transpose, inverse, determinant. */
  get factors(): Factors<N> & { readonly parameters: Named<N, Parameter> } {
    const { mixer, schedule, dIn, dOut, bias } = this;
    const { parameterisation } = mixer;
    const fields = parameterisation.parameters.map(({ name }): unknown => Reflect.get(this, name));
    const parameters = byName<N, Parameter>(parameterisation, fields.filter(isParameter));
    return { mixer, schedule, parameters, dOut, ...(dIn && { dIn }), ...(bias && { bias }) };
  }

  /** @throws ShapeError unless x is [..., in] */
  forward(x: Tensor): Tensor {
    this.checkInput(x);
    return this.#apply(this.factors, x);
  }

  /**
   * The x of W x + bias = y, by the inverse of each block in reverse order. y [..., n] → [..., n],
   * at O(nL) a row.
   * @throws ShapeError unless W is square and as wide as the schedule; ValueError for a block that
   * can't be inverted
   */
  inverse(y: Tensor): Tensor {
    this.checkInput(y);
    return applyInverse(this.factors, y);
  }

  /**
   * ln |det W| = Σ ln |ad − bc| + Σ ln |d_in| + Σ ln |d_out|. A scalar, in O(nL).
   * @throws ShapeError, ValueError as {@link inverse}
   */
  logAbsDet(): Tensor {
    return logAbsDet(this.factors);
  }

  toDense(): Tensor {
    const { bias: _, ...linear } = this.factors;
    const n = this.inFeatures;
    const unit = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));
    const { backend } = this.dOut;
    return transpose(
      this.#apply(linear, tensor(unit, { shape: [n, n], dtype: floating(this.dOut), backend })),
    );
  }

  /**
   * Moves the layer as near to W as `fromDense` finds, on its own schedule; the bias is unchanged.
   * @param weight - [out, in]
   * @returns ‖W′ − W‖ / ‖W‖
   * @throws ValueError for a layer of several operators, or one without diagonals
   * @example
   * const layer = new MixerLayer(generalMixer, 8, 8, { random: rng(1) });
   * layer.assignDense(toDense(hadamard(8, { dtype: "float32" }))) < 1e-6; // true
   */
  override assignDense(
    weight: Tensor,
    options: Pick<FromDenseOptions, "sweeps" | "random"> = {},
  ): number {
    checkOptions("assignDense", options, { sweeps: true, random: true });
    this.checkDense(weight);
    const { mixer, tiling, schedule, dIn, dOut } = this;
    const { parameterisation } = mixer;
    if (tiling.form !== "one" || dIn === null)
      throw new ValueError(
        "assignDense",
        "one operator with diagonals",
        `${tiling.count} with ${dIn ? "" : "no "}d_in`,
      );
    return noGrad(() => {
      const found = fromDense<N>(cast(weight, floating(dOut)), { ...options, mixer, schedule });
      const values = inOrder(parameterisation, found.factors.parameters);
      const own = inOrder<Parameter>(parameterisation, this.factors.parameters);
      assignAll([
        [dIn, found.factors.dIn],
        [dOut, found.factors.dOut],
        ...own.map((p, k) => [p, values[k] ?? p] as const),
      ]);
      return found.error;
    });
  }

  get flopsPerRow(): number {
    const { mixer, tiling, inFeatures, outFeatures, bias } = this;
    const { form, count } = tiling;
    const layout = {
      inFeatures: form === "stack" ? count * inFeatures : inFeatures,
      outFeatures: form === "fold" ? count * outFeatures : outFeatures,
    };
    const bare = { ...layout, bias: false };
    const folded = form === "fold" ? count * outFeatures : 0;
    return flops(mixer, this.schedule, bare).forward + folded + (bias === null ? 0 : outFeatures);
  }

  #apply(factors: Factors<N>, x: Tensor): Tensor {
    const { tiling, dOut } = this;
    const dIn = factors.dIn ?? ones(tiling.dIn, { dtype: floating(x), backend: x.backend });
    return applyTiled(tiling, { ...factors, dIn, dOut }, x, this.#backward);
  }
}

/** Refuses an init of another kind or size. */
function checkGiven(init: Factors, mixer: MixerKind, inputs: number, outputs: number): void {
  const [wanted, got] = [mixer, init.mixer].map(({ parameterisation }) => parameterisation.name);
  if (init.mixer !== mixer)
    throw new ValueError(
      "mixer",
      `an init of the ${wanted} kind`,
      got,
      `hadamard(n, { mixer }) and the like make one`,
    );
  if (inFeatures(init) !== inputs || outFeatures(init) !== outputs)
    throw new ValueError(
      "mixer",
      `an init for ${inputs} → ${outputs}`,
      `one for ${inFeatures(init)} → ${outFeatures(init)}`,
    );
}

/** Whether a field holds a parameter, or the tensor that `functionalCall` puts in its place. */
const isParameter = (field: unknown): field is Parameter => field instanceof Tensor;

const floating = (x: Tensor): "float32" | "float64" =>
  x.dtype === "float64" ? "float64" : "float32";

function dtypeOf({ mixer, parameters }: Factors): "float32" | "float64" {
  const [first] = inOrder(mixer.parameterisation, parameters);
  return first === undefined ? "float32" : floating(first);
}
