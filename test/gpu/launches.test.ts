/**
 * @file The launches of a captured training step, with a ceiling for each model, and the memory of
 * attention. A device that computes nothing counts them.
 */
import {
  grad,
  reference,
  reshape,
  rng,
  scope,
  setBackend,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "@spm/core";
import { Gpt, Mlp } from "@spm/models";
import { crossEntropy, type LinearKind, type Module, scaledDotProductAttention } from "@spm/nn";
import { adam, capture } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { afterEach, expect, test } from "vitest";
import { openIdleGpu } from "./idle-gpu.ts";

afterEach(() => setBackend(reference));

/** Launches of one training step with Adam. */
async function launches(
  make: () => Module & { forward(x: Tensor): Tensor },
  x: Float32Array | Int32Array,
  shape: readonly number[],
  rows: number,
): Promise<number> {
  await using device = await openIdleGpu();
  setBackend(device);
  const model = make();
  const optimizer = adam(model.parameters());
  const step = capture((x: Tensor, y: Tensor) =>
    trainStep(optimizer, () => {
      const logits = model.forward(x);
      return crossEntropy(reshape(logits, [rows, logits.shape.at(-1) ?? 0]), y);
    }),
  );
  for (let k = 0; k < 4; k++)
    scope(() => void step(tensor(x, { shape }), tensor(new Int32Array(rows))));
  expect(step.counts).toMatchObject({ refusal: null });
  expect(step.counts.repeated).toBeGreaterThan(0);
  return step.counts.launches;
}

test.each<[LinearKind, number, number]>([
  ["dense", 25, 258],
  ["rotation", 24, 163],
  ["general", 33, 274],
])("a step of %s models is at most so many launches", async (linear, ofMlp, ofGpt) => {
  const pixels = new Float32Array(128 * 784);
  const sizes = { vocabulary: 89, context: 128, width: 256, heads: 4, layers: 4 };
  const mlp = () => new Mlp({ sizes: [784, 256, 256, 10], linear, random: rng(1) });
  const gpt = () => new Gpt({ ...sizes, linear, random: rng(1) });
  expect(await launches(mlp, pixels, [128, 784], 128)).toBeLessThanOrEqual(ofMlp);
  expect(await launches(gpt, new Int32Array(512), [4, 128], 512)).toBeLessThanOrEqual(ofGpt);
});

test("attention writes no scores, forward or back", async () => {
  await using device = await openIdleGpu();
  setBackend(device);
  const [time, width] = [2048, 32];
  scope(() => {
    const x = zeros([time, width]);
    const loss = (q: Tensor, k: Tensor, v: Tensor) =>
      sum(scaledDotProductAttention(q, k, v, { causal: true }));
    grad(loss, [0, 1, 2])(x, x, x);
  });
  const { buffers } = device.report();
  // ten arrays of x's size and two of a number a token; one of scores is 5 times as large as all
  expect(buffers.bytes).toBeLessThan(12 * 4 * time * width);
  expect(buffers.bytes).toBeLessThan((4 * time * time) / 4);
});
