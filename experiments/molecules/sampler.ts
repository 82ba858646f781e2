/** @file Water trimers at 300 K: relaxed from a random arrangement, then Langevin dynamics. */
import type { Rng } from "@spm/core";
import { COORDINATES, masses, WATERS, type WaterForces, waterEnergy } from "./water.ts";

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
  const along = e.reduce((sum, v, k) => sum + v * other[k]!, 0);
  const rest = other.map((v, k) => v - along * e[k]!);
  const length = Math.hypot(...rest);
  for (let m = 0; m < WATERS; m++) {
    const angle = (2 * Math.PI * m) / WATERS;
    const [a, b] = [1.67 * Math.cos(angle), (1.67 * Math.sin(angle)) / length];
    const hydrogens = [direction(random), direction(random)];
    for (let k = 0; k < 3; k++) {
      const o = a * e[k]! + b * rest[k]!;
      x[9 * m + k] = o;
      for (const [h, u] of hydrogens.entries()) x[9 * m + 3 * (h + 1) + k] = o + u[k]!;
    }
  }
  return x;
}

/** Steps downhill, none of them long. */
function relax(kind: WaterForces, x: Float64Array, steps: number): void {
  const gradient = new Float64Array(COORDINATES);
  for (let step = 0; step < steps; step++) {
    waterEnergy(kind, x, gradient);
    for (let k = 0; k < COORDINATES; k++)
      x[k]! -= Math.max(-MOST_SHIFT, Math.min(MOST_SHIFT, 5e-4 * gradient[k]!));
  }
}

/** Velocities of the temperature, in Å/fs. */
export function velocities(random: Rng, temperature: number): Float64Array {
  const v = new Float64Array(COORDINATES);
  for (let k = 0; k < COORDINATES; k++) {
    const mass = masses[Math.floor(k / 3)]!;
    v[k] = Math.sqrt((BOLTZMANN * temperature * ACCELERATION) / mass) * normals(random)[0];
  }
  return v;
}

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
    for (let step = 0; step < count; step++) {
      for (let k = 0; k < COORDINATES; k++) {
        const mass = masses[Math.floor(k / 3)]!;
        v[k]! -= (0.5 * TIME_STEP * ACCELERATION * g[k]!) / mass;
        x[k]! += 0.5 * TIME_STEP * v[k]!;
        v[k] = keep * v[k]! + (drawn / Math.sqrt(mass)) * normals(this.#random)[0];
        x[k]! += 0.5 * TIME_STEP * v[k]!;
      }
      waterEnergy(this.#kind, x, g);
      for (let k = 0; k < COORDINATES; k++)
        v[k]! -= (0.5 * TIME_STEP * ACCELERATION * g[k]!) / masses[Math.floor(k / 3)]!;
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
