/** @file The common parts of the kinds with one angle a pair: blocks, best and initial angles. */
import { ones, type Rng, type Tensor, type TypedArray } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import type { Schedule } from "../schedule.ts";
import type { Blocks } from "../stages.ts";
import type { MixerInit, Quad } from "./define.ts";

/**
 * Blocks from the cosine and sine of each angle.
 * @throws ValueError for an angle that is not finite
 */
export function angleBlocks(
  name: string,
  angles: TypedArray,
  unpaired: number,
  block: (cos: number, sin: number) => Quad,
): Blocks {
  const blocks = new Float64Array(4 * angles.length);
  for (const [p, angle] of angles.entries()) {
    if (!Number.isFinite(angle))
      throw new ValueError(
        name,
        "finite angles",
        `${angle} for pair ${p}`,
        "did training diverge?",
      );
    blocks.set(block(Math.cos(angle), Math.sin(angle)), 4 * p);
  }
  return { blocks, unpairedScales: new Float64Array(unpaired).fill(1) };
}

/** A number for each block of `m`, computed from the block and the one of `other` beside it. */
export function perBlock(
  m: Float64Array,
  f: (block: Quad, other: Quad) => number,
  other: Float64Array = m,
): Float64Array {
  const out = new Float64Array(m.length / 4);
  for (let p = 0; p < out.length; p++) out[p] = f(quadAt(m, p), quadAt(other, p));
  return out;
}

/** Block p. */
export const quadAt = (m: Float64Array, p: number): Quad => [
  m[4 * p]!,
  m[4 * p + 1]!,
  m[4 * p + 2]!,
  m[4 * p + 3]!,
];

/** Scales of 1 for unpaired coordinates, of the dtype and backend of some parameter. */
export const unitScales = (unpaired: number, like: Tensor): Tensor =>
  ones([unpaired], { dtype: like.dtype, backend: like.backend });

/**
 * Angles in radians for the inits that every kind with angles has.
 * @throws ValueError for another init
 */
export function initialAngles(
  name: string,
  { first }: Schedule,
  random: Rng,
  init: MixerInit,
  noise: number = 0.1,
): Float64Array {
  switch (init) {
    case "haar":
      return Float64Array.from(first, () => (2 * random.uniform() - 1) * Math.PI);
    case "identity":
      return Float64Array.from(first, () => noise * random.normal());
    case "quarter":
      return Float64Array.from(
        first,
        () => (random.uniform() < 0.5 ? -Math.PI : Math.PI) / 4 + noise * random.normal(),
      );
    default:
      throw new ValueError("initialParameters", `a start that a ${name} mixer has`, `"${init}"`);
  }
}

/**
 * The angle of least error, for blocks that are linear in its cosine and sine: with H =
 * correlation + Ga M Gc the error is −2(c p + s q) + u c² + 2 v c s + w s²; the lowest of 32
 * samples, then Newton's steps.
 */
export function bestAngle(
  from: number,
  {
    p,
    q,
    u,
    v,
    w,
  }: {
    readonly p: number;
    readonly q: number;
    readonly u: number;
    readonly v: number;
    readonly w: number;
  },
): number {
  const error = (t: number) => {
    const [c, s] = [Math.cos(t), Math.sin(t)];
    return -2 * (c * p + s * q) + u * c * c + 2 * v * c * s + w * s * s;
  };
  let best = from;
  for (let sample = 0; sample < 32; sample++) {
    const t = (sample * Math.PI) / 16;
    if (error(t) < error(best)) best = t;
  }
  for (let step = 0; step < 20; step++) {
    const [c, s] = [Math.cos(best), Math.sin(best)];
    const slope = 2 * (s * p - c * q) + 2 * (w - u) * c * s + 2 * v * (c * c - s * s);
    const curvature = 2 * (c * p + s * q) + 2 * (w - u) * (c * c - s * s) - 8 * v * c * s;
    if (!(curvature > 0) || Math.abs(slope) <= 1e-17 * curvature) break;
    const next = best - slope / curvature;
    if (error(next) > error(best)) break;
    best = next;
  }
  return best;
}

/** The product of two 2×2 matrices. */
export const times = ([a, b, c, d]: Quad, [e, f, g, h]: Quad): Quad => [
  a * e + b * g,
  a * f + b * h,
  c * e + d * g,
  c * f + d * h,
];
