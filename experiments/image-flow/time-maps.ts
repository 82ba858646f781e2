/** @file Seconds of a linear bijection's product, inverse and determinant, all kinds by turns. */
import { noGrad, normal, rng, scope } from "@spm/core";
import { invertible } from "@spm/models";
import { candidate, measure } from "../parts/harness.ts";
import { type MixingName, mixingOf } from "./mixings.ts";

/** Rows of a product and an inverse. */
export const ROWS = 256;

/** Seconds of one kind at one width, the medians of the rounds. */
export interface MapSeconds {
  readonly n: number;
  readonly mixing: MixingName;
  readonly seconds: {
    readonly product: number;
    readonly inverse: number;
    readonly logAbsDet: number;
  };
}

/** Times all kinds at a width. */
export async function timeMaps(
  n: number,
  mixings: readonly MixingName[],
  { rounds, seed }: { readonly rounds: number; readonly seed: number },
): Promise<MapSeconds[]> {
  const x = normal(rng(seed), [ROWS, n]);
  const maps = mixings.map((name) => invertible(mixingOf(name), n, { random: rng(seed) }));
  const run = (f: () => unknown) => () => void noGrad(() => scope(() => void f()));
  const candidates = maps.flatMap((map, k) => [
    candidate(
      `${mixings[k]}, product`,
      run(() => map.forward(x)),
    ),
    candidate(
      `${mixings[k]}, inverse`,
      run(() => map.inverse(x)),
    ),
    candidate(
      `${mixings[k]}, determinant`,
      run(() => map.logAbsDet()),
    ),
  ]);
  const found = await measure(candidates, { rounds, seconds: 0.02, warm: 0.02 });
  return mixings.map((mixing, k) => {
    const [product = 0, inverse = 0, logAbsDet = 0] = found
      .slice(3 * k, 3 * k + 3)
      .map(({ seconds }) => seconds);
    return { n, mixing, seconds: { product, inverse, logAbsDet } };
  });
}
