/** @file Random tensors from an explicit generator. */
import { allocate, wrap } from "../array.ts";
import { ValueError } from "../errors.ts";
import { fromArray } from "../primitive.ts";
import type { Rng } from "../random.ts";
import { checkShape, type Shape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** How a random tensor is made. */
export interface RandomOptions {
  readonly dtype?: "float32" | "float64";
}

function fill(op: string, shape: Shape, { dtype = "float32" }: RandomOptions, draw: () => number): Tensor {
  const data = allocate(dtype, sizeOf(checkShape(op, shape)));
  for (let i = 0; i < data.length; i++) data[i] = draw();
  return fromArray(wrap(data, shape.slice()));
}

/** Uniform in [low, high), drawn in row-major order. @throws ValueError unless low < high, both finite */
export function uniform(random: Rng, shape: Shape, low = 0, high = 1, options: RandomOptions = {}): Tensor {
  if (!(low < high) || !Number.isFinite(high - low))
    throw new ValueError("uniform", "finite low < high", `${low} and ${high}`);
  return fill("uniform", shape, options, () => low + (high - low) * random.uniform());
}

/** Normal with a mean and a standard deviation, drawn in row-major order. @throws ValueError for a negative deviation */
export function normal(random: Rng, shape: Shape, mean = 0, deviation = 1, options: RandomOptions = {}): Tensor {
  if (!(deviation >= 0)) throw new ValueError("normal", "a standard deviation ≥ 0", deviation);
  return fill("normal", shape, options, () => mean + deviation * random.normal());
}
