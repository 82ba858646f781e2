/** @file Water trimers at 300 K: relaxed from a random arrangement, then Langevin dynamics. */
import type { Rng } from "@spm/core";
import { zip } from "../parts/zip.ts";
import { COORDINATES, increase, massOf, WATERS, type WaterForces, waterEnergy } from "./water.ts";

/** kcal/mol per kelvin. */
const BOLTZMANN = 0.0019872041;
/** An acceleration of 1 kcal/mol/Å per atomic mass, in Å/fs². */
export const ACCELERATION: number = 4.184e-4;
export const TEMPERATURE = 300;
/** fs, and the friction in 1/fs. */
export const TIME_STEP = 0.5;
const FRICTION = 0.02;
/** Å: the shift of an atom by a step of relaxing is at most so much. */
const MOST_SHIFT = 0.05;

/** The numbers of steps. */
export interface Sampling {
  readonly relax: number;
  readonly burnIn: number;
  readonly apart: number;
  readonly snapshots: number;
}

/** Positions, energies and forces of frames, one after another. */
export interface Frames {
  readonly positions: Float64Array;
  readonly energies: Float64Array;
  readonly forces: Float64Array;
}

/** Two independent normal numbers, by Box and Muller. */
export function normals(random: Rng): [number, number] {
  const r = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  const angle = 2 * Math.PI * random.uniform();
  return [r * Math.cos(angle), r * Math.sin(angle)];
}

/** A random direction. */
function direction(random: Rng): [number, number, number] {
  const z = 2 * random.uniform() - 1;
  const angle = 2 * Math.PI * random.uniform();
  const s = Math.sqrt(1 - z * z);
  return [s * Math.cos(angle), s * Math.sin(angle), z];
}

/** Oxygens at the corners of a triangle of 2.9 Å in a random plane, hydrogens anyhow. */
function arrangement(random: Rng): Float64Array {
  const x = new Float64Array(COORDINATES);
  const [e, other] = [direction(random), direction(random)];
  const along = e[0] * other[0] + e[1] * other[1] + e[2] * other[2];
  const rest = zip(e, other).map(([u, v]) => v - along * u);
  const length = Math.hypot(...rest);
  for (let m = 0; m < WATERS; m++) {
    const angle = (2 * Math.PI * m) / WATERS;
    const [a, b] = [1.67 * Math.cos(angle), (1.67 * Math.sin(angle)) / length];
    const oxygen = zip(e, rest).map(([u, v]) => a * u + b * v);
    x.set(oxygen, 9 * m);
    for (const h of [1, 2])
      x.set(
        zip(oxygen, direction(random)).map(([o, u]) => o + u),
        9 * m + 3 * h,
      );
  }
  return x;
}

/** Steps downhill, none of them long. */
function relax(kind: WaterForces, x: Float64Array, steps: number): void {
  const gradient = new Float64Array(COORDINATES);
  for (let step = 0; step < steps; step++) {
    waterEnergy(kind, x, gradient);
    for (const [k, g] of gradient.entries())
      increase(x, k, -Math.max(-MOST_SHIFT, Math.min(MOST_SHIFT, 5e-4 * g)));
  }
}

/** Velocities of the temperature, in Å/fs. */
export const velocities = (random: Rng, temperature: number): Float64Array =>
  new Float64Array(COORDINATES).map(
    (_, k) => Math.sqrt((BOLTZMANN * temperature * ACCELERATION) / massOf(k)) * normals(random)[0],
  );

/** Langevin dynamics by BAOAB (Leimkuhler and Matthews 2013). */
class Langevin {
  readonly x: Float64Array;
  readonly #v: Float64Array;
  readonly #gradient = new Float64Array(COORDINATES);
  readonly #kind: WaterForces;
  readonly #random: Rng;

  constructor(kind: WaterForces, x: Float64Array, random: Rng) {
    this.x = x;
    this.#kind = kind;
    this.#random = random;
    this.#v = velocities(random, TEMPERATURE);
    waterEnergy(kind, x, this.#gradient);
  }

  steps(count: number): void {
    const [v, g, x] = [this.#v, this.#gradient, this.x];
    const keep = Math.exp(-FRICTION * TIME_STEP);
    const drawn = Math.sqrt((1 - keep * keep) * BOLTZMANN * TEMPERATURE * ACCELERATION);
    const kick = (): void => {
      for (const [k, slope] of g.entries())
        increase(v, k, (-0.5 * TIME_STEP * ACCELERATION * slope) / massOf(k));
    };
    const move = (): void => {
      for (const [k, u] of v.entries()) increase(x, k, 0.5 * TIME_STEP * u);
    };
    for (let step = 0; step < count; step++) {
      kick();
      move();
      for (const [k, u] of v.entries())
        v[k] = keep * u + (drawn / Math.sqrt(massOf(k))) * normals(this.#random)[0];
      move();
      waterEnergy(this.#kind, x, g);
      kick();
    }
  }
}

/**
 * Frames of one trimer after another: snapshots of each, some steps apart. Calls `done` after each
 * trimer, and ends where that answers false.
 */
export async function sampleTrimers(
  kind: WaterForces,
  trimers: number,
  { relax: downhill, burnIn, apart, snapshots }: Sampling,
  random: Rng,
  done: (trimer: number) => Promise<boolean>,
): Promise<Frames> {
  const count = trimers * snapshots;
  const frames = {
    positions: new Float64Array(count * COORDINATES),
    energies: new Float64Array(count),
    forces: new Float64Array(count * COORDINATES),
  };
  const gradient = new Float64Array(COORDINATES);
  for (let t = 0; t < trimers; t++) {
    const x = arrangement(random);
    relax(kind, x, downhill);
    const dynamics = new Langevin(kind, x, random);
    dynamics.steps(burnIn);
    for (let s = 0; s < snapshots; s++) {
      if (s > 0) dynamics.steps(apart);
      const at = t * snapshots + s;
      frames.energies[at] = waterEnergy(kind, x, gradient);
      frames.positions.set(x, at * COORDINATES);
      frames.forces.set(
        gradient.map((g) => -g),
        at * COORDINATES,
      );
    }
    if (!(await done(t + 1))) break;
  }
  return frames;
}
