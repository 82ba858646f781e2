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
 * A duration as minutes and seconds, or hours, minutes and seconds.
 *
 * @param seconds - at least 0; `"–:––"` where it isn't finite
 * @example
 * ```ts
 * import { formatClock } from "@spm/trainer/format";
 * formatClock(75.4); // "1:15"
 * formatClock(3675); // "1:01:15"
 * ```
 */
export function formatClock(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–:––";
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, "0");
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
