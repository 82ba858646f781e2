/** @file A map fitted to the outputs of a projection, at the best of several rates. */
import { div, mean, noGrad, type Rng, rng, scope, square, sub, sum, type Tensor } from "@spm/core";
import type { Module } from "@spm/nn";
import { type Attempt, atBestRates, sweep } from "../parts/sweep.ts";
import { type Samples, train } from "../parts/train.ts";

/** Options of fitting. */
export interface FitSettings {
  readonly rates: readonly number[];
  readonly steps: number;
  readonly batch: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** A fit at one rate. */
interface Fit {
  readonly rate: number;
  /** ‖ŷ − y‖² / ‖y‖² on held-out tokens. */
  readonly error: number;
  /** Of all steps. */
  readonly seconds: number;
}

/** The fits at all rates, and the map of the best. */
export interface Fitted {
  readonly map: Module;
  readonly fits: readonly Omit<Fit, "seconds">[];
  readonly best: Fit;
}

/**
 * Minimises the mean square of ŷ − y, relative to that of y, by Adam from the same start at every
 * rate, which falls to 0 by a cosine; the best on held-out tokens wins.
 * @returns undefined once the signal is aborted
 */
export async function fitted(
  make: (random: Rng) => Module,
  data: Samples,
  held: Samples,
  { rates, steps, batch, seed, signal }: FitSettings,
): Promise<Fitted | undefined> {
  const power = await noGrad(() => mean(square(data.y))).item();
  const options = { rates: rates.join(","), seeds: [seed], signal };
  const attempts = await sweep([{ row: "map", ownRate: 0 }], options, async (plans) => {
    const found: (Attempt & { readonly map: Module; readonly seconds: number })[] = [];
    for (const { row, rate } of plans) {
      const map = make(rng(seed));
      const loss = ({ x, y }: Samples): Tensor => div(mean(square(sub(map.forward(x), y))), power);
      const { seconds } = await train(map.parameters(), loss, data, { batch, rate, steps, signal });
      if (signal.aborted) break;
      const error = await relativeError(map, held);
      found.push({ row, rate, seed, validation: error, test: error, map, seconds });
    }
    return found;
  });
  const [best] = atBestRates(attempts);
  if (best === undefined || signal.aborted) return undefined;
  const [{ map, seconds, validation: error }] = best.runs;
  const fits = attempts.map(({ rate, validation }) => ({ rate, error: validation }));
  return { map, fits, best: { rate: best.rate, error, seconds } };
}

/** ‖ŷ − y‖² / ‖y‖² */
async function relativeError(map: Module, { x, y }: Samples): Promise<number> {
  const ratio = scope(() => noGrad(() => div(sum(square(sub(map.forward(x), y))), sum(square(y)))));
  return ratio.item();
}
