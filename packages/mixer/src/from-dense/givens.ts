/** @file An orthogonal matrix as n stages of neighbouring rotations and a sign for each row. */
import { brick } from "../patterns.ts";
import type { Matrix } from "./matrix.ts";

/** A rotation of coordinates i and i + 1. */
interface Turn {
  readonly i: number;
  angle: number;
}

/**
 * Q = diag(signs) · (the rotations of `brick(n)`). Entries below the diagonal are turned to zero
 * one antidiagonal after another, by columns from the right and by rows from the left in turn, so
 * that the rotations fall into n stages (Clements et al. 2016, for real matrices); a diagonal of
 * signs remains and moves to the front, changing signs of angles.
 * @param q - orthogonal, n × n
 * @returns angles in the order of `brick(n)`; signs [n]. Cost O(n³).
 */
export function givens(q: Matrix): { angles: Float64Array; signs: Float64Array } {
  const n = q.rows;
  const u = q.data.slice();
  const [right, left]: [Turn[], Turn[]] = [[], []];
  for (let i = 0; i < n - 1; i++)
    for (let j = 0; j <= i; j++) {
      if (i % 2 === 0) {
        const [row, column] = [n - 1 - j, i - j];
        const angle = Math.atan2(u[row * n + column]!, u[row * n + column + 1]!);
        turn(u, column, column + 1, n, n, angle); // columns: U ← U R(angle)ᵀ
        right.push({ i: column, angle });
      } else {
        const [row, column] = [n - 1 - i + j, j];
        const angle = Math.atan2(-u[row * n + column]!, u[(row - 1) * n + column]!);
        turn(u, (row - 1) * n, row * n, 1, n, angle); // rows: U ← R(angle) U
        left.push({ i: row - 1, angle: -angle });
      }
    }
  const signs = Float64Array.from({ length: n }, (_, i) => (u[i * n + i]! < 0 ? -1 : 1));
  // R(θ) D = D R(±θ)
  for (const rotation of left) rotation.angle *= signs[rotation.i]! * signs[rotation.i + 1]!;
  return { angles: inBrick(n, [...right, ...left.reverse()]), signs };
}

/**
 * (u, v) ← (cos u − sin v, sin u + cos v) along two lines of `count` numbers, `step` apart, that
 * start at `from` and `to`.
 */
function turn(
  data: Float64Array,
  from: number,
  to: number,
  step: number,
  count: number,
  angle: number,
): void {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  for (let k = 0, i = from, j = to; k < count; k++, i += step, j += step) {
    const [u, v] = [data[i]!, data[j]!];
    data[i] = c * u - s * v;
    data[j] = s * u + c * v;
  }
}

/**
 * Each rotation, in the order of time, in the first stage of the brick that has its pair and comes
 * after its neighbours.
 */
function inBrick(n: number, turns: readonly Turn[]): Float64Array {
  const { starts, first } = brick(n);
  const angles = new Float64Array(first.length);
  const free = new Int32Array(n);
  for (const { i, angle } of turns) {
    let stage = Math.max(free[i]!, free[i + 1]!);
    if (stage % 2 !== i % 2) stage++;
    angles[starts[stage]! + (i >> 1)] = angle;
    free[i] = free[i + 1] = stage + 1;
  }
  return angles;
}
