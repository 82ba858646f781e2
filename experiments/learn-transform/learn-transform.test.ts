/**
 * @file The claims of learn-transform: found with diagonals, stuck on negated rows without. From
 * one random start here, and from three in `npm run test:full`.
 */
import { cast, noGrad, rng, setBackend, type Tensor } from "@spm/core";
import {
  dft,
  type Factors,
  hadamard,
  type MixerKind,
  mixers,
  rotationMixer,
  toDense,
} from "@spm/mixer";
import { wasm } from "@spm/wasm";
import { beforeAll, describe, expect, test } from "vitest";
import { full } from "../../test/full.ts";
import { type Recovered, recover } from "./recover.ts";

beforeAll(async () => setBackend(await wasm()));

const matrixOf = (factors: Factors): Tensor => noGrad(() => cast(toDense(factors), "float32"));
const search = (
  exact: Factors,
  mixer: MixerKind,
  seed: number,
  diagonals = true,
): Promise<Recovered> =>
  recover({
    target: matrixOf(exact),
    mixer,
    schedule: exact.schedule,
    diagonals,
    steps: 800,
    rate: 0.05,
    random: rng(seed),
    signal: new AbortController().signal,
  });

const starts = full ? [1, 2, 3] : [1];
describe.each(["rotation", "general", "reflection"] as const)("%s", (kind) => {
  const mixer = mixers[kind];
  test.each([
    ["DFT 8", () => dft(8)],
    ["Hadamard 16", () => hadamard(16)],
  ])(
    `finds the %s from each of ${starts.length} random starts`,
    { timeout: 30_000 },
    async (_, exact) => {
      const ends = await Promise.all(starts.map((seed) => search(exact(), mixer, seed)));
      for (const { rmse } of ends) expect(rmse).toBeLessThan(1e-5);
    },
  );
});

test("without diagonals a search may end at the " +
  "transform with a whole number of directions negated", {
  timeout: 30_000,
}, async () => {
  const ends = await Promise.all(
    [1, 2, 3].map((seed) => search(hadamard(16), rotationMixer, seed, false)),
  );
  const stuck = ends.filter(({ rmse }) => rmse > 1e-4);
  expect(stuck.length).toBeGreaterThan(0);
  for (const { rmse, reversed, asymmetry } of stuck) {
    expect(Math.round(reversed)).toBeGreaterThan(0);
    expect(reversed).toBeCloseTo(Math.round(reversed), 1); // fresh samples keep it moving a little
    expect((rmse * 16) ** 2).toBeCloseTo(4 * reversed, 3);
    expect(asymmetry).toBeLessThan(0.1);
  }
});
