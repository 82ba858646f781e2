/**
 * @file A seeded, splittable generator with explicit, serialisable state, and random tensors from
 * it. The same seed gives the same bits.
 */
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { allocate, type NdArray, wrap } from "../array.ts";
import { ValueError } from "../errors.ts";
import { fromArray } from "../primitive.ts";
import { printsAs, showValue } from "../prints-as.ts";
import { synchronous } from "../scope.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { type Dynamic, during } from "../tape.ts";
import type { Tensor } from "../tensor.ts";
import { checkShape, kindOf } from "./check.ts";
import { checkNumber } from "./create.ts";
import { checkOptions, type OptionNames } from "./options.ts";

/** Four 32-bit words. */
export type RngState = readonly [number, number, number, number];

/** The generators that {@link drawnFrom} has seen: made since it began, or drawn from. */
const watched: Dynamic<Map<Rng, "made" | "drawn"> | null> = { value: null };

/**
 * Runs `f`, and lists the generators that it drew from, without those that were made in it.
 * @throws TapeError when `f` returns a promise
 * @example drawnFrom(() => normal(random, [2])).generators; // [random]
 */
export function drawnFrom<T>(f: () => T): { result: T; generators: Rng[] } {
  const seen = new Map<Rng, "made" | "drawn">();
  const result = during(watched, seen, () => synchronous("drawnFrom", f));
  const generators = [...seen].flatMap(([random, how]) => (how === "drawn" ? [random] : []));
  return { result, generators };
}

/**
 * Draws an array in place of {@link drawn}: a recording of a step notes how the next is drawn.
 * @example drawing.value = (random, draw) => draw(); // until it is null again
 */
export const drawing: Dynamic<((random: Rng, draw: () => NdArray) => NdArray) | null> = {
  value: null,
};

/**
 * An array of random numbers, as `draw` makes it from the generator alone: a captured step calls
 * that again each time.
 * @example fromArray(drawn(random, () => wrap(Float32Array.of(random.normal()), [1])));
 */
export const drawn = (random: Rng, draw: () => NdArray): NdArray =>
  drawing.value === null ? draw() : drawing.value(random, draw);

/**
 * A generator of random numbers, xoroshiro128+ (Blackman, Vigna 2018; pure-rand's). Every draw
 * advances its state. {@link rng} makes one from a seed.
 * @throws ValueError for a state of anything but four 32-bit integers, not all zero
 * @example
 * const random = rng(1);
 * const [weights, batches] = random.split(2); // independent streams
 */
export class Rng {
  #generator: ReturnType<typeof xoroshiro128plusFromState>;

  constructor(state: RngState) {
    this.#generator = generatorFrom(state);
    watched.value?.set(this, "made");
  }

  static {
    printsAs(Rng.prototype, ({ state }) => `Rng ${showValue({ state })}`);
  }

  /** The state, for saving; `new Rng(state)` continues from it. */
  get state(): RngState {
    return this.#generator.getState().slice(0, 4) as unknown as RngState;
  }

  /**
   * Sets the state: the next draws are those that followed it.
   * @throws ValueError for anything but four 32-bit integers, not all zero
   */
  set state(state: RngState) {
    this.#generator = generatorFrom(state);
  }

  /**
   * Independent generators, each seeded with 128 fresh bits of this one.
   * @throws ShapeError unless count is an integer ≥ 0
   */
  split(count: number): Rng[] {
    checkShape("rng.split", [count]);
    return Array.from(
      { length: count },
      () => new Rng([this.bits(), this.bits(), this.bits(), this.bits() | 1]),
    );
  }

  /** 32 random bits, as a signed integer. */
  bits(): number {
    if (watched.value !== null && !watched.value.has(this)) watched.value.set(this, "drawn");
    return this.#generator.next();
  }

  /** A uniform number in [0, 1), a multiple of 2⁻⁵³. */
  uniform(): number {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
  }

  /** A standard normal number, by Box and Muller (1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A uniform integer in [0, bound), without bias. @throws ValueError unless 1 ≤ bound ≤ 2³² */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 4294967296)
      throw new ValueError("rng.integer", "a bound in [1, 2^32]", bound);
    const limit = 4294967296 - (4294967296 % bound);
    for (;;) {
      const draw = this.bits() >>> 0;
      if (draw < limit) return draw % bound;
    }
  }

  /** A uniform permutation of 0 … n−1 (Fisher and Yates). */
  permutation(n: number): Int32Array {
    checkShape("rng.permutation", [n]);
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }
}

function generatorFrom(state: RngState): ReturnType<typeof xoroshiro128plusFromState> {
  const words = Array.isArray(state) && state.length === 4 && state.every(Number.isInteger);
  if (!words || state.every((word) => word === 0))
    throw new ValueError("rng", "a state of four 32-bit integers, not all zero", showValue(state));
  return xoroshiro128plusFromState(state);
}

/**
 * A generator from a seed. SplitMix32 spreads the seed's bits, so that near seeds give unrelated
 * streams.
 * @param seed - any safe integer
 * @throws ValueError for any other number
 * @example rng(7).integer(6); // 2
 */
export function rng(seed: number): Rng {
  if (!Number.isSafeInteger(seed)) throw new ValueError("rng", "a safe integer as seed", seed);
  let counter = seed | 0;
  const word = (): number => {
    counter = (counter + 0x9e3779b9) | 0;
    let z = counter;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
  const low = [word(), word()] as const;
  // the upper bits: no two seeds start alike
  counter ^= Math.imul(Math.floor(seed / 4294967296), 0x85ebca6b);
  return new Rng([...low, word(), word() | 1]);
}

/** Options of random tensors. */
export interface RandomOptions {
  /** @defaultValue "float32" */
  readonly dtype?: "float32" | "float64";
}
const randomNames: OptionNames<RandomOptions> = { dtype: true };

/**
 * The generator itself.
 * @throws ValueError for anything else
 * @example checkRandom("dropout", rng(1)).uniform() < 1; // true
 */
export function checkRandom(op: string, random: Rng): Rng {
  if (random instanceof Rng) return random;
  throw new ValueError(op, "a generator", kindOf(random), "make one: rng(1)");
}

function fill(
  [op, random, shape, options]: [op: string, Rng, Shape, RandomOptions],
  draw: () => number,
): Tensor {
  checkOptions(op, options, randomNames);
  const { dtype = "float32" } = options;
  const size = sizeOf(checkShape(op, shape));
  const array = drawn(random, () => wrap(allocate(dtype, size).map(draw), shape.slice()));
  return fromArray(array);
}

/**
 * Uniform numbers in [low, high), drawn in row-major order, on the current backend.
 * @param random - the generator, which advances
 * @param low - default 0
 * @param high - default 1
 * @returns [...shape]
 * @throws ValueError unless low < high, both finite
 * @example uniform(rng(1), [2, 3], -1, 1).shape; // [2, 3]
 */
export function uniform(
  random: Rng,
  shape: Shape,
  low = 0,
  high = 1,
  options: RandomOptions = {},
): Tensor {
  checkRandom("uniform", random);
  checkOptions("uniform", options, randomNames);
  if (!(low < high) || !Number.isFinite(high) || !Number.isFinite(low))
    throw new ValueError("uniform", "finite low < high", `${low} and ${high}`);
  const rounded = options.dtype === "float64" ? (v: number) => v : Math.fround;
  return fill(["uniform", random, shape, options], () => {
    for (;;) {
      const v = low + (high - low) * random.uniform();
      if (rounded(v) < high) return v; // rounding may reach what is excluded
    }
  });
}

/**
 * Normal numbers, drawn in row-major order, on the current backend.
 * @param random - the generator, which advances
 * @param mean - default 0
 * @param deviation - the standard deviation (default 1)
 * @returns [...shape]
 * @throws ValueError for a negative deviation
 * @example normal(rng(1), [256, 10], 0, 0.02).shape; // [256, 10]
 */
export function normal(
  random: Rng,
  shape: Shape,
  mean = 0,
  deviation = 1,
  options: RandomOptions = {},
): Tensor {
  checkRandom("normal", random);
  checkNumber("normal", mean, "float64");
  if (!(checkNumber("normal", deviation, "float64") >= 0))
    throw new ValueError("normal", "a standard deviation ≥ 0", deviation);
  return fill(["normal", random, shape, options], () => mean + deviation * random.normal());
}

/**
 * 0 … n−1 in random order (Fisher and Yates).
 * @param random - the generator, which advances
 * @returns int32 [n]
 * @throws ShapeError unless n is a non-negative integer
 * @example permutation(rng(1), 5).shape; // [5]
 */
export function permutation(random: Rng, n: number): Tensor {
  checkShape("permutation", [n]);
  checkRandom("permutation", random);
  return fromArray(drawn(random, () => wrap(random.permutation(n), [n])));
}
