/**
 * @file Two spirals in each other, and a network of mixers that learns to tell them apart. It knows
 * no page, and runs in Node too.
 */
import { rng, scope, type Tensor, tanh, tensor, valueAndGrad } from "@spm/core";
import { Mlp } from "@spm/models";
import { crossEntropy, type LinearKind } from "@spm/nn";
import { adam } from "@spm/optim";

/**
 * `count` points of the square [−1, 1]², x [count, 2], and the arm that each lies on, y [count].
 */
function spirals(count: number): { x: Tensor; y: Tensor } {
  const arm = (i: number): number => i % 2;
  const points = Array.from({ length: count }, (_, i) => {
    const radius = (i + 1) / count;
    const angle = 7 * radius + Math.PI * arm(i);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  return { x: tensor(points), y: tensor(Int32Array.from(points, (_, i) => arm(i))) };
}

/**
 * Trains on the current backend. Before every tenth step it waits for `watch`, so that a page can
 * draw.
 */
export async function train(
  linear: LinearKind,
  steps: number,
  watch: (step: number, loss: number, model: Mlp) => Promise<void>,
): Promise<void> {
  const { x, y } = spirals(128);
  const model = new Mlp({ sizes: [2, 64, 64, 2], linear, activation: tanh, random: rng(1) });
  const optimizer = adam(model.parameters(), { learningRate: 0.02 });
  for (let step = 0; step <= steps; step++) {
    const loss = scope(() => {
      const { value, grads } = valueAndGrad(
        () => crossEntropy(model.forward(x), y),
        model.parameters(),
      );
      optimizer.step(grads);
      return value;
    });
    if (step % 10 === 0) await watch(step, await loss.item(), model);
    loss.dispose();
  }
}
