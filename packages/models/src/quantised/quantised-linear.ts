/** @file A linear map of rounded weights, with a map of its inputs before the rounding. */
import {
  clamp,
  div,
  eye,
  full,
  log,
  matmul,
  neg,
  noGrad,
  type Parameter,
  parameter,
  sigmoid,
  sub,
  type Tensor,
  transpose,
  zeros,
} from "@spm/core";
import type { LinearOptions } from "@spm/nn";
import { affine, LinearMap } from "@spm/nn/extend";
import type { InputMap } from "./input-maps.ts";
import {
  bestClips,
  mostOf,
  quantisedActivation,
  quantisedWeight,
  type RowBits,
  rowErrors,
  weightLevels,
} from "./rounding.ts";

/** The clip of activations at the start: sigmoid of it is 0.95. */
const START = 3;

/** Options of {@link RoundedLinear}. */
export interface RoundedLinearOptions extends Pick<LinearOptions, "bias"> {
  readonly input: InputMap;
  /** Bits of activations; null leaves them as they are. */
  readonly activations: number | null;
}

/** y = Ŵ round(T x) + b, Ŵ rounded before. x [..., in] → [..., out] */
export class RoundedLinear extends LinearMap {
  /** Ŵ; of a map that is being rounded W itself. */
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly input: InputMap;
  /** The logit of the clip of activations, [1]; null where they are not rounded. */
  readonly inputClip: Parameter | null;
  readonly #activations: number | null;

  constructor(
    inFeatures: number,
    outFeatures: number,
    { bias = true, input, activations }: RoundedLinearOptions,
  ) {
    super(inFeatures, outFeatures);
    this.weight = parameter(() => zeros([outFeatures, inFeatures]));
    this.bias = bias ? parameter(() => zeros([outFeatures])) : null;
    this.input = input;
    this.inputClip = activations === null ? null : parameter(() => full([1], START));
    this.#activations = activations;
  }

  get flopsPerRow(): number {
    return 2 * this.inFeatures * this.outFeatures;
  }

  forward(x: Tensor): Tensor {
    this.checkInput(x);
    const turned = this.input.forward(x);
    const inputs =
      this.#activations === null || this.inputClip === null
        ? turned
        : quantisedActivation(turned, this.#activations, sigmoid(this.inputClip));
    return affine(inputs, this.rounded(), this.bias);
  }

  /** Ŵ [out, in] */
  protected rounded(): Tensor {
    return this.weight;
  }

  /** Ŵ T, the map without the rounding of its inputs. */
  toDense(): Tensor {
    const one = eye(this.inFeatures, this.inFeatures, { backend: this.weight.backend });
    return matmul(this.rounded(), transpose(this.input.forward(one)));
  }
}

/** A matrix in few bits: element k is `scales[⌊k / in⌋] · levels[codes[k]]`. */
export interface CodedMatrix {
  /** [out, in] */
  readonly shape: readonly number[];
  readonly bits: number;
  /** Elements that share a scale: a row. */
  readonly group: number;
  /** 2^bits numbers. */
  readonly levels: readonly number[];
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
}

/** y = round(W T⁻¹) round(T x) + b, in training: clips are learned, T may be. */
export class QuantisedLinear extends RoundedLinear {
  /** Logits of the clips of rows, [out, 1]. */
  readonly weightClips: Parameter;
  #bits: RowBits;

  constructor(
    inFeatures: number,
    outFeatures: number,
    { bits, ...options }: RoundedLinearOptions & { readonly bits: number },
  ) {
    super(inFeatures, outFeatures, options);
    this.weightClips = parameter(() => zeros([outFeatures, 1]));
    this.#bits = bits;
  }

  /** Bits of the weights, of all rows or of each. */
  get bits(): RowBits {
    return this.#bits;
  }

  /** Other bits, and for each row the clip of the least error. */
  set bits(bits: RowBits) {
    this.#bits = bits;
    noGrad(() => {
      const clips = clamp(bestClips(this.input.weights(this.weight), bits), { max: 0.98 });
      this.weightClips.assign(neg(log(sub(div(1, clips), 1))));
    });
  }

  /** Σ (rounded − W T⁻¹)² of each row at its best clip, were it in so many bits: [out, 1] */
  rowErrors(bits: number): Tensor {
    return noGrad(() => {
      const weight = this.input.weights(this.weight);
      return rowErrors(weight, bits, bestClips(weight, bits));
    });
  }

  protected override rounded(): Tensor {
    const weight = this.input.weights(this.weight);
    return quantisedWeight(weight, this.#bits, sigmoid(this.weightClips));
  }

  /** Takes W over, and for each row of W T⁻¹ the clip of the least error. */
  override assignDense(weight: Tensor): number {
    this.checkDense(weight);
    this.weight.assign(weight);
    this.bits = this.#bits;
    return 0;
  }

  /** Numbers that are learned while the weights stay: clips, and those of the map of inputs. */
  get learned(): Parameter[] {
    const clips = this.inputClip === null ? [] : [this.inputClip];
    return [this.weightClips, ...clips, ...this.input.parameters()];
  }

  /** round(W T⁻¹) as codes; rows of fewer bits than others use the middle ones of their levels. */
  async coded(): Promise<CodedMatrix> {
    const { levels, steps } = noGrad(() =>
      weightLevels(this.input.weights(this.weight), this.#bits, sigmoid(this.weightClips)),
    );
    const [levelsOf, stepsOf] = [await levels.data(), await steps.data()];
    const bits = typeof this.#bits === "number" ? this.#bits : Math.max(...this.#bits);
    const middle = bits === 2 ? mostOf(2) : 2 ** (bits - 1);
    const group = this.inFeatures;
    // halves of steps are whole steps half as long
    const halved = (row: number): boolean =>
      bits !== 2 && typeof this.#bits !== "number" && this.#bits[row] === 2;
    return {
      shape: this.weight.shape,
      bits,
      group,
      levels: Array.from({ length: 2 ** bits }, (_, code) => code - middle),
      codes: Uint8Array.from(levelsOf, (level, k) =>
        Math.round((halved(Math.floor(k / group)) ? 2 * level : level) + middle),
      ),
      scales: Float32Array.from(stepsOf, (step, row) => (halved(row) ? step / 2 : step)),
    };
  }
}
