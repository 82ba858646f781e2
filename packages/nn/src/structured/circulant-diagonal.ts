/** @file Diagonal times circulant times diagonal: the layer of CDFlow, for any width. */

import {
  abs,
  add,
  at,
  concat,
  div,
  expandDims,
  log,
  matmul,
  mul,
  type Parameter,
  pad,
  parameter,
  type Rng,
  reshape,
  slice,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  type TensorOptions,
  take,
  tensor,
  transpose,
} from "@spm/core";
import {
  checkOptions,
  checkRandom,
  elements,
  type OptionNames,
  ShapeError,
  sizeOf,
} from "@spm/core/extend";
import { irfft, rfft } from "@spm/numeric";
import { flag, size } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { type LinearEntry, type LinearOptions, linearOptions } from "../linear-map.ts";
import { checkChoice } from "../options.ts";
import { circulantFlops, circulantProduct } from "./circulant.ts";
import { nearestCirculantDiagonal } from "./nearest-circulant-diagonal.ts";
import { assignNumbers, StructuredMap } from "./structured-map.ts";

/** Options of {@link CirculantDiagonal}. */
export interface CirculantDiagonalOptions extends LinearOptions {
  /**
   * The start: "orthogonal" has frequencies of modulus 1 and random phase between diagonals of
   * random signs; "identity" has the kernel e₀ + N(0, 0.09/n) between ones.
   * @defaultValue "orthogonal"
   */
  readonly init?: "orthogonal" | "identity";
}

const names: OptionNames<CirculantDiagonalOptions> = { ...linearOptions, init: true };
const starts = ["orthogonal", "identity"];
const exempt = { decay: false };
const float32 = { dtype: "float32" } as const;

/**
 * The width from which the transforms are taken instead of the product with the matrix. By
 * `npm run bench:circulant` (wasm, with gradients) they are faster from n = 512 on with 1,024 rows
 * (0.6 to 0.8 of the matrix's time; at 256 1.1 times, at 192, no power of two, 3 to 5 times) and
 * from n = 128 on with 16 rows (0.6 to 0.7 times).
 */
const fourierFrom = 256;

/**
 * A circulant between two diagonals, W = diag(left) C diag(right), C[o, i] = c[(o − i) mod n], n =
 * max(in, out), cut to out rows and in columns (Feng and Liao 2025, CDFlow, m = 2). The kernel c is
 * kept as its Fourier transform ĉ, of which n real numbers determine the rest. x [..., in] →
 * [..., out]; in + n + 2·out parameters. Below n = 256, 2·in·out FLOP a row, and
 * O(n log n + in·out) a call for the matrix; from there on, by Fourier transforms as
 * {@link Circulant}. `gain` is a factor on the initial `left`, which is √(n/in) besides. Exempt
 * from weight decay.
 * @throws ShapeError unless both sizes are whole numbers ≥ 1; ValueError for an unknown init
 * @example new CirculantDiagonal(12, 12, { random: rng(1) }).logAbsDet(); // [0]
 */
export class CirculantDiagonal extends StructuredMap {
  /** D₁ [out] */
  readonly left: Parameter;
  /** [n]: Re ĉ₀ … Re ĉ_⌊n/2⌋, then Im ĉ₁ … Im ĉ_⌈n/2⌉₋₁; the others are 0 */
  readonly spectrum: Parameter;
  /** D₃ [in] */
  readonly right: Parameter;
  /** {@link wavesOf} n, once a kernel needs them. */
  #waves: Float64Array | null = null;
  /** The component of c at each place of C, [out, in], once C is needed. */
  #places: Int32Array | null = null;

  constructor(inFeatures: number, outFeatures: number, options: CirculantDiagonalOptions) {
    super(inFeatures, outFeatures, options);
    checkOptions("CirculantDiagonal", options, names);
    checkRandom("CirculantDiagonal", options.random);
    const { random, gain = 1, init = "orthogonal" } = options;
    checkChoice("CirculantDiagonal", starts, init);
    describe(this, { inFeatures, outFeatures, bias: this.bias !== null });
    const n = Math.max(inFeatures, outFeatures);
    const orthogonal = init === "orthogonal";
    const diagonal = (size: number, factor: number): Parameter =>
      parameter(
        tensor(
          filled(size, () => factor * (orthogonal ? sign(random) : 1)),
          float32,
        ),
        exempt,
      );
    this.right = diagonal(inFeatures, 1);
    this.left = diagonal(outFeatures, gain * Math.sqrt(n / inFeatures));
    const impulse = (i: number): number =>
      (i === 0 ? 1 : 0) + (0.3 * random.normal()) / Math.sqrt(n);
    this.spectrum = parameter(
      () => (orthogonal ? unitPhases(n, random) : toSpectrum(tensor(filled(n, impulse), float32))),
      exempt,
    );
  }

  /** ĉ₀ … ĉ_⌊n/2⌋ as pairs, [⌊n/2⌋ + 1, 2]. */
  get #frequencies(): Tensor {
    const { spectrum } = this;
    const n = sizeOf(spectrum.shape);
    const half = Math.floor(n / 2) + 1;
    const [re, im] = [slice(spectrum, [{ stop: half }]), slice(spectrum, [{ start: half }])];
    return stack([re, pad(im, [1], [2 * half - n - 1])], -1);
  }

  /** c [n], the kernel of frequencies [⌊n/2⌋ + 1, 2]. */
  #kernel(frequencies: Tensor): Tensor {
    const n = sizeOf(this.spectrum.shape);
    if (n >= fourierFrom) return irfft(frequencies, { n });
    this.#waves ??= wavesOf(n);
    const waves = tensor(this.#waves, {
      shape: [n, sizeOf(frequencies.shape)],
      ...like(frequencies),
    });
    return matmul(waves, reshape(frequencies, [-1]));
  }

  /** C of a kernel, [out, in]. */
  #matrix(kernel: Tensor): Tensor {
    const { inFeatures, outFeatures } = this;
    const n = sizeOf(kernel.shape);
    this.#places ??= Int32Array.from({ length: outFeatures * inFeatures }, (_, at) => {
      return (n + Math.floor(at / inFeatures) - (at % inFeatures)) % n;
    });
    const shape = [outFeatures, inFeatures];
    return take(kernel, tensor(this.#places, { shape, backend: kernel.backend }));
  }

  /** C x, for the circulant of these frequencies. x [..., in] → [..., out] */
  #circulant(frequencies: Tensor, x: Tensor): Tensor {
    const kernel = this.#kernel(frequencies);
    return sizeOf(kernel.shape) < fourierFrom
      ? matmul(x, transpose(this.#matrix(kernel)))
      : circulantProduct(x, kernel, this.outFeatures);
  }

  protected multiply(x: Tensor): Tensor {
    return mul(this.left, this.#circulant(this.#frequencies, mul(this.right, x)));
  }

  /**
   * The x of W x + bias = y: the reciprocals of the diagonals and of the frequencies, in reverse
   * order; not finite where one of them is 0. y [..., n] → [..., n], at the cost of a forward.
   * @throws ShapeError unless the map is square and y is [..., n]
   */
  inverse(y: Tensor): Tensor {
    this.#checkSquare("inverse");
    this.checkInput(y);
    const frequencies = this.#frequencies;
    const power = sum(square(frequencies), { axis: -1, keepdims: true });
    const conjugate = mul(frequencies, tensor([1, -1], like(frequencies)));
    const given = this.bias === null ? y : sub(y, this.bias);
    return div(this.#circulant(div(conjugate, power), div(given, this.left)), this.right);
  }

  /**
   * ln |det W| = Σ ln |left| + Σ ln |right| + Σₖ ln |ĉₖ| over all n frequencies; −∞ where one is 0.
   * A scalar, in O(n).
   * @throws ShapeError unless the map is square
   */
  logAbsDet(): Tensor {
    this.#checkSquare("logAbsDet");
    const frequencies = this.#frequencies;
    const n = sizeOf(this.spectrum.shape);
    const counts = filled(Math.floor(n / 2) + 1, (k) => conjugates(k, n));
    const logs = mul(tensor(counts, like(frequencies)), log(sum(square(frequencies), -1)));
    const diagonals = [this.left, this.right].map((d) => sum(log(abs(d))));
    return diagonals.reduce(add, mul(0.5, sum(logs)));
  }

  #checkSquare(op: string): void {
    const { inFeatures, outFeatures } = this;
    if (inFeatures !== outFeatures)
      throw new ShapeError(
        `CirculantDiagonal.${op}`,
        "as many outputs as inputs",
        `${inFeatures} → ${outFeatures}`,
      );
  }

  protected get productFlops(): number {
    const { inFeatures, outFeatures } = this;
    const product =
      Math.max(inFeatures, outFeatures) >= fourierFrom
        ? circulantFlops(inFeatures, outFeatures)
        : 2 * inFeatures * outFeatures;
    return inFeatures + product + outFeatures;
  }

  /** Assigns what alternating least squares find: exact where W is such a product. */
  protected assignNearest(weight: readonly Float64Array[]): void {
    const { left, kernel, right } = nearestCirculantDiagonal(weight);
    assignNumbers(this.left, left);
    assignNumbers(this.spectrum, elements(toSpectrum(tensor(kernel)).ndarray()));
    assignNumbers(this.right, right);
  }

  toDense(): Tensor {
    const circulant = this.#matrix(this.#kernel(this.#frequencies));
    return mul(mul(expandDims(this.left, -1), circulant), this.right);
  }
}

const like = ({ dtype, backend }: Tensor): TensorOptions => ({ dtype, backend });

const filled = (size: number, value: (k: number) => number): Float64Array =>
  Float64Array.from({ length: size }, (_, k) => value(k));

const sign = (random: Rng): number => (random.uniform() < 0.5 ? -1 : 1);

/**
 * The inverse Fourier transform as a matrix, [n, 2·(⌊n/2⌋ + 1)]: cₜ = Σₖ wₖ (Re ĉₖ cos 2πkt/n −
 * Im ĉₖ sin 2πkt/n) / n, where wₖ is 2 if k stands for its conjugate, too.
 */
function wavesOf(n: number): Float64Array {
  const pairs = Math.floor(n / 2) + 1;
  const waves = new Float64Array(2 * n * pairs);
  for (let t = 0; t < n; t++)
    for (let k = 0; k < pairs; k++) {
      const [weight, angle] = [conjugates(k, n) / n, (2 * Math.PI * ((k * t) % n)) / n];
      waves[2 * (t * pairs + k)] = weight * Math.cos(angle);
      waves[2 * (t * pairs + k) + 1] = -weight * Math.sin(angle);
    }
  return waves;
}

/** 2 where a frequency stands for its conjugate, too: between the first and n/2. */
const conjugates = (k: number, n: number): 1 | 2 => (k === 0 || 2 * k === n ? 1 : 2);

/** The `spectrum` of {@link CirculantDiagonal} with this kernel c [n] → [n]. */
function toSpectrum(kernel: Tensor): Tensor {
  const frequencies = rfft(kernel);
  const imaginary = { start: 1, stop: Math.ceil(sizeOf(kernel.shape) / 2) };
  return concat([at(frequencies, "...", 0), slice(at(frequencies, "...", 1), [imaginary])]);
}

/** The spectrum of a circulant that is orthogonal: |ĉₖ| = 1 with random phases, ±1 if real. */
function unitPhases(n: number, random: Rng): Tensor {
  const angles = filled(Math.ceil(n / 2) - 1, () => 2 * Math.PI * random.uniform());
  const real = filled(n - 2 * angles.length, () => sign(random));
  const [first, rest] = [real.subarray(0, 1), real.subarray(1)];
  return tensor([...first, ...angles.map(Math.cos), ...rest, ...angles.map(Math.sin)]);
}

/** The entry of {@link CirculantDiagonal}. */
export const circulantDiagonalKind: LinearEntry = {
  description: "a circulant between two diagonals, as in CDFlow",
  learningRate: 0.01,
  create: (inFeatures, outFeatures, options) =>
    new CirculantDiagonal(inFeatures, outFeatures, options),
};

/** {@link CirculantDiagonal} in files. */
export const circulantDiagonalModule: ModuleKind = moduleKind(
  "CirculantDiagonal",
  CirculantDiagonal,
  { inFeatures: size, outFeatures: size, bias: flag },
  ({ inFeatures, outFeatures, ...options }, { random }) =>
    new CirculantDiagonal(inFeatures, outFeatures, { ...options, random }),
  ({ inFeatures, outFeatures }) => 2 * (inFeatures + outFeatures),
);
