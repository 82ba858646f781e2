/** @file Mean and spread over seeds, as numbers and as text. */

/** A mean with the smallest and the largest of its values. */
export interface Spread {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The mean, the least and the greatest value; undefined for none. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, low: Math.min(...values), high: Math.max(...values) };
}

/** "mean (low to high)", the mean alone where all are the same, a dash for none. */
export function showSpread(spread: Spread | undefined, show: (value: number) => string): string {
  if (spread === undefined) return "–";
  const { mean, low, high } = spread;
  return low === high ? show(mean) : `${show(mean)} (${show(low)} to ${show(high)})`;
}

/** The middle value, the mean of the middle two for an even count; NaN for none. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The value below which a share of the values lies, interpolated linearly; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [before, after] = [Math.floor(place), Math.ceil(place)];
  const at = (k: number): number => sorted[k] ?? Number.NaN;
  return before === after
    ? at(before)
    : (after - place) * at(before) + (place - before) * at(after);
}

/** A point of a chart and its error bar: the median, the least, the most. */
export function medianBar(values: readonly number[]): { y: number; low: number; high: number } {
  return { y: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/** "0.31", "2e-14" */
export const brief = (value: number): string =>
  value >= 0.0095 ? value.toFixed(2) : value.toExponential(0);

/** "2e-14 (1e-14 to 5e-14)": the median, the least, the most; a dash for none. */
export function medianAndRange(values: readonly number[]): string {
  if (values.length === 0) return "–";
  const range =
    values.length > 1 ? ` (${brief(Math.min(...values))} to ${brief(Math.max(...values))})` : "";
  return brief(median(values)) + range;
}
