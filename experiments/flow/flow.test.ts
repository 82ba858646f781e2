/**
 * @file The claims of the flows: exact inverses and determinants of every mixing, densities that
 * integrate to 1 (those of every kind of mixer in `npm run test:full`).
 */
import { noGrad, normal, type Rng, rng, setBackend, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { slogdet } from "@spm/linalg";
import { mixers } from "@spm/mixer";
import { wasm } from "@spm/wasm";
import { beforeAll, describe, expect, test } from "vitest";
import { full } from "../../test/full.ts";
import { planarPoints } from "../parts/planar-data.ts";
import { Flow } from "./flow-model.ts";
import { mixingNames, mixings } from "./mixing.ts";
import { integral, nats, roundTrip, trainFlow } from "./training.ts";

beforeAll(async () => setBackend(await wasm()));

const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const signal = new AbortController().signal;

describe.each(mixingNames)("%s", (kind) => {
  test("the determinant is the matrix's, and the inverse undoes it, once it is anywhere", () => {
    const [n, random] = [8, rng(1)];
    const mixing = mixings[kind](n, { random });
    noGrad(() => {
      for (const p of mixing.parameters()) p.assign(normal(random, p.shape, 0.8, 0.3));
      const unit = Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
      const { logabsdet } = slogdet(mixing.forward(tensor(unit, { shape: [n, n] })));
      const volume = mixing.logAbsDet();
      expect(typeof volume === "number" ? volume : numbers(volume)[0]).toBeCloseTo(
        numbers(logabsdet)[0] ?? Number.NaN,
        3,
      );
    });
    const fresh = mixings[kind](n, { random: rng(2) });
    const x = normal(random, [16, n]);
    const back = noGrad(() => numbers(fresh.inverse(fresh.forward(x))));
    for (const [i, v] of numbers(x).entries()) expect(Math.abs(back[i]! - v)).toBeLessThan(1e-5);
  });
});

const trained = Object.keys(mixers).filter((kind) => full || kind === "rotation");
test.each(trained as (keyof typeof mixers)[])(
  "a flow of %s mixers learns, goes back below 1e-5, and integrates to 1",
  async (kind) => {
    const random = rng(3);
    const model = new Flow(2, 4, 16, mixings[kind], random);
    const draw = (count: number, from: Rng = random): Tensor =>
      planarPoints("moons", count, from).points;
    const before = nats(model, draw(500, rng(4)));
    await trainFlow(model, { draw, steps: 150, batch: 128, rate: 0.01, signal });
    expect(nats(model, draw(500, rng(4)))).toBeLessThan(Math.min(before - 0.3, 2.6));
    expect(roundTrip(model, draw(500, rng(4)))).toBeLessThan(1e-5);
    expect(integral(model, 8, 0.1)).toBeCloseTo(1, 1);
  },
  60_000,
);
