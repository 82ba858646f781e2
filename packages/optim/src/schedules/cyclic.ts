/** @file A schedule of straight lines up and down, again and again. */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import { checkCounts, checkNotNegative } from "../check.ts";
import { printed, type RateSchedule } from "./schedule.ts";

/** Options of {@link cyclic}. */
export interface CyclicOptions {
  /** The rate at the top of the first cycle, at least 0. */
  readonly learningRate: number;
  /**
   * The rate between cycles, at least 0.
   * @defaultValue 0
   */
  readonly min?: number;
  /**
   * Steps up, at least 1.
   * @defaultValue 2000
   */
  readonly up?: number;
  /**
   * Steps down, at least 1.
   * @defaultValue as many as up
   */
  readonly down?: number;
  /**
   * The tops: all alike, half as high from cycle to cycle, or lower by `factor` from step to step.
   * @defaultValue "triangular"
   */
  readonly mode?: CyclicMode;
  /**
   * The part of the height that each step leaves where `mode` is "exp_range", at least 0.
   * @defaultValue 1
   */
  readonly factor?: number;
}

const modes = ["triangular", "triangular2", "exp_range"] as const;

/** The modes of {@link cyclic}, in PyTorch's words. */
export type CyclicMode = (typeof modes)[number];

const names: OptionNames<CyclicOptions> = {
  learningRate: true,
  min: true,
  up: true,
  down: true,
  mode: true,
  factor: true,
};

/**
 * Rises along a straight line from `min` to the `learningRate` and falls along another, again and
 * again (torch.optim.lr_scheduler.CyclicLR, whose momentum stays as it is here).
 *
 * η(t) = min + (η₀ − min)·h·s, h the part of the way up, s = 1, 2^−cycle or factorᵗ
 *
 * @throws ValueError for options out of range; OptionError for an unknown one
 * Source: Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017
 * @example cyclic({ learningRate: 0.1, min: 0.02, up: 4, mode: "triangular2" })(12); // 0.06
 */
export function cyclic(options: CyclicOptions): RateSchedule {
  checkOptions("cyclic", options, names);
  const { learningRate, min = 0, up = 2000, mode = "triangular", factor = 1 } = options;
  const { down = up } = options;
  checkNotNegative("cyclic", { learningRate, min, factor });
  checkCounts("cyclic", { up, down });
  if (!modes.includes(mode))
    throw new ValueError("cyclic", `mode to be one of ${modes.join(", ")}`, mode);
  const shown = { learningRate, min, up, down, mode, factor };
  return printed("cyclic", [shown], (step) => {
    const since = step % (up + down);
    const height = since <= up ? since / up : (up + down - since) / down;
    const scales = {
      triangular: 1,
      triangular2: 0.5 ** Math.floor(step / (up + down)),
      exp_range: factor ** step,
    };
    return min + (learningRate - min) * height * scales[mode];
  });
}
