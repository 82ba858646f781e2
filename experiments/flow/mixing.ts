/**
 * @file Three ways to mix n coordinates with an exact inverse and log-determinant: a mixer, dense
 * LU, circulants and diagonals.
 */
import {
  abs,
  add,
  at,
  div,
  eye,
  log,
  matmul,
  mul,
  neg,
  noGrad,
  normal,
  ones,
  type Parameter,
  parameter,
  type Rng,
  square,
  stack,
  sum,
  type Tensor,
  take,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { apply, applyInverse, logAbsDet, type MixerKind, mixers } from "@spm/mixer";
import { MixerLayer, Module } from "@spm/nn";
import { complexMul, fft, ifft, tril, triu } from "@spm/numeric";

/** A linear bijection of R^n. */
export abstract class Mixing extends Module {
  /** W x. [B, n] → [B, n] */
  abstract override forward(x: Tensor): Tensor;
  /** W⁻¹ y. */
  abstract inverse(y: Tensor): Tensor;
  /** ln |det W|, a scalar. */
  abstract logAbsDet(): Tensor;
}

/** The mixer: product, inverse and determinant in O(nL). */
class MixerMixing extends Mixing {
  readonly layer: MixerLayer;

  constructor(layer: MixerLayer) {
    super();
    this.layer = layer;
  }

  forward(x: Tensor): Tensor {
    return apply(this.layer.factors, x);
  }

  inverse(y: Tensor): Tensor {
    return applyInverse(this.layer.factors, y);
  }

  logAbsDet(): Tensor {
    return logAbsDet(this.layer.factors);
  }
}

/**
 * W = P L U with a fixed permutation, L of unit diagonal (Kingma and Dhariwal 2018): product and
 * inverse in O(n²), ln |det| from U's diagonal.
 */
class LuMixing extends Mixing {
  readonly lower: Parameter;
  readonly upper: Parameter;
  readonly diagonal: Parameter;
  readonly #order: Int32Array;

  constructor(n: number, random: Rng) {
    super();
    this.lower = parameter(normal(random, [n, n], 0, 0.01));
    this.upper = parameter(normal(random, [n, n], 0, 0.01));
    this.diagonal = parameter(ones([n]));
    this.#order = random.permutation(n);
  }

  get #factors(): { l: Tensor; u: Tensor } {
    const unit = eye(this.#order.length);
    return {
      l: add(tril(this.lower, -1), unit),
      u: add(triu(this.upper, 1), mul(unit, this.diagonal)),
    };
  }

  forward(x: Tensor): Tensor {
    const { l, u } = this.#factors;
    return take(matmul(matmul(x, transpose(u)), transpose(l)), tensor(this.#order), -1);
  }

  inverse(y: Tensor): Tensor {
    return noGrad(() => {
      const { l, u } = this.#factors;
      const back = new Int32Array(this.#order.length);
      for (const [to, from] of this.#order.entries()) back[from] = to;
      return substituted(u, substituted(l, take(y, tensor(back), -1), true), false);
    });
  }

  logAbsDet(): Tensor {
    return sum(log(abs(this.diagonal)));
  }
}

/**
 * x with T x = y for a triangular T, row by row of y: substitution from the first coordinate on, or
 * from the last.
 */
function substituted(triangle: Tensor, y: Tensor, lower: boolean): Tensor {
  const [rows, n] = y.shape as [number, number];
  const t = elements(triangle.ndarray());
  const x = Float64Array.from(elements(y.ndarray()));
  for (let row = 0; row < rows; row++)
    for (let step = 0; step < n; step++) {
      const i = lower ? step : n - 1 - step;
      let rest = x[row * n + i]!;
      for (let k = lower ? 0 : i + 1; k < (lower ? i : n); k++)
        rest -= t[i * n + k]! * x[row * n + k]!;
      x[row * n + i] = rest / t[i * n + i]!;
    }
  return tensor(x, { shape: [rows, n], dtype: "float32" });
}

/**
 * W = D C D′ with a circulant C (Feng and Liao 2025): product, inverse and determinant by FFT in
 * O(n log n).
 */
class CirculantMixing extends Mixing {
  readonly first: Parameter;
  readonly kernel: Parameter;
  readonly second: Parameter;

  constructor(n: number, random: Rng) {
    super();
    const impulse = Float32Array.from({ length: n }, (_, i) => (i === 0 ? 1 : 0));
    this.first = parameter(ones([n]));
    this.kernel = parameter(add(tensor(impulse), normal(random, [n], 0, 0.3 / Math.sqrt(n))));
    this.second = parameter(ones([n]));
  }

  /** ĉ as pairs [n, 2]. */
  get #spectrum(): Tensor {
    return fft(pairs(this.kernel));
  }

  forward(x: Tensor): Tensor {
    return mul(
      this.second,
      at(ifft(complexMul(fft(pairs(mul(this.first, x))), this.#spectrum)), "...", 0),
    );
  }

  inverse(y: Tensor): Tensor {
    const c = this.#spectrum;
    const power = sum(square(c), { axis: -1, keepdims: true });
    const conjugate = stack([at(c, "...", 0), neg(at(c, "...", 1))], -1);
    const inverse = div(conjugate, power);
    return div(
      at(ifft(complexMul(fft(pairs(div(y, this.second))), inverse)), "...", 0),
      this.first,
    );
  }

  logAbsDet(): Tensor {
    const power = sum(square(this.#spectrum), -1);
    const diagonals = add(sum(log(abs(this.first))), sum(log(abs(this.second))));
    return add(diagonals, mul(0.5, sum(log(power))));
  }
}

/** Real numbers as pairs with imaginary part 0: [..., n] → [..., n, 2]. */
const pairs = (x: Tensor): Tensor => stack([x, zeros(x.shape, { backend: x.backend })], -1);

/** The identity: couplings alone. */
class NoMixing extends Mixing {
  forward = (x: Tensor): Tensor => x;
  inverse = (y: Tensor): Tensor => y;
  logAbsDet = (): Tensor => zeros([]);
}

/** One of {@link mixings}. */
export type MixingName = keyof typeof mixers | "LU" | "circulant" | "none";

type MakeMixing = (n: number, random: Rng) => Mixing;

const mixingOf =
  (mixer: MixerKind): MakeMixing =>
  (n, random) =>
    new MixerMixing(new MixerLayer(mixer, n, n, { random, bias: false }));

const ofMixers = Object.fromEntries(
  Object.entries(mixers).map(([name, mixer]) => [name, mixingOf(mixer)]),
) as Record<keyof typeof mixers, MakeMixing>;

/** All of them by name: the mixers of every kind, and their peers. */
export const mixings: Readonly<Record<MixingName, MakeMixing>> = {
  ...ofMixers,
  LU: (n, random) => new LuMixing(n, random),
  circulant: (n, random) => new CirculantMixing(n, random),
  none: () => new NoMixing(),
};

/** Their names. */
export const mixingNames: readonly MixingName[] = Object.keys(mixings) as MixingName[];
