/** @file Numbers as text, the same in the terminal and in the report. */

const DASH = "–";

/**
 * A count with separated thousands.
 *
 * @example
 * ```ts
 * import { formatCount } from "@spm/trainer/format";
 * formatCount(269322); // "269,322"
 * ```
 */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/**
 * A fraction in [0, 1] as percent with two decimals, a dash for null.
 *
 * @example
 * ```ts
 * import { formatPercent } from "@spm/trainer/format";
 * formatPercent(0.98123); // "98.12 %"
 * ```
 */
export function formatPercent(fraction: number | null): string {
  return fraction === null ? DASH : `${(fraction * 100).toFixed(2)} %`;
}

/**
 * Seconds with three significant digits and at most two decimals, a dash for null.
 *
 * @example
 * ```ts
 * import { formatSeconds } from "@spm/trainer/format";
 * formatSeconds(12.345); // "12.3"
 * ```
 */
export function formatSeconds(seconds: number | null): string {
  return seconds === null ? DASH : seconds.toFixed(seconds < 10 ? 2 : seconds < 100 ? 1 : 0);
}

/**
 * A ratio with two decimals, a dash for null.
 *
 * @example
 * ```ts
 * import { formatRatio } from "@spm/trainer/format";
 * formatRatio(0.4567); // "0.46×"
 * ```
 */
export function formatRatio(ratio: number | null): string {
  return ratio === null ? DASH : `${ratio.toFixed(2)}×`;
}

/**
 * A duration in its two largest units.
 *
 * @param seconds - at least 0; a dash where it isn't finite
 * @example
 * ```ts
 * import { formatDuration } from "@spm/trainer/format";
 * formatDuration(5.6); // "6 s"
 * formatDuration(75.4); // "1 min 15 s"
 * formatDuration(3675); // "1 h 1 min"
 * ```
 */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return `${DASH} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
