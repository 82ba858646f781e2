/**
 * @file A neural differential equation ż = f(z) learns a spiral (Chen et al. 2018): 30 steps of
 * Runge and Kutta, each of which runs again in the backward pass instead of being kept.
 *
 *     node --import tsx --conditions=@spm/source examples/neural-ode.ts
 */
import type { Tensor } from "@spm/core";
import * as c from "@spm/core";
import { Linear, Sequential } from "@spm/nn";
import { adam } from "@spm/optim";

const [random, steps, dt] = [c.rng(1), 30, 0.15];
const layers = [new Linear(2, 16, { random }), c.tanh, new Linear(16, 2, { random })];
const field = new Sequential(layers);
type Step = (z: Tensor) => Tensor;

/** One step of the classical method of order 4. */
const rungeKutta =
  (f: Step): Step =>
  (z) => {
    const k1 = f(z);
    const k2 = f(c.add(z, c.mul(dt / 2, k1)));
    const k3 = f(c.add(z, c.mul(dt / 2, k2)));
    const k4 = f(c.add(z, c.mul(dt, k3)));
    return c.add(z, c.mul(dt / 6, c.add(c.add(k1, k4), c.mul(2, c.add(k2, k3)))));
  };

/** The places after each step, [steps, points, 2]. */
function path(start: Tensor, step: Step): Tensor {
  const places: Tensor[] = [];
  for (let z = start; places.length < steps; places.push(z)) z = step(z);
  return c.stack(places);
}

// ż = A z turns and shrinks; 8 starts.
const a = c.tensor([-0.1, -1, 1, -0.1]).reshape([2, 2]);
const start = c.normal(random, [8, 2]);
const truth = path(
  start,
  rungeKutta((z) => c.matmul(z, a)),
);
const learned = rungeKutta((z) => field.forward(z));
const again = c.recompute(learned);
const loss = (): Tensor => c.mean(c.square(c.sub(path(start, again), truth)));

/** Bytes that a tape holds of one pass forward. */
const held = (step: Step): number =>
  c.scope(() => {
    const before = c.reference.live.bytes;
    c.vjp((z) => c.mean(path(z, step)), start);
    return c.reference.live.bytes - before;
  });
console.log(`held: ${held(learned)} bytes, recomputed: ${held(again)} bytes`);

const optimizer = adam(field.parameters(), { learningRate: 0.03 });
for (let k = 0; k <= 40; k++) {
  const { value, grads } = c.valueAndGrad(loss, field.parameters());
  optimizer.step(grads);
  if (k % 20 === 0) console.log(`step ${k}  error ${(await value.item()).toFixed(4)}`);
}
