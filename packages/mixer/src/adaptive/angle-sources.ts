/**
 * @file The angles of an adaptive mixer, stage by stage for a row group (lanes.ts), and their way
 * back. θ[4p + r] is the angle of pair p in row r.
 */
import type { TypedArray } from "@spm/core";
import { ROWS_PER_GROUP } from "../lanes.ts";
import type { Schedule } from "../schedule.ts";

/**
 * The source of the angles: `rows`, one of each pair and row is an operand; `stage`, computed from
 * all inputs of the stage; `pair`, from the two of the pair.
 */
export type AngleSource = "rows" | "stage" | "pair";

/** The angles of a source. */
export interface Angles {
  /** Writes θ of the pairs of stage l, z being the stage's inputs. */
  read(theta: Float64Array, z: Float64Array, row: number, l: number): void;
  /**
   * Takes δ, the cotangent of θ, back: adds to the gradients, and to g, which is the cotangent of
   * the stage's inputs z.
   */
  pullBack(delta: Float64Array, z: Float64Array, g: Float64Array, row: number, l: number): void;
  /** The gradients by θ and by the weights. */
  readonly gradients: readonly [angles: Float64Array, weights: Float64Array];
}

/** The sources of angles: one or θ⁰ of each pair, weights, and the number of rows. */
interface AngleOperands {
  readonly schedule: Schedule;
  readonly angles: TypedArray;
  readonly weights: TypedArray;
  readonly rows: number;
}

/** Angles that are given, [rows, P]: θ̄ = δ, row by row. */
function ofRows({ schedule: { first, starts }, angles, rows }: AngleOperands): Angles {
  const pairs = first.length;
  const gradient = new Float64Array(angles.length);
  return {
    read: (theta, _, row, l) => {
      for (let r = 0; r < ROWS_PER_GROUP; r++) {
        const at = Math.min(row + r, rows - 1) * pairs;
        for (let p = starts[l]!; p < starts[l + 1]!; p++)
          theta[ROWS_PER_GROUP * p + r] = angles[at + p]!;
      }
    },
    pullBack: (delta, _z, _g, row, l) => {
      for (let r = 0; r < Math.min(ROWS_PER_GROUP, rows - row); r++)
        for (let p = starts[l]!; p < starts[l + 1]!; p++)
          gradient[(row + r) * pairs + p] = delta[ROWS_PER_GROUP * p + r]!;
    },
    gradients: [gradient, new Float64Array()],
  };
}

/** θ = θ⁰ + A z, A [P, n] and z all inputs of the stage. */
function ofStage({ schedule: { n, starts }, angles, weights }: AngleOperands): Angles {
  const [byAngle, byWeight] = [new Float64Array(angles.length), new Float64Array(weights.length)];
  return {
    read: (theta, z, _, l) => {
      for (let p = starts[l]!; p < starts[l + 1]!; p++) {
        const k = ROWS_PER_GROUP * p;
        theta.fill(angles[p]!, k, k + ROWS_PER_GROUP);
        for (let i = 0; i < n; i++)
          for (let r = 0; r < ROWS_PER_GROUP; r++)
            theta[k + r]! += weights[p * n + i]! * z[ROWS_PER_GROUP * i + r]!;
      }
    },
    pullBack: (delta, z, g, _, l) => {
      for (let p = starts[l]!; p < starts[l + 1]!; p++) {
        const k = ROWS_PER_GROUP * p;
        for (let r = 0; r < ROWS_PER_GROUP; r++) byAngle[p]! += delta[k + r]!; // θ̄⁰ = Σ δ
        for (let i = 0; i < n; i++)
          for (let r = 0; r < ROWS_PER_GROUP; r++) {
            byWeight[p * n + i]! += delta[k + r]! * z[ROWS_PER_GROUP * i + r]!; // Ā = Σ δ zᵀ
            g[ROWS_PER_GROUP * i + r]! += weights[p * n + i]! * delta[k + r]!; // ḡ += Aᵀ δ
          }
      }
    },
    gradients: [byAngle, byWeight],
  };
}

/** θ = θ⁰ + α z_i + β z_j, the weights [P, 2] being α and β. */
function ofPair({ schedule: { first, second, starts }, angles, weights }: AngleOperands): Angles {
  const [byAngle, byWeight] = [new Float64Array(angles.length), new Float64Array(weights.length)];
  return {
    read: (theta, z, _, l) => {
      for (let p = starts[l]!; p < starts[l + 1]!; p++) {
        const [angle, alpha, beta] = [angles[p]!, weights[2 * p]!, weights[2 * p + 1]!];
        const [i, j] = [ROWS_PER_GROUP * first[p]!, ROWS_PER_GROUP * second[p]!];
        for (let r = 0; r < ROWS_PER_GROUP; r++)
          theta[ROWS_PER_GROUP * p + r] = angle + alpha * z[i + r]! + beta * z[j + r]!;
      }
    },
    pullBack: (delta, z, g, _, l) => {
      for (let p = starts[l]!; p < starts[l + 1]!; p++) {
        const [alpha, beta] = [weights[2 * p]!, weights[2 * p + 1]!];
        const [i, j] = [ROWS_PER_GROUP * first[p]!, ROWS_PER_GROUP * second[p]!];
        for (let r = 0; r < ROWS_PER_GROUP; r++) {
          const d = delta[ROWS_PER_GROUP * p + r]!;
          byAngle[p]! += d;
          byWeight[2 * p]! += d * z[i + r]!; // ᾱ = Σ δ z_i
          byWeight[2 * p + 1]! += d * z[j + r]!; // β̄ = Σ δ z_j
          g[i + r]! += alpha * d; // ḡ_i += α δ
          g[j + r]! += beta * d; // ḡ_j += β δ
        }
      }
    },
    gradients: [byAngle, byWeight],
  };
}

/** The angles of each source. */
export const angleSources: Readonly<Record<AngleSource, (operands: AngleOperands) => Angles>> = {
  rows: ofRows,
  stage: ofStage,
  pair: ofPair,
};
