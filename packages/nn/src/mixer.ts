/** @file The mixer as a layer: a drop-in for Linear(in, out) with O(n log n) parameters. */
import {
  cast,
  full,
  noGrad,
  ones,
  type Parameter,
  parameter,
  type Tensor,
  tensor,
  transpose,
  ValueError,
  zeros,
} from "@spm/core";
import {
  type Arrangement,
  arrange,
  type BackwardMode,
  type Factors,
  type FromDenseOptions,
  fanIn,
  fanOut,
  flops,
  fromDense,
  type GeneralFactors,
  type InitOptions,
  initialAngles,
  initialBlocks,
  type MixerInit,
  mixArranged,
  type Rectangular,
  type RotationFactors,
  type Schedule,
  toGeneral,
} from "@spm/mixer";
import type { LinearOptions } from "./linear.ts";
import { LinearMap } from "./linear-map.ts";

/** How a mixer layer is built. */
export interface MixerLayerOptions<F extends Factors = Factors> extends LinearOptions, InitOptions {
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
  /** Where the stages start; `haar` unless said. */
  readonly init?: MixerInit;
  readonly backward?: BackwardMode;
  /**
   * Numbers to start from instead: an exact setting, or what `fromDense` found. Its schedule is
   * taken, too.
   */
  readonly start?: F;
}

/**
 * What both variants share: y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, the diagonals starting at 1
 * and at `gain`. Weight decay spares the stages, which it would draw to the identity or to nothing,
 * and the bias; it acts on the diagonals.
 */
abstract class Mixer extends LinearMap {
  readonly dIn: Parameter | null;
  readonly dOut: Parameter;
  readonly bias: Parameter | null;
  readonly arrangement: Arrangement;
  readonly #backward: BackwardMode | undefined;

  constructor(inputs: number, outputs: number, options: MixerLayerOptions) {
    super(inputs, outputs);
    const { gain = 1, bias = true, diagonals = true, rectangular = "pad", start } = options;
    if (start !== undefined && (fanIn(start) !== inputs || fanOut(start) !== outputs))
      throw new ValueError(
        "mixer",
        `a start for ${inputs} → ${outputs}`,
        `one for ${fanIn(start)} → ${fanOut(start)}`,
      );
    const dtype = dtypeOf(options);
    this.#backward = options.backward;
    this.arrangement = arrange(rectangular, inputs, outputs, start?.schedule ?? options.schedule);
    this.dIn =
      diagonals || start?.dIn !== undefined
        ? parameter(start?.dIn ?? ones(this.arrangement.dIn, { dtype }))
        : null;
    this.dOut = parameter(start?.dOut ?? full(this.arrangement.dOut, start ? 1 : gain, { dtype }));
    this.bias = bias
      ? parameter(start?.bias ?? zeros([outputs], { dtype }), { decay: false })
      : null;
  }

  /** All of the operators, side by side. */
  get schedule(): Schedule {
    return this.arrangement.schedule;
  }

  /** The numbers of the layer, for the algebra: transpose, inverse, determinant. */
  abstract readonly factors: Factors;

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
    const { factors, arrangement, schedule, dIn, dOut } = this;
    if (arrangement.form !== "one" || dIn === null)
      throw new ValueError(
        "assignDense",
        "one operator with diagonals",
        `${arrangement.count} with ${dIn ? "" : "no "}d_in`,
      );
    return noGrad(() => {
      const found = fromDense(cast(weight, floating(dOut)), {
        ...options,
        kind: factors.kind,
        schedule,
      });
      const identity = (p: Tensor): Tensor =>
        ones(p.shape, { dtype: floating(p), backend: p.backend });
      dIn.assign(found.factors.dIn ?? identity(dIn));
      dOut.assign(found.factors.dOut ?? identity(dOut));
      this.assignStages(found.factors);
      return found.error;
    });
  }

  protected abstract assignStages(factors: Factors): void;

  get flopsPerRow(): number {
    const { arrangement, factors, fanIn, fanOut, bias } = this;
    const { form, count } = arrangement;
    const layout = {
      fanIn: form === "stack" ? count * fanIn : fanIn,
      fanOut: form === "fold" ? count * fanOut : fanOut,
    };
    const bare = { ...layout, bias: false };
    const folded = form === "fold" ? count * fanOut : 0;
    return (
      flops(factors.kind, this.schedule, "recompute", bare).forward +
      folded +
      (bias === null ? 0 : fanOut)
    );
  }

  #mix(factors: Factors, x: Tensor): Tensor {
    const { arrangement, dOut } = this;
    const dIn = factors.dIn ?? ones(arrangement.dIn, { dtype: floating(x), backend: x.backend });
    return mixArranged(arrangement, { ...factors, dIn, dOut }, x, this.#backward);
  }

  protected get around(): { schedule: Schedule; dOut: Tensor; dIn?: Tensor; bias?: Tensor } {
    const { schedule, dIn, dOut, bias } = this;
    return { schedule, dOut, ...(dIn && { dIn }), ...(bias && { bias }) };
  }
}

function checkKind(start: Factors | undefined, kind: Factors["kind"]): void {
  if (start !== undefined && start.kind !== kind)
    throw new ValueError(
      "mixer",
      `a start of the ${kind} kind`,
      start.kind,
      kind === "general" ? "use toGeneral()" : undefined,
    );
}

const floating = (x: Tensor): "float32" | "float64" =>
  x.dtype === "float64" ? "float64" : "float32";
const dtypeOf = ({ dtype, start }: MixerLayerOptions): "float32" | "float64" =>
  dtype ??
  (start === undefined
    ? "float32"
    : floating(start.kind === "rotation" ? start.angles : start.blocks));

/**
 * A linear map of rotations: one angle a pair, orthogonal but for its diagonals. Angles are exempt
 * from weight decay. x [..., in] → [..., out]; parameters nL/2 + in + 2·out; 3nL FLOP a row.
 * @throws ShapeError for a schedule too narrow; ValueError for a start of other sizes
 * @example const layer = new RotationMixer(784, 256, { random: rng(1), gain: Math.SQRT2 });
 */
export class RotationMixer extends Mixer {
  readonly angles: Parameter;

  constructor(inputs: number, outputs: number, options: MixerLayerOptions<RotationFactors>) {
    super(inputs, outputs, options);
    const { start, random, init } = options;
    checkKind(start, "rotation");
    this.angles = parameter(start?.angles ?? initialAngles(this.schedule, random, init, options), {
      decay: false,
    });
  }

  protected assignStages(factors: Factors): void {
    if (factors.kind === "rotation") this.angles.assign(factors.angles);
  }

  get factors(): RotationFactors {
    return { kind: "rotation", angles: this.angles, ...this.around };
  }
}

/**
 * A linear map of free 2×2 blocks, started orthogonal. Blocks are exempt from weight decay, which
 * would shrink the layer L-fold. x [..., in] → [..., out]; parameters 2nL + leftovers + in + 2·out;
 * 3nL FLOP a row.
 * @throws ShapeError for a schedule too narrow; ValueError for a start of other sizes
 */
export class GeneralMixer extends Mixer {
  readonly blocks: Parameter;
  readonly scales: Parameter;

  constructor(inputs: number, outputs: number, options: MixerLayerOptions<GeneralFactors>) {
    super(inputs, outputs, options);
    const { start, random, init } = options;
    checkKind(start, "general");
    const rest = { dtype: dtypeOf(options) };
    this.blocks = parameter(start?.blocks ?? initialBlocks(this.schedule, random, init, options), {
      decay: false,
    });
    this.scales = parameter(start?.scales ?? ones([this.schedule.leftovers.length], rest), {
      decay: false,
    });
  }

  protected assignStages(factors: Factors): void {
    const { blocks, scales } = toGeneral(factors);
    this.blocks.assign(blocks);
    this.scales.assign(scales);
  }

  get factors(): GeneralFactors {
    return { kind: "general", blocks: this.blocks, scales: this.scales, ...this.around };
  }
}
