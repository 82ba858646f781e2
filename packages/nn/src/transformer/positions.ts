/** @file Positions of tokens: learned vectors, or rotations. */

import {
  add,
  concat,
  mul,
  neg,
  normal,
  type Parameter,
  parameter,
  type Rng,
  slice,
  type Tensor,
  tensor,
} from "@spm/core";
import {
  checkOptions,
  checkRandom,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
} from "@spm/core/extend";
import { size } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { Module } from "../module.ts";
import { checkSizes } from "../options.ts";

/** Options of {@link LearnedPositions}. */
export interface LearnedPositionsOptions {
  readonly random: Rng;
}

const positionOptions: OptionNames<LearnedPositionsOptions> = { random: true };

/**
 * Learned positions, y[..., t, :] = x[..., t, :] + weight[t, :] (Vaswani et al. 2017). x
 * [..., time, width] → the same shape. The initial weight is N(0, 0.02²).
 * @throws ShapeError for a sequence that is longer than the table, or of another width
 * @example
 * new LearnedPositions(16, 8, { random: rng(1) }).forward(ones([1, 5, 8])).shape; // [1, 5, 8]
 */
export class LearnedPositions extends Module {
  /** [length, width] */
  readonly weight: Parameter;

  constructor(length: number, width: number, options: LearnedPositionsOptions) {
    super();
    checkOptions("LearnedPositions", options, positionOptions);
    checkSizes("LearnedPositions", "length and width", length, width);
    const random = checkRandom("LearnedPositions", options.random);
    describe(this, { length, width });
    this.weight = parameter(() => normal(random, [length, width], 0, 0.02));
  }

  forward(x: Tensor): Tensor {
    return this.from(x, 0);
  }

  /** The forward for a sequence whose first token is at position `offset`. */
  from(x: Tensor, offset: number): Tensor {
    checkTensors("LearnedPositions", x);
    const [length, width] = this.weight.shape as [number, number];
    if (x.shape.length < 2 || x.shape.at(-1) !== width)
      throw new ShapeError(
        "LearnedPositions",
        `x of shape [..., time, ${width}]`,
        showShape(x.shape),
      );
    const stop = offset + x.shape.at(-2)!;
    if (stop > length)
      throw new ShapeError("LearnedPositions", `at most ${length} positions`, stop);
    return add(x, slice(this.weight, [{ start: offset, stop }]));
  }
}

/** Options of {@link rotary}. */
export interface RotaryOptions {
  /**
   * Position of the first token.
   * @defaultValue 0
   */
  readonly offset?: number;
  /**
   * The base of the geometric series of frequencies.
   * @defaultValue 10,000
   */
  readonly base?: number;
}

const rotaryOptions: OptionNames<RotaryOptions> = { offset: true, base: true };

/**
 * Rotary positions (Su et al. 2021): coordinates k and k + d/2 of the token at position t are
 * rotated by t · base^(−2k/d), so that the product of a query and a key depends on their distance
 * alone.
 * @param x - [..., time, d], d even
 * @returns x's shape. Cost 6 FLOP a pair
 * @throws ShapeError for an odd d
 * @example rotary(ones([1, 5, 8]), { offset: 3 }).shape; // [1, 5, 8]
 */
export function rotary(x: Tensor, options: RotaryOptions = {}): Tensor {
  checkTensors("rotary", x);
  checkOptions("rotary", options, rotaryOptions);
  const { offset = 0, base = 10000 } = options;
  const [time, d] = x.shape.slice(-2) as [number, number];
  if (x.shape.length < 2 || d % 2 !== 0)
    throw new ShapeError("rotary", "x of shape [..., time, even d]", showShape(x.shape));
  const half = d / 2;
  const table = (f: (angle: number) => number): Tensor => {
    const data = x.dtype === "float64" ? new Float64Array(time * d) : new Float32Array(time * d);
    for (let t = 0; t < time; t++)
      for (let k = 0; k < d; k++)
        data[t * d + k] = f((t + offset) * base ** ((-2 * (k % half)) / d));
    return tensor(data, { shape: [time, d], backend: x.backend });
  };
  const part = (start: number, stop: number): Tensor =>
    slice(x, [...x.shape.slice(1).map(() => undefined), { start, stop }]);
  const turned = concat([neg(part(half, d)), part(0, half)], -1);
  return add(mul(x, table(Math.cos)), mul(turned, table(Math.sin)));
}

/** Learned positions in files. */
export const positionsModule: ModuleKind = moduleKind(
  "LearnedPositions",
  LearnedPositions,
  { length: size, width: size },
  ({ length, width }, { random }) => new LearnedPositions(length, width, { random }),
  ({ length, width }) => length * width,
);
