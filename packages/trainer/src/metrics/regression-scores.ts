/** @file R² and the errors of predicted numbers. */
import { ShapeError } from "@spm/core/extend";

/** Distances of predicted numbers from actual ones. */
export interface RegressionScores {
  /** 1 for exact predictions, 0 for always the mean; NaN where all actual numbers are equal. */
  readonly r2: number;
  /** The root of the mean squared error, in the units of the numbers. */
  readonly rmse: number;
  /** The mean absolute error, in the units of the numbers. */
  readonly mae: number;
}

/**
 * R², the coefficient of determination, and the mean errors of predicted numbers.
 *
 * R² = 1 − Σ (yᵢ − ŷᵢ)² / Σ (yᵢ − ȳ)²
 *
 * @param predicted - ŷ, [samples]
 * @param actual - y, [samples]
 * @returns Cost O(samples)
 * @throws ShapeError for lists of different lengths
 * @example
 * ```ts
 * import { regressionScores } from "@spm/trainer";
 * regressionScores([1, 2, 4], [1, 2, 3]).r2; // 0.5
 * ```
 */
export function regressionScores(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
): RegressionScores {
  const { length } = actual;
  if (predicted.length !== length)
    throw new ShapeError("regressionScores", `${length} predictions`, predicted.length);
  const right = Array.from(actual);
  const mean = right.reduce((sum, y) => sum + y / length, 0);
  let [squares, absolute, spread] = [0, 0, 0];
  for (const [i, y] of right.entries()) {
    const error = y - (predicted[i] ?? Number.NaN);
    squares += error ** 2;
    absolute += Math.abs(error);
    spread += (y - mean) ** 2;
  }
  return {
    r2: spread > 0 ? 1 - squares / spread : Number.NaN,
    rmse: Math.sqrt(squares / length),
    mae: absolute / length,
  };
}
