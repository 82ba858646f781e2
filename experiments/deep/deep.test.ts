/**
 * @file The claims of the deep stack: memory that does not grow, and gradients that agree with the
 * tape's, of first and second order.
 */
import { gradcheck, gradgradcheck, noGrad, normal, rng, setBackend, type Tensor } from "@spm/core";
import { butterfly } from "@spm/mixer";
import { wasm } from "@spm/wasm";
import { beforeAll, expect, test } from "vitest";
import { coupledRotation } from "./coupled-rotation.ts";
import { driftOf } from "./drift.ts";
import { held } from "./memory.ts";
import { reversible } from "./reversible.ts";

beforeAll(async () => setBackend(await wasm()));

test("what waits between forward and backward does not depend on the depth", () => {
  const [shallow, deep] = [held(2, 16, 32, 1, "reversible"), held(64, 16, 32, 1, "reversible")];
  expect(deep.between).toBe(shallow.between);
  expect(deep.peak - deep.gradients).toBeLessThan(1.5 * (shallow.peak - shallow.gradients));
  expect(held(64, 16, 32, 1, "tape").between).toBeGreaterThan(100 * deep.between);
});

test("the gradients are those of the tape", { timeout: 30_000 }, () => {
  const { single, double } = driftOf(64, 16, 1);
  expect(single).toBeLessThan(1e-5);
  expect(double).toBeLessThan(1e-13);
});

test("both orders of derivatives are those of differences", () => {
  const random = rng(1);
  const layers = [1, 2, 3].map(() => coupledRotation(butterfly(4), random, "float64"));
  const stack = (x?: Tensor): Tensor => reversible(layers, x as Tensor);
  const x = normal(random, [2, 4], 0, 1, { dtype: "float64" });
  gradcheck(stack, [x]);
  gradgradcheck(stack, [x]);
});

test("a layer's inverse undoes it", () => {
  const random = rng(1);
  const { forward, inverse, parameters } = coupledRotation(butterfly(16), random, "float64");
  const x = normal(random, [8, 16], 0, 1, { dtype: "float64" });
  const back = noGrad(() => inverse(forward(x, parameters), parameters));
  for (const [i, v] of Array.from(back.ndarray().data).entries())
    expect(v).toBeCloseTo(x.ndarray().data[i]!, 12);
});
