import { matmul, mean, normal, parameter, reference, rng, square, sub, tensor, valueAndGrad } from "@spm/core";
import { expect, test } from "vitest";
import { adam, adamw, cosine, sgd } from "./index.ts";

test.each([
  ["sgd", sgd],
  ["adam", adam],
  ["adamw", adamw],
] as const)("%s fits a line, and thousands of steps leave memory flat", async (_, make) => {
  const random = rng(1);
  const w = parameter([[0], [0]]);
  const optimizer = make([w], { learningRate: cosine({ base: 0.05, steps: 3000 }), weightDecay: 0 });
  const target = tensor([[1], [-2]]);
  let live = 0;
  for (let i = 0; i < 3000; i++) {
    const x = normal(random, [8, 2]);
    const { grads } = valueAndGrad(() => mean(square(sub(matmul(x, w), matmul(x, target)))), [w]);
    optimizer.step(grads);
    if (i === 10) live = reference.report().liveStorages;
  }
  expect(reference.report().liveStorages).toBe(live);
  const [a, b] = await w.data();
  expect(Math.hypot(a! - 1, b! + 2)).toBeLessThan(1e-3);
  optimizer.dispose();
});
