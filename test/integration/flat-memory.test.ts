/**
 * @file Ten thousand steps of the README's loop, with a fresh batch each and evaluation in between,
 * hold no storage more than one.
 */
import {
  add,
  matmul,
  mean,
  noGrad,
  normal,
  parameter,
  reference,
  rng,
  square,
  sub,
  tanh,
  valueAndGrad,
  zeros,
} from "@spm/core";
import { adam } from "@spm/optim";
import { expect, test } from "vitest";

test("memory stays flat", { timeout: 120_000 }, async () => {
  const random = rng(1);
  const [w1, b1, w2] = [
    parameter(normal(random, [2, 4])),
    parameter(zeros([4])),
    parameter(normal(random, [4, 1])),
  ];
  const params = [w1, b1, w2];
  const optimizer = adam(params, { learningRate: 0.01 });
  const batch = () => normal(random, [8, 2]);
  const loss = (x: ReturnType<typeof batch>) => {
    const y = mean(x, { axis: 1, keepdims: true });
    return mean(square(sub(matmul(tanh(add(matmul(x, w1), b1)), w2), y)));
  };
  const held = () => {
    const { liveStorages, liveBytes } = reference.report();
    return { liveStorages, liveBytes };
  };
  const step = () => {
    const x = batch();
    const { value, grads } = valueAndGrad(() => loss(x), params);
    optimizer.step(grads);
    return value;
  };
  const first = await step().item();
  const before = held();
  let heap = 0;
  for (let k = 1; k <= 10_000; k++) {
    step();
    if (k % 500 !== 0) continue;
    const x = batch();
    expect(Number.isFinite(await noGrad(() => loss(x)).item())).toBe(true);
    expect(held()).toEqual(before);
    if (k === 1000) heap = process.memoryUsage().arrayBuffers;
  }
  expect(before.liveStorages).toBe(9); // three parameters, and two moments of each
  expect(process.memoryUsage().arrayBuffers).toBeLessThan(heap + 64 * 2 ** 20);
  expect(await step().item()).toBeLessThan(first / 10);
});
