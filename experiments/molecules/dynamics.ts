/** @file Molecular dynamics at constant energy: with the learned forces, and with the true ones. */
import { type Rng, scope, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { edgesWithin } from "@spm/models";
import { zip } from "../parts/zip.ts";
import type { Contender } from "./contenders.ts";
import { type Batch, batchOf, CUTOFF } from "./frames.ts";
import { ACCELERATION, type Frames, TEMPERATURE, TIME_STEP, velocities } from "./sampler.ts";
import { predict } from "./training.ts";
import { COORDINATES, increase, massOf, type WaterForces, waterEnergy } from "./water.ts";

/** Total energies of some trajectories, kcal/mol: `energies[moment][trajectory]`. */
export interface Trajectories {
  /** fs */
  readonly times: readonly number[];
  readonly energies: readonly (readonly number[])[];
}

/** Potential energies and forces of all trajectories at positions. */
type Field = (positions: Float64Array) => { energies: Float64Array; forces: Float64Array };

/** The true field of one trimer after another. */
const trueField =
  (kind: WaterForces): Field =>
  (positions) => {
    const gradient = new Float64Array(COORDINATES);
    const forces = new Float64Array(positions.length);
    const energies = new Float64Array(positions.length / COORDINATES).map((_, i) => {
      const from = i * COORDINATES;
      const energy = waterEnergy(kind, positions.slice(from, from + COORDINATES), gradient);
      for (const [k, g] of gradient.entries()) forces[from + k] = -g;
      return energy;
    });
    return { energies, forces };
  };

/** The field that a model has learned. */
const learnedField =
  (contender: Contender, like: Batch): Field =>
  (positions) =>
    scope(() => {
      const at = tensor(Float32Array.from(positions), { shape: [positions.length / 3, 3] });
      const { molecules } = like;
      const edges = edgesWithin(at, CUTOFF, { molecules });
      const { energies, forces } = predict(contender, { ...like, positions: at, edges });
      const read = (x: Tensor): Float64Array => Float64Array.from(elements(x.ndarray()));
      return { energies: read(energies), forces: read(forces) };
    });

/** Velocity Verlet (Swope et al. 1982) from given positions and velocities. */
function verlet(
  field: Field,
  start: Float64Array,
  pace: Float64Array,
  steps: number,
  every: number,
): Trajectories {
  const [x, v] = [start.slice(), pace.slice()];
  const kinetic = (i: number): number =>
    v
      .slice(i * COORDINATES, (i + 1) * COORDINATES)
      .reduce((energy, u, k) => energy + (0.5 * massOf(k) * u ** 2) / ACCELERATION, 0);
  const push = (forces: Float64Array): void => {
    for (const [k, f] of forces.entries())
      increase(v, k, (0.5 * TIME_STEP * ACCELERATION * f) / massOf(k));
  };
  let now = field(x);
  const total = (): number[] => [...now.energies].map((energy, i) => energy + kinetic(i));
  const [times, energies] = [[0], [total()]];
  for (let step = 1; step <= steps; step++) {
    push(now.forces);
    for (const [k, u] of v.entries()) increase(x, k, TIME_STEP * u);
    now = field(x);
    push(now.forces);
    if (step % every > 0 && step < steps) continue;
    times.push(step * TIME_STEP);
    energies.push(total());
  }
  return { times, energies };
}

/** Both fields from the same frames and velocities of 300 K. */
export function dynamicsOf(
  contender: Contender,
  kind: WaterForces,
  frames: Frames,
  from: readonly number[],
  steps: number,
  random: Rng,
): Readonly<Record<"learned" | "true", Trajectories>> {
  return scope(() => {
    const like = batchOf(frames, from);
    const start = Float64Array.from(
      from.flatMap((i) => [...frames.positions.subarray(27 * i, 27 * i + 27)]),
    );
    const pace = Float64Array.from(from.flatMap(() => [...velocities(random, TEMPERATURE)]));
    const every = Math.max(1, Math.floor(steps / 50));
    return {
      learned: verlet(learnedField(contender, like), start, pace, steps, every),
      true: verlet(trueField(kind), start, pace, steps, every),
    };
  });
}

/** How far total energies go from where they began. */
export interface Drift {
  /** The mean over trajectories of the slope of a line through the energies, kcal/mol per ps. */
  readonly slope: number;
  /** The same of |slope|. */
  readonly size: number;
  /** The largest distance from the start. */
  readonly furthest: number;
}

/** The drift of trajectories. */
export function driftOf({ times, energies }: Trajectories): Drift {
  const [first = []] = energies;
  const each = first.map((start, i) => energies.map((now) => (now[i] ?? start) - start));
  const slopes = each.map((moved) => 1000 * slopeOf(times, moved));
  return {
    slope: meanOf(slopes),
    size: meanOf(slopes.map(Math.abs)),
    furthest: Math.max(...each.flat().map(Math.abs)),
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v / values.length, 0);

/** The slope of the line nearest to points. */
function slopeOf(xs: readonly number[], ys: readonly number[]): number {
  const [x, y] = [meanOf(xs), meanOf(ys)];
  const over = zip(xs, ys).reduce((sum, [u, v]) => sum + (u - x) * (v - y), 0);
  const under = xs.reduce((sum, u) => sum + (u - x) ** 2, 0);
  return under > 0 ? over / under : 0;
}
