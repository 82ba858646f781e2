/**
 * @file @spm/numeric on a device: compositions stay there, and what needs the numbers says so.
 */
import { full, rng, type Tensor, tensor, to } from "@spm/core";
import { gpu } from "@spm/gpu";
import * as n from "@spm/numeric";
import { afterAll, expect, test } from "vitest";

const device = await gpu({ mode: "cpu" });
afterAll(() => device.dispose());

const close = async (f: (...xs: Tensor[]) => Tensor, ...xs: Tensor[]): Promise<void> => {
  const there = await Promise.all(xs.map((x) => to(x, device)));
  const [got, want] = [await f(...there).data(), await f(...xs).data()];
  expect(got.length).toBe(want.length);
  for (const [i, v] of want.entries()) expect(got[i]).toBeCloseTo(v, 4);
};

test("compositions run there, without a fallback", async () => {
  const x = tensor([
    [0.3, -0.2, 0.7],
    [0.1, 0.9, -0.6],
  ]);
  const index = tensor([[2, 0, 2]], { dtype: "int32" });
  await close((x) => n.tan(n.asin(n.atan(n.sinh(x)))), x);
  await close((x) => n.lgamma(n.cosh(x)), x);
  await close(n.logaddexp, x, n.atan(x));
  await close((x) => n.cumprod(n.cummax(x, 1).values, 0), x);
  await close((x) => n.diagEmbed(n.diagonal(x, { offset: 1 })), x);
  await close((x) => n.kron(x, x), x);
  await close((x) => n.rfft(x), x); // of length 3
  await close((x, i) => n.scatter(x, i, 2, { axis: 1, reduce: "max" }), x, index);
  await close((x, i) => n.scatter(x, i, 2, { axis: 1, reduce: "mean" }), x, index);
  await close(
    (sorted, x) => n.searchsorted(sorted, n.maskedFill(x, n.isInf(x), 0)),
    tensor([-0.5, 0, 0.5]),
    x,
  );
  await close((x) => n.truncatedNormalLogProb(x, 0.1, 2, { low: -1, high: 1 }), x);
  await close((x) => n.betaLogProb(n.hypot(x, x), 2, 0.5), x);
  expect(device.report().fallbacks).toEqual([]);
});

test("results whose size depends on the numbers are refused there, with a way around", async () => {
  const x = await to(tensor([1, 0, 2]), device);
  const mask = await to(tensor([true, false, true]), device);
  const whole = await to(tensor([0, 2], { dtype: "int32" }), device);
  for (const run of [() => n.nonzero(x), () => n.unique(x), () => n.maskedSelect(x, mask)])
    expect(run).toThrow(/expected a \w+ in CPU memory, got one on .*\nhelp: .*maskedFill\(\)/);
  expect(() => n.bincount(whole)).toThrow(/bincount: expected a tensor in CPU.*\nhelp: scatterAdd/);
  expect(() => n.bernoulli(rng(1), full([2], 0.5, { backend: device }))).toThrow(
    /bernoulli: expected a tensor in CPU memory.*\nhelp: draws are made on the CPU/,
  );
});
