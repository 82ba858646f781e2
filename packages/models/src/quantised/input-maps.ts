/** @file Maps of a layer's input before it is rounded, which its weights take back. */
import {
  exp,
  full,
  matmul,
  mul,
  neg,
  type Parameter,
  parameter,
  type Rng,
  rng,
  type Tensor,
  tensor,
  zeros,
} from "@spm/core";
import { butterfly, initialParameters, rotationMixer, type Schedule } from "@spm/mixer";
import { Module, skewExponential } from "@spm/nn";
import { ModuleBuffer } from "@spm/nn/extend";

/** An invertible map T of inputs: y = (W T⁻¹)(T x), so that without rounding nothing changes. */
export abstract class InputMap extends Module {
  /** T x. x [..., n] → [..., n] */
  abstract override forward(x: Tensor): Tensor;

  /** W T⁻¹. [out, n] → [out, n] */
  abstract weights(weight: Tensor): Tensor;
}

/** No map. */
class Identity extends InputMap {
  forward(x: Tensor): Tensor {
    return x;
  }

  weights(weight: Tensor): Tensor {
    return weight;
  }
}

/** T = diag(e^−s), as SmoothQuant (Xiao et al. 2023), with s learned. */
class Scales extends InputMap {
  readonly logs: Parameter;

  constructor(n: number) {
    super();
    this.logs = parameter(() => zeros([n]));
  }

  forward(x: Tensor): Tensor {
    return mul(x, exp(neg(this.logs)));
  }

  weights(weight: Tensor): Tensor {
    return mul(weight, exp(this.logs));
  }
}

/** An orthogonal T = Q: rows of W turn as inputs do. */
abstract class Rotation extends InputMap {
  weights(weight: Tensor): Tensor {
    return this.forward(weight);
  }
}

/**
 * The butterfly's stages after signs, which its state has, too: with all angles π/4 a Hadamard
 * transform but for signs.
 */
abstract class SignedRotation extends Rotation {
  readonly signs: ModuleBuffer;
  readonly #schedule: Schedule;
  readonly #pairs: number;

  constructor(n: number, random: Rng) {
    super();
    this.#schedule = butterfly(n);
    this.#pairs = initialParameters(rotationMixer, this.#schedule, rng(0)).angles.shape[0] ?? 0;
    const signs = Float32Array.from({ length: n }, () => (random.integer(2) === 0 ? -1 : 1));
    this.signs = new ModuleBuffer(tensor(signs));
  }

  /** All π/4, angles that are not learned. */
  protected quarterTurns(): Tensor {
    return full([this.#pairs], Math.PI / 4, { backend: this.signs.backend });
  }

  protected turn(x: Tensor, angles: Tensor): Tensor {
    return rotationMixer(mul(x, this.signs), angles, { schedule: this.#schedule });
  }
}

/** The rotation of the start, not learned. */
class Hadamard extends SignedRotation {
  forward(x: Tensor): Tensor {
    return this.turn(x, this.quarterTurns());
  }
}

/** A rotation mixer of learned angles. */
class MixerRotation extends SignedRotation {
  readonly angles: Parameter = parameter(() => this.quarterTurns());

  forward(x: Tensor): Tensor {
    return this.turn(x, this.angles);
  }
}

/** e^K after the start, K = −Kᵀ: every rotation, of ½ n (n − 1) numbers. */
class DenseRotation extends SignedRotation {
  /** K above its diagonal, row by row. */
  readonly upper: Parameter;

  constructor(n: number, random: Rng) {
    super(n, random);
    this.upper = parameter(() => zeros([(n * (n - 1)) / 2]));
  }

  forward(x: Tensor): Tensor {
    return matmul(this.turn(x, this.quarterTurns()), skewExponential(this.upper));
  }
}

/**
 * The maps T of inputs by name, each of inputs of n numbers.
 * @example Object.keys(inputMaps); // ["none", "scales", "hadamard", "mixer", "dense"]
 */
export const inputMaps: Readonly<Record<InputMapName, (n: number, random: Rng) => InputMap>> = {
  none: () => new Identity(),
  scales: (n) => new Scales(n),
  hadamard: (n, random) => new Hadamard(n, random),
  mixer: (n, random) => new MixerRotation(n, random),
  dense: (n, random) => new DenseRotation(n, random),
};

/** Their names. */
export type InputMapName = "none" | "scales" | "hadamard" | "mixer" | "dense";
