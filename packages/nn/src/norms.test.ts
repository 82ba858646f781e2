/** @file Norms by their formulas, trained and evaluated. */
import { mul, normal, rng, sum, type Tensor, tensor, valueAndGrad } from "@spm/core";
import { elements } from "@spm/core/extend";
import { assert, describe, expect, test } from "vitest";
import { BatchNorm1d } from "./batch-norm.ts";
import { gradcheckModule } from "./gradcheck-module.ts";
import { InstanceNorm1d } from "./instance-norm.ts";
import { LayerNorm, RmsNorm } from "./norms.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const close = (x: Tensor, expected: readonly number[], digits = 5): void => {
  expect(numbers(x)).toHaveLength(expected.length);
  numbers(x).forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i]!, digits);
  });
};

test("LayerNorm: worked by hand", () => {
  const layer = new LayerNorm(2, { epsilon: 0 });
  layer.loadStateDict({ weight: tensor([2, 3]), bias: tensor([10, 20]) });
  close(layer.forward(tensor([[1, 5]])), [8, 23]); // mean 3, deviation 2: −1 and 1
  gradcheckModule(new LayerNorm(4), [normal(rng(1), [3, 4])]);
});

test("RmsNorm: worked by hand", () => {
  const layer = new RmsNorm(2, { epsilon: 0 });
  layer.loadStateDict({ weight: tensor([1, 2]) });
  close(layer.forward(tensor([[3, 4]])), [3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)]);
  gradcheckModule(new RmsNorm(4), [normal(rng(1), [3, 4])]);
});

/** A running statistic, which the layer has. */
function statistic(running: Tensor | null): Tensor {
  assert(running !== null);
  return running;
}

describe("InstanceNorm1d with running statistics", () => {
  const x = tensor([[[1, 3]], [[2, 6]]]);

  test("normalises each sample in training, by the running ones in evaluation", () => {
    const layer = new InstanceNorm1d(1, { epsilon: 0, trackRunningStats: true });
    close(layer.forward(x), [-1, 1, -1, 1]);
    close(statistic(layer.runningMean), [0.3]); // of the means 2 and 4, a tenth
    close(statistic(layer.runningVariance), [0.9 + 0.5]); // of the variances 2 and 8
    layer.loadStateDict({ runningMean: tensor([1]), runningVariance: tensor([4]) });
    close(layer.eval().forward(x), [0, 1, 0.5, 2.5]);
  });

  test("refuses a single value only where it is tracked", () => {
    const single = tensor([[[1]], [[2]]]);
    expect(() =>
      new InstanceNorm1d(1, { trackRunningStats: true }).forward(single),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: InstanceNorm1d: expected at least 2 values a channel to train on, got [2, 1, 1]]`,
    );
    close(new InstanceNorm1d(1).forward(single), [0, 0]);
    expect(() => new InstanceNorm1d(1, { momentum: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: InstanceNorm1d: expected a momentum in [0, 1], or null, got 2]`,
    );
  });
});

describe("BatchNorm1d", () => {
  const x = tensor([
    [1, 10],
    [3, 10],
    [5, 40],
  ]);

  test("normalises by the batch while training, and moves the running statistics", () => {
    const layer = new BatchNorm1d(2, { epsilon: 0 });
    const [a, b] = [Math.sqrt(8 / 3), Math.sqrt(200)];
    close(layer.forward(x), [-2 / a, -10 / b, 0, -10 / b, 2 / a, 20 / b]);
    close(statistic(layer.runningMean), [0.3, 2]);
    close(statistic(layer.runningVariance), [0.9 + 0.4, 0.9 + 30]);
  });

  test("uses the running statistics in evaluation, and leaves them", () => {
    const layer = new BatchNorm1d(2, { epsilon: 0 }).eval();
    const running = { runningMean: tensor([1, 0]), runningVariance: tensor([4, 100]) };
    layer.loadStateDict(running, { strict: false });
    close(layer.forward(x), [0, 1, 1, 1, 2, 4]);
    close(statistic(layer.runningMean), [1, 0]);
  });

  test("averages all batches where the momentum is null, and goes on after it was saved", () => {
    const layer = new BatchNorm1d(2, { momentum: null });
    layer.forward(x);
    const loaded = new BatchNorm1d(2, { momentum: null });
    loaded.loadStateDict(layer.stateDict());
    for (const more of [3, 5]) loaded.forward(mul(x, more));
    close(statistic(loaded.runningMean), [3 * 3, 3 * 20]); // the mean of 1, 3 and 5 is 3
    expect(numbers(statistic(loaded.batchesTracked))).toEqual([3]);
    expect(new BatchNorm1d(2).batchesTracked).toBe(null);
  });

  test("may stand under a gradient: the running statistics are no part of it", () => {
    const layer = new BatchNorm1d(2);
    const { weight, bias } = layer;
    const { grads } = valueAndGrad(() => sum(layer.forward(x)), layer.parameters());
    expect(layer.parameters()).toEqual([weight, bias]);
    close(grads.at(-1) ?? tensor([]), [3, 3]);
    expect(numbers(statistic(layer.runningMean))).not.toEqual([0, 0]);
  });

  test.each([[[4, 3]], [[2, 3, 2]]])("derivatives for %j, both ways", (shape) => {
    const layer = new BatchNorm1d(3);
    gradcheckModule(layer, [normal(rng(1), shape)]);
    expect(numbers(statistic(layer.runningMean))).toEqual([0, 0, 0]);
    gradcheckModule(layer.eval(), [normal(rng(1), shape)]);
  });

  test("refuses what it can't normalise", () => {
    const layer = new BatchNorm1d(2);
    expect(() => layer.forward(tensor([[1, 2, 3]]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNorm1d: expected x of shape [batch, 2] or [batch, 2, length], got [1, 3]]`,
    );
    expect(() => layer.forward(tensor([[1, 2]]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNorm1d: expected at least 2 values a channel to train on, got [1, 2]]`,
    );
    expect(() => layer.eval().forward(tensor([[1, 2]]))).not.toThrow();
  });
});
