/**
 * @file A physics-informed network solves u″(x) = −π² sin πx with u(0) = u(1) = 0: the loss is the
 * equation at 32 points, with second derivatives by vmap(grad(grad(u))) (Raissi et al. 2019).
 *
 *     node --import tsx --conditions=@spm/source examples/pinn.ts
 */

import type { Tensor } from "@spm/core";
import * as c from "@spm/core";
import { adam } from "@spm/optim";

const width = 16;
const random = c.rng(1);
const weights = [
  c.parameter(c.normal(random, [1, width])),
  c.parameter(c.normal(random, [width])),
  c.parameter(c.normal(random, [width, width], 0, width ** -0.5)),
  c.parameter(c.zeros([width])),
  c.parameter(c.normal(random, [width, 1], 0, width ** -0.5)),
] as const;

/** u(x) = x (1 − x) N(x), which is 0 at both ends; x a scalar. */
function u(x: Tensor): Tensor {
  const [w1, b1, w2, b2, w3] = weights;
  const hidden = c.tanh(c.add(c.matmul(c.reshape(x, [1]), w1), b1));
  const n = c.matmul(c.tanh(c.add(c.matmul(hidden, w2), b2)), w3);
  return c.mul(c.mul(x, c.sub(1, x)), c.reshape(n, []));
}

const points = c.linspace(0, 1, 32);
const force = c.mul(-(Math.PI ** 2), c.sin(c.mul(Math.PI, points)));
const second = c.vmap(c.grad(c.grad(u)));
const loss = (): Tensor => c.mean(c.square(c.sub(second(points), force)));

const steps = 200;
const optimizer = adam(weights, { learningRate: 0.01 });
for (let step = 0; step <= steps; step++) {
  const { value, grads } = c.valueAndGrad(loss, weights);
  optimizer.step(grads);
  if (step % 100 === 0) console.log(`step ${step}  residual ${(await value.item()).toFixed(4)}`);
}

const between = c.linspace(0.01, 0.99, 50);
const error = c.max(c.abs(c.sub(c.vmap(u)(between), c.sin(c.mul(Math.PI, between)))));
console.log(`largest error of u: ${(await error.item()).toFixed(4)}`);
