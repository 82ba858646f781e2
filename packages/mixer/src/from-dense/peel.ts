/** @file A butterfly peeled off a matrix stage by stage, by rank-1 approximations. */
import { eachPair, type Schedule } from "../schedule.ts";
import type { Matrix } from "./matrix.ts";

/**
 * W ≈ diag(dOut) B_L ⋯ B₁ for one pass of a butterfly, exact where W is one. Any path from input to
 * output is determined by the coordinate at which it leaves stage 1, so W = A B₁ with A joining
 * only coordinates of the same lowest bit, and each coordinate k between them carries a block of W,
 * n/2 rows by 2 columns, that is A's column times B₁'s row: of rank 1. Its best rank-1
 * approximation gives both; A is peeled in turn (Le, Zheng, Riccietti and Gribonval 2022).
 * @param w - n × n, n = 2^L
 * @param schedule - `butterfly(n)`
 * @returns blocks whose rows have length 1 and whose determinants are not negative. Cost O(n² log
 * n).
 */
export function peel(w: Matrix, schedule: Schedule): { blocks: Float64Array; dOut: Float64Array } {
  const { n } = schedule;
  const rest = w.data.slice();
  const blocks = new Float64Array(4 * schedule.first.length);
  for (let l = 0; l < schedule.stages; l++) {
    const period = 2 ** (l + 1);
    eachPair(schedule, l, (i, j, p) => {
      const lower = dominantRow(rest, n, i, j, i % period, period, [1, 0]);
      const upper = dominantRow(rest, n, i, j, j % period, period, [0, 1]);
      if (lower[0] * upper[1] < lower[1] * upper[0]) {
        upper[0] = -upper[0];
        upper[1] = -upper[1];
      }
      blocks.set([...lower, ...upper], 4 * p);
      for (let r = 0; r < n; r++) {
        const at = r * n;
        const [u, v] = [rest[at + i]!, rest[at + j]!];
        rest[at + i] = r % period === i % period ? u * lower[0] + v * lower[1] : 0;
        rest[at + j] = r % period === j % period ? u * upper[0] + v * upper[1] : 0;
      }
    });
  }
  return { blocks, dOut: Float64Array.from({ length: n }, (_, i) => rest[i * n + i]!) };
}

/**
 * The unit vector nearest to the direction of rows `from`, `from + step`, … of columns i and j: the
 * dominant eigenvector of their 2 × 2 Gram matrix; `otherwise` where they are zero.
 */
function dominantRow(
  data: Float64Array,
  n: number,
  i: number,
  j: number,
  from: number,
  step: number,
  otherwise: [number, number],
): [number, number] {
  let [uu, uv, vv] = [0, 0, 0];
  for (let r = from; r < n; r += step) {
    const [u, v] = [data[r * n + i]!, data[r * n + j]!];
    uu += u * u;
    uv += u * v;
    vv += v * v;
  }
  if (uu + vv === 0) return otherwise;
  const angle = Math.atan2(2 * uv, uu - vv) / 2;
  return [Math.cos(angle), Math.sin(angle)];
}
