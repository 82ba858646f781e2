/** @file Where a token stands: learned vectors, or rotations. */
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
import { ShapeError, showShape } from "@spm/core/extend";
import { Module } from "../module.ts";
import { checkSizes } from "../options.ts";

/**
 * y[..., t, :] = x[..., t, :] + weight[t + offset, :] (Vaswani et al. 2017). x [..., time, width] →
 * the same shape. Starts from N(0, 0.02²).
 * @throws ShapeError for a sequence that is longer than the table, or of another width
 */
export class LearnedPositions extends Module {
  /** [length, width] */
  readonly weight: Parameter;

  constructor(length: number, width: number, { random }: { readonly random: Rng }) {
    super();
    checkSizes("LearnedPositions", "length and width", length, width);
    this.weight = parameter(normal(random, [length, width], 0, 0.02));
  }

  forward(x: Tensor): Tensor {
    return this.from(x, 0);
  }

  /** The same for a sequence whose first token stands at `offset`. */
  from(x: Tensor, offset: number): Tensor {
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

/** How {@link rotary} turns. */
export interface RotaryOptions {
  /** Position of the first token; 0 unless said. */
  readonly offset?: number;
  /** Of the geometric series of frequencies; 10,000 unless said. */
  readonly base?: number;
}

/**
 * Rotary positions (Su et al. 2021): coordinates k and k + d/2 of the token at position t turn by t
 * · base^(−2k/d), so that the product of a query and a key depends on their distance alone. x
 * [..., time, d], d even → the same shape; 6 FLOP a pair.
 * @throws ShapeError for an odd d
 * @example rotary(queries, { offset: cache.length });
 */
export function rotary(x: Tensor, { offset = 0, base = 10000 }: RotaryOptions = {}): Tensor {
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
