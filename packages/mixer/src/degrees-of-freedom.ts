/** @file The number of directions in which W can move: the rank of ∂vec(W)/∂parameters. */

import { normal, ones, type Rng, rng, type Shape, type Tensor, tensor, vjp } from "@spm/core";
import { checkOptions, elements, type OptionNames } from "@spm/core/extend";
import { toDense } from "./algebra.ts";
import type { MixerKind } from "./mixer.ts";
import { checkMixer } from "./mixer.ts";
import { byName } from "./parameterisation/define.ts";
import type { Schedule } from "./schedule.ts";
import { checkSchedule } from "./schedule.ts";

/** Options of {@link degreesOfFreedom}. */
export interface DegreesOfFreedomOptions {
  /**
   * Whether D_in and D_out are learned.
   * @defaultValue true
   */
  readonly diagonals?: boolean;
  /**
   * Draws the point at which the rank is taken.
   * @defaultValue rng(1)
   */
  readonly random?: Rng;
}

const names: OptionNames<DegreesOfFreedomOptions> = { diagonals: "boolean", random: true };

/**
 * The dimension of the family of matrices that a mixer ranges over: the rank of ∂vec(W)/∂parameters
 * at random parameters, in float64; directions below 10⁻¹¹ of the largest one count as rounding. A
 * generic W needs n².
 * @returns at most n². Cost O(n⁴ (n + P)): for small n
 * @example degreesOfFreedom(rotationMixer, butterfly(8), { diagonals: false }); // 12
 */
export function degreesOfFreedom(
  mixer: MixerKind,
  schedule: Schedule,
  options: DegreesOfFreedomOptions = {},
): number {
  checkMixer("degreesOfFreedom", mixer);
  checkSchedule("degreesOfFreedom", schedule);
  checkOptions("degreesOfFreedom", options, names);
  const { diagonals = true, random = rng(1) } = options;
  const draw = (shape: Shape) => normal(random, shape, 0, 1, { dtype: "float64" });
  const { n } = schedule;
  const { parameterisation } = mixer;
  const stages = parameterisation.shapes(schedule).map(draw);
  const fixed = [[n], [n]].map((shape) =>
    diagonals ? draw(shape) : ones(shape, { dtype: "float64" }),
  );
  const dense = (...parameters: Tensor[]): Tensor => {
    const [dIn, dOut] = diagonals ? parameters.slice(-2) : fixed;
    const named = byName(parameterisation, parameters);
    return toDense({
      mixer,
      schedule,
      parameters: named,
      ...(dIn && { dIn }),
      ...(dOut && { dOut }),
    });
  };
  const { pullback } = vjp(dense, ...stages, ...(diagonals ? fixed : []));
  const rows = Array.from({ length: n * n }, (_, entry) => {
    const unit = tensor(
      Float64Array.from({ length: n * n }, (_, k) => (k === entry ? 1 : 0)),
      { shape: [n, n] },
    );
    return Float64Array.from(pullback(unit).flatMap((g) => [...elements(g.ndarray())]));
  });
  return rank(rows);
}

/**
 * The rank of a matrix by Gram-Schmidt orthogonalisation, the longest remaining row first;
 * overwrites the rows.
 */
export function rank(rows: Float64Array[], tolerance = 1e-11): number {
  let count = 0;
  let first = 0;
  for (; count < rows.length; count++) {
    const lengths = rows.slice(count).map((row) => Math.hypot(...row));
    const longest = lengths.reduce((best, length, k) => (length > lengths[best]! ? k : best), 0);
    const length = lengths[longest]!;
    if (count === 0) first = length;
    if (!(length > tolerance * first)) break;
    const pivot = rows[count + longest]!.map((v) => v / length);
    [rows[count + longest], rows[count]] = [rows[count]!, pivot];
    for (const row of rows.slice(count + 1)) {
      const along = row.reduce((total, v, i) => total + v * pivot[i]!, 0);
      for (let i = 0; i < row.length; i++) row[i]! -= along * pivot[i]!;
    }
  }
  return count;
}
