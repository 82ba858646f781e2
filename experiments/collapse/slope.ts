/** @file The slope of a straight line through points, with its interval. */

/** y = intercept + slope · x by least squares; `half` is half of the slope's 95 % interval. */
export interface Line {
  readonly slope: number;
  /** NaN for two points. */
  readonly half: number;
}

/** The line through two points or more at different x; undefined for others. */
export function lineThrough(
  points: readonly (readonly [x: number, y: number])[],
): Line | undefined {
  const mean = (k: 0 | 1): number => points.reduce((sum, p) => sum + p[k], 0) / points.length;
  const [x0, y0] = [mean(0), mean(1)];
  const squares = points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
  if (!(squares > 0)) return undefined;
  const slope = points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0) / squares;
  const rest = points.reduce((sum, [x, y]) => sum + (y - y0 - slope * (x - x0)) ** 2, 0);
  const freedom = points.length - 2;
  return {
    slope,
    half: freedom > 0 ? studentT(freedom) * Math.sqrt(rest / freedom / squares) : NaN,
  };
}

/**
 * The 97.5 % quantile of Student's t for ν degrees of freedom, to 1 % from ν = 3 on, by Cornish and
 * Fisher's series in 1/ν.
 */
export function studentT(freedom: number): number {
  if (freedom <= 2) return freedom === 1 ? 12.706 : 4.303;
  const z = 1.959964;
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
  return (
    z +
    (z3 + z) / (4 * freedom) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom ** 3)
  );
}
