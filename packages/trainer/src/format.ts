/** @file @spm/trainer/format: numbers as text. */
export {
  formatCount,
  formatDuration,
  formatPercent,
  formatRatio,
  formatSeconds,
} from "./number-format.ts";
