/** @file Linear maps of any sizes made of rotors on windows of the coordinates. */

import {
  at,
  concat,
  div,
  eye,
  mul,
  normal,
  ones,
  type Parameter,
  parameter,
  reshape,
  stack,
  sum,
  type Tensor,
  take,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import {
  checkOptions,
  checkRandom,
  type OptionNames,
  ShapeError,
  ValueError,
} from "@spm/core/extend";
import { size, word } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { LinearMap, type LinearOptions } from "../linear-map.ts";
import { rotor, sandwich } from "./rotor.ts";

/** Options of {@link RotorLinear}. */
export interface RotorLinearOptions extends Omit<LinearOptions, "bias" | "gain"> {
  /**
   * 2^n, the width of the windows, from 4 to min(in, out).
   * @defaultValue the largest power of two in that range
   */
  readonly window?: number;
  /**
   * Rotors of a pair: 1 is s_p = r_p.
   * @defaultValue 2, as published
   */
  readonly rotors?: 1 | 2;
}

const names: OptionNames<RotorLinearOptions> = { random: true, window: true, rotors: true };

/**
 * Rotors between windows: with I = ⌈in/2^n⌉ windows of the inputs and O = ⌈out/2^n⌉ of the outputs,
 * cyclic from ⌊i·in/I⌋ and ⌊o·out/O⌋ on, y[o] = Σᵢ α_p r_p x[i] s_p† / I for the pair p = i·O + o,
 * averaged where windows of the outputs overlap (Composing Linear Layers from Irreducibles, arXiv
 * 2507.11688). x [..., in] → [..., out], without a bias; I·O·(n(n − 1) + 1) parameters
 * with two rotors, 2·I·O·4^n FLOP a row. Initial bivectors are N(0, 1), α 1.
 * @throws ShapeError unless both sizes are whole numbers ≥ 4, and for another width of windows;
 * ValueError for another number of rotors
 * @example new RotorLinear(2048, 512, { random: rng(1) }).parameterCount(); // 292
 */
export class RotorLinear extends LinearMap {
  readonly bias = null;
  /** 2^n, the width of a window */
  readonly window: number;
  /** log r_p [I·O, n(n − 1)/2] */
  readonly left: Parameter;
  /** log s_p [I·O, n(n − 1)/2]; null where it is that of r_p */
  readonly right: Parameter | null;
  /** α [I·O] */
  readonly scales: Parameter;

  constructor(inFeatures: number, outFeatures: number, options: RotorLinearOptions) {
    super(inFeatures, outFeatures);
    checkOptions("RotorLinear", options, names);
    checkRandom("RotorLinear", options.random);
    const least = Math.min(inFeatures, outFeatures);
    const { random, window = 2 ** Math.floor(Math.log2(least)), rotors = 2 } = options;
    if (rotors !== 1 && rotors !== 2) throw new ValueError("RotorLinear", "1 or 2 rotors", rotors);
    if (!Number.isInteger(Math.log2(window)) || window < 4 || window > least)
      throw new ShapeError("RotorLinear", `windows of a power of two from 4 to ${least}`, window);
    describe(this, { inFeatures, outFeatures, window, rotors });
    this.window = window;
    const n = Math.log2(window);
    const count = Math.ceil(inFeatures / window) * Math.ceil(outFeatures / window);
    const bivectors = (): Parameter => parameter(() => normal(random, [count, (n * (n - 1)) / 2]));
    this.left = bivectors();
    this.right = rotors === 2 ? bivectors() : null;
    this.scales = parameter(() => ones([count]));
  }

  get flopsPerRow(): number {
    return 2 * this.scales.shape[0]! * this.window ** 2;
  }

  /** @throws ShapeError unless x is [..., in] */
  forward(x: Tensor): Tensor {
    this.checkInput(x);
    const { window, inFeatures, outFeatures } = this;
    const [from, to] = [windowsOf(inFeatures, window), windowsOf(outFeatures, window)];
    const [i, o, lead] = [from.length, to.length, x.shape.slice(0, -1)];
    const { backend } = x;
    const bivectors = this.right === null ? [this.left] : [this.left, this.right];
    const rotors = reshape(rotor(stack(bivectors)), [-1, i, o, window]);
    const [left, right] = [at(rotors, 0), at(rotors, -1)];
    if (inFeatures === window && outFeatures === window)
      return mul(sandwich(x, at(left, 0, 0), at(right, 0, 0)), this.scales);
    const index = tensor(Int32Array.from(from.flat()), { shape: [i, 1, window], backend });
    const turned = sandwich(take(x, index, -1), left, right);
    const summed = sum(mul(turned, reshape(this.scales, [i, o, 1])), -3);
    const flat = reshape(summed, [...lead, o * window]);
    return this.#averaged(flat, to.flat(), i);
  }

  /** The windows' mean at each coordinate, divided by I. [..., O·2^n] → [..., out] */
  #averaged(flat: Tensor, coordinates: readonly number[], inWindows: number): Tensor {
    const { outFeatures } = this;
    const sources = Array.from({ length: outFeatures }, (): number[] => []);
    for (const [place, at] of coordinates.entries()) sources[at]?.push(place);
    const most = sources.reduce((most, { length }) => Math.max(most, length), 0);
    const nothing = coordinates.length; // the place of a 0
    const index = sources.flatMap((places) =>
      Array.from({ length: most }, (_, k) => places[k] ?? nothing),
    );
    const like = { dtype: flat.dtype, backend: flat.backend };
    const padded = concat([flat, zeros([...flat.shape.slice(0, -1), 1], like)], -1);
    const from = tensor(Int32Array.from(index), {
      shape: [outFeatures, most],
      backend: flat.backend,
    });
    const counts = Float64Array.from(sources, ({ length }) => inWindows * length);
    return div(sum(take(padded, from, -1), -1), tensor(counts, like));
  }

  toDense(): Tensor {
    const { dtype, backend } = this.left;
    return transpose(this.forward(eye(this.inFeatures, undefined, { dtype, backend })));
  }
}

/** The coordinates of ⌈size/window⌉ windows, cyclic. */
const windowsOf = (size: number, window: number): number[][] => {
  const count = Math.ceil(size / window);
  return Array.from({ length: count }, (_, k) =>
    Array.from({ length: window }, (_, at) => (Math.floor((k * size) / count) + at) % size),
  );
};

/** {@link RotorLinear} in files. */
export const rotorLinearModule: ModuleKind = moduleKind(
  "RotorLinear",
  RotorLinear,
  { inFeatures: size, outFeatures: size, window: size, rotors: word<1 | 2>(1, 2) },
  ({ inFeatures, outFeatures, ...options }, { random }) =>
    new RotorLinear(inFeatures, outFeatures, { ...options, random }),
  ({ inFeatures, outFeatures, window }) =>
    Math.ceil(inFeatures / window) * Math.ceil(outFeatures / window) * Math.log2(window) ** 2,
);
