/** @file @spm/trainer/format: numbers as people read them. */
export {
  formatClock,
  formatCount,
  formatPercent,
  formatRatio,
  formatSeconds,
} from "./number-format.ts";
