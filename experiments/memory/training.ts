/** @file The training of a recurrent network, by its loss on each batch, which are all new. */
import { argmax, noGrad, scope, type Tensor } from "@spm/core";
import { adam, capture, clipByGlobalNorm, oneCycle } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { steps as stepsOf } from "../parts/steps.ts";
import type { SequenceNet } from "./recurrence.ts";
import type { SequenceBatch } from "./tasks.ts";

/** How a network is trained. */
export interface TrainingPlan {
  readonly iterations: number;
  readonly rate: number;
  readonly next: (iteration: number) => SequenceBatch;
  readonly loss: (net: SequenceNet, batch: SequenceBatch) => Tensor;
  readonly signal: AbortSignal;
}

/** Angles learn at this part of the rate. */
const SLOW = 0.1;

/** The loss of each batch before its step; on a GPU the steps are captured. */
export async function train(
  net: SequenceNet,
  { iterations, rate, next, loss, signal }: TrainingPlan,
): Promise<number[]> {
  const slow = new Set<Tensor>(net.slow);
  const at = (peak: number) =>
    oneCycle({ learningRate: peak, steps: Math.max(2, iterations), rise: 0.05 });
  const groups = [
    { parameters: net.parameters().filter((p) => !slow.has(p)), learningRate: at(rate) },
    ...(slow.size === 0 ? [] : [{ parameters: net.slow, learningRate: at(SLOW * rate) }]),
  ];
  const optimizer = adam(groups, { betas: [0.9, 0.99] });
  const gradients = (grads: readonly Tensor[]): readonly Tensor[] =>
    net.clipped ? clipByGlobalNorm(grads, 1).grads : grads;
  const step = capture(
    (batch: SequenceBatch) => trainStep(optimizer, () => loss(net, batch), { gradients }),
    { onRefusal: "run" },
  );
  const losses: number[] = [];
  for await (const iteration of stepsOf(iterations, signal)) {
    const value = scope(() => step(next(iteration)));
    losses.push(await value.item());
    value.dispose();
  }
  step.dispose();
  optimizer.dispose();
  return losses;
}

/** The mean of a loss over batches. */
export async function meanLoss(
  net: SequenceNet,
  loss: TrainingPlan["loss"],
  batches: readonly (() => SequenceBatch)[],
): Promise<number> {
  let sum = 0;
  for (const batch of batches) {
    const value = scope(() => noGrad(() => loss(net, batch())));
    sum += await value.item();
    value.dispose();
  }
  return sum / batches.length;
}

/** The share of sequences whose last answer is wrong. */
export async function errorOf(
  net: SequenceNet,
  batches: readonly (() => SequenceBatch)[],
): Promise<number> {
  let [wrong, all] = [0, 0];
  for (const batch of batches) {
    const [found, y] = scope(() => {
      const { steps, y } = batch();
      return noGrad(() => [argmax(net.last(steps), 1), y]);
    });
    const [answers, classes] = [await found?.data(), await y?.data()];
    for (const [k, answer] of (answers ?? []).entries()) if (answer !== classes?.[k]) wrong++;
    all += answers?.length ?? 0;
    found?.dispose();
    y?.dispose();
  }
  return wrong / all;
}
