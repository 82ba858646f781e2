/** @file @spm/trainer/format: numbers as text. */
export {
  formatClock,
  formatCount,
  formatPercent,
  formatRatio,
  formatSeconds,
} from "./number-format.ts";
