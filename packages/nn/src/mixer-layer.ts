/** @file The mixer as a layer: a drop-in for Linear(in, out) with O(n log n) parameters. */
import {
  cast,
  full,
  noGrad,
  ones,
  type Parameter,
  parameter,
  Tensor,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import { ValueError } from "@spm/core/extend";
import {
  type BackwardMode,
  type Factors,
  type InitOptions,
  initialParameters,
  type MixerInit,
  type MixerKind,
  type Rectangular,
  type Schedule,
} from "@spm/mixer";
import { type FromDenseOptions, flops, fromDense } from "@spm/mixer/analysis";
import {
  applyTiled,
  byName,
  fanIn,
  fanOut,
  inOrder,
  type Named,
  type Names,
  planTiling,
  type Tiling,
} from "@spm/mixer/extend";
import type { LinearOptions } from "./linear-map.ts";
import { LinearMap } from "./linear-map.ts";

/** How a mixer layer is built. */
export interface MixerLayerOptions<N extends Names = Names> extends LinearOptions, InitOptions {
  /**
   * Pairings of one operator, over n ≥ max(in, out) coordinates (n ≥ min(in, out) with `split`).
   * Unless given, a butterfly over the next power of two, which mixes fully in log₂ n stages and
   * which the fast kernels know; the padding costs at most half of the width, and
   * `schedule: shuffle(n)` spares it.
   */
  readonly schedule?: Schedule;
  /**
   * What a map that is not square is made of; `pad` unless said: one operator, in which every
   * output sees every input.
   */
  readonly rectangular?: Rectangular;
  /**
   * Learned diagonals before and after the stages (true unless said; without them d_out still
   * carries the gain).
   */
  readonly diagonals?: boolean;
  /**
   * Initial parameters: a distribution by name, or factors, such as a preset or what `fromDense`
   * finds, whose schedule is taken, too.
   * @defaultValue "haar"
   */
  readonly init?: MixerInit | Factors<N>;
  readonly backward?: BackwardMode;
}

/**
 * A linear map in → out as a mixer: y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, the diagonals
 * starting at 1 and at `gain`. The parameters of the blocks are its fields, by name. Weight decay
 * spares them, since it would draw the stages to the identity or to nothing, and the bias; it acts
 * on the diagonals.
 * x [..., in] → [..., out]; parameters: of the kind (a rotation nL/2, a general mixer 2nL +
 * unpaired coordinates), in + 2·out; 3nL FLOP a row.
 * @throws ShapeError for a schedule too narrow; ValueError for an init of other sizes, or of
 * another kind
 * @example
 * const layer = new MixerLayer(rotationMixer, 784, 256, { random: rng(1), gain: Math.SQRT2 });
 */
export class MixerLayer<N extends Names = Names> extends LinearMap {
  readonly mixer: MixerKind<N>;
  readonly dIn: Parameter | null;
  readonly dOut: Parameter;
  readonly bias: Parameter | null;
  readonly tiling: Tiling;
  readonly #backward: BackwardMode | undefined;

  constructor(mixer: MixerKind<N>, inputs: number, outputs: number, options: MixerLayerOptions<N>) {
    super(inputs, outputs);
    const { gain = 1, bias = true, diagonals = true, rectangular = "pad", random } = options;
    const init = typeof options.init === "object" ? undefined : options.init;
    const given = typeof options.init === "object" ? options.init : undefined;
    if (given !== undefined) checkGiven(given, mixer, inputs, outputs);
    const dtype = options.dtype ?? (given === undefined ? "float32" : dtypeOf(given));
    this.mixer = mixer;
    this.#backward = options.backward;
    this.tiling = planTiling(rectangular, inputs, outputs, given?.schedule ?? options.schedule);
    this.dIn =
      diagonals || given?.dIn !== undefined
        ? parameter(given?.dIn ?? ones(this.tiling.dIn, { dtype }))
        : null;
    this.dOut = parameter(given?.dOut ?? full(this.tiling.dOut, given ? 1 : gain, { dtype }));
    this.bias = bias
      ? parameter(given?.bias ?? zeros([outputs], { dtype }), { decay: false })
      : null;
    const { parameterisation } = mixer;
    const values =
      given?.parameters ?? initialParameters(mixer, this.schedule, random, init, options);
    const list = inOrder(parameterisation, values).map((value) =>
      parameter(value, { decay: false }),
    );
    // fields of a module, as all parameters are
    Object.assign(this, byName(parameterisation, list));
  }

  override get label(): string {
    return `MixerLayer(${this.mixer.parameterisation.name})`;
  }

  /** All of the operators, side by side. */
  get schedule(): Schedule {
    return this.tiling.schedule;
  }

  /** The numbers of the layer, for the algebra: transpose, inverse, determinant. */
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
    return this.#mix(this.factors, x);
  }

  toDense(): Tensor {
    const { bias: _, ...linear } = this.factors;
    const n = this.fanIn;
    const unit = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));
    const { backend } = this.dOut;
    return transpose(
      this.#mix(linear, tensor(unit, { shape: [n, n], dtype: floating(this.dOut), backend })),
    );
  }

  /**
   * Moves the layer as near to W as `fromDense` finds, on its own schedule; the bias stays.
   * @param weight - [out, in]
   * @returns ‖W′ − W‖ / ‖W‖
   * @throws ValueError for a layer of several operators, or one without diagonals
   * @example
   * replaceLinear(model, "general", { random, fromDense: (w, map) => map.assignDense(w) });
   */
  override assignDense(
    weight: Tensor,
    options: Pick<FromDenseOptions, "sweeps" | "random"> = {},
  ): number {
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
      dIn.assign(found.factors.dIn);
      dOut.assign(found.factors.dOut);
      const values = inOrder(parameterisation, found.factors.parameters);
      const own = inOrder<Parameter>(parameterisation, this.factors.parameters);
      for (const [k, p] of own.entries()) p.assign(values[k] ?? p);
      return found.error;
    });
  }

  get flopsPerRow(): number {
    const { mixer, tiling, fanIn, fanOut, bias } = this;
    const { form, count } = tiling;
    const layout = {
      fanIn: form === "stack" ? count * fanIn : fanIn,
      fanOut: form === "fold" ? count * fanOut : fanOut,
    };
    const bare = { ...layout, bias: false };
    const folded = form === "fold" ? count * fanOut : 0;
    return (
      flops(mixer, this.schedule, "recompute", bare).forward + folded + (bias === null ? 0 : fanOut)
    );
  }

  #mix(factors: Factors<N>, x: Tensor): Tensor {
    const { tiling, dOut } = this;
    const dIn = factors.dIn ?? ones(tiling.dIn, { dtype: floating(x), backend: x.backend });
    return applyTiled(tiling, { ...factors, dIn, dOut }, x, this.#backward);
  }
}

function checkGiven(init: Factors, mixer: MixerKind, inputs: number, outputs: number): void {
  const [wanted, got] = [mixer, init.mixer].map(({ parameterisation }) => parameterisation.name);
  if (init.mixer !== mixer)
    throw new ValueError(
      "mixer",
      `an init of the ${wanted} kind`,
      got,
      `hadamard(n, { mixer }) and the like make one`,
    );
  if (fanIn(init) !== inputs || fanOut(init) !== outputs)
    throw new ValueError(
      "mixer",
      `an init for ${inputs} → ${outputs}`,
      `one for ${fanIn(init)} → ${fanOut(init)}`,
    );
}

/** Of a field; `functionalCall` puts other tensors in their places. */
const isParameter = (field: unknown): field is Parameter => field instanceof Tensor;

const floating = (x: Tensor): "float32" | "float64" =>
  x.dtype === "float64" ? "float64" : "float32";

function dtypeOf({ mixer, parameters }: Factors): "float32" | "float64" {
  const [first] = inOrder(mixer.parameterisation, parameters);
  return first === undefined ? "float32" : floating(first);
}
