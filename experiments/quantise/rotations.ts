/** @file What a layer's input goes through before it is rounded, and its weights the other way. */
import {
  add,
  exp,
  eye,
  matmul,
  mul,
  neg,
  type Parameter,
  parameter,
  type Rng,
  sub,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import { butterfly, initialParameters, rotationMixer, type Schedule } from "@spm/mixer";
import { Module } from "@spm/nn";

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

const signsOf = (n: number, random: Rng): Float32Array =>
  Float32Array.from({ length: n }, () => (random.integer(2) === 0 ? -1 : 1));

/**
 * A rotation mixer after random signs, all angles π/4: at the start a Hadamard transform but for
 * signs, which it stays where its angles are not learned.
 */
class MixerRotation extends Rotation {
  readonly #schedule: Schedule;
  readonly #signs: Float32Array;
  readonly angles: Parameter;

  constructor(n: number, random: Rng) {
    super();
    this.#schedule = butterfly(n);
    this.#signs = signsOf(n, random);
    this.angles = parameter(
      () =>
        initialParameters(rotationMixer, this.#schedule, random, { init: "quarter", noise: 0 })
          .angles,
    );
  }

  forward(x: Tensor): Tensor {
    const signs = tensor(this.#signs, { backend: x.backend });
    return rotationMixer(mul(x, signs), this.angles, { schedule: this.#schedule });
  }
}

/** exp(A − Aᵀ) after that start: every rotation, of n² numbers, half of which count. */
class DenseRotation extends Rotation {
  readonly #start: MixerRotation;
  readonly generator: Parameter;

  constructor(n: number, random: Rng) {
    super();
    this.#start = new MixerRotation(n, random);
    this.generator = parameter(() => zeros([n, n]));
  }

  forward(x: Tensor): Tensor {
    const a = this.generator;
    return matmul(this.#start.forward(x), exponential(sub(a, transpose(a))));
  }
}

/** 2^HALVINGS and the terms of the series: ‖A‖ ≤ 8 leaves less than 10⁻⁵. */
const [HALVINGS, TERMS] = [4, 8];

/** e^A by its series and squarings, in products that every backend has. [n, n] → [n, n] */
export function exponential(a: Tensor): Tensor {
  const small = mul(a, 2 ** -HALVINGS);
  const one = eye(a.shape[0] ?? 1, a.shape[0] ?? 1, { backend: a.backend });
  let sum = one;
  for (let k = TERMS; k >= 1; k--) sum = add(one, mul(matmul(small, sum), 1 / k));
  for (let k = 0; k < HALVINGS; k++) sum = matmul(sum, sum);
  return sum;
}

/** A map by name: of inputs of n numbers. */
export const inputMaps: Readonly<Record<InputMapName, (n: number, random: Rng) => InputMap>> = {
  none: () => new Identity(),
  scales: (n) => new Scales(n),
  hadamard: (n, random) => frozen(new MixerRotation(n, random)),
  mixer: (n, random) => new MixerRotation(n, random),
  dense: (n, random) => new DenseRotation(n, random),
};

/** Their names. */
export type InputMapName = "none" | "scales" | "hadamard" | "mixer" | "dense";

/** A rotation that is not learned. */
class Frozen extends Rotation {
  readonly #map: InputMap;

  constructor(map: InputMap) {
    super();
    this.#map = map;
  }

  forward(x: Tensor): Tensor {
    return this.#map.forward(x);
  }
}

const frozen = (map: InputMap): InputMap => new Frozen(map);
