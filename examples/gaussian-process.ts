/**
 * @file A Gaussian process learns its length scale, amplitude and noise from 40 points of a curve,
 * by the gradient of the marginal likelihood through a Cholesky factor, and says how sure it is.
 *
 *     node --import tsx --conditions=@spm/source examples/gaussian-process.ts
 */

import type { Tensor } from "@spm/core";
import * as c from "@spm/core";
import { cholesky, triangularSolve } from "@spm/linalg";
import { adam } from "@spm/optim";

const double = { dtype: "float64" } as const;
const count = 40;
const x = c.linspace(-3, 3, count, double);
const y = c.add(c.sin(c.mul(x, 2)), c.normal(c.rng(1), [count], 0, 0.2, double));
const identity = c.eye(count, count, double);

// Logarithms, so that all three stay positive.
const scale = c.parameter(c.tensor(0, double));
const amplitude = c.parameter(c.tensor(0, double));
const noise = c.parameter(c.tensor(0, double));

/** k(xᵢ, zⱼ) = a² exp(−(xᵢ − zⱼ)² / 2l²) */
function kernel(x: Tensor, z: Tensor): Tensor {
  const distance = c.div(c.sub(c.expandDims(x, 1), z), c.exp(scale));
  return c.exp(c.sub(c.mul(2, amplitude), c.mul(0.5, c.square(distance))));
}
/** L with L Lᵀ = K + σ² I, and L⁻¹ y */
function factor(): { l: Tensor; z: Tensor } {
  const l = cholesky(c.add(kernel(x, x), c.mul(c.exp(c.mul(2, noise)), identity)));
  return { l, z: triangularSolve(l, c.expandDims(y, 1), { upper: false }) };
}
/** −ln p(y) = ½ yᵀ (K + σ² I)⁻¹ y + Σ ln lᵢᵢ + n/2 ln 2π */
function loss(): Tensor {
  const { l, z } = factor();
  const logDeterminant = c.sum(c.log(c.sum(c.mul(l, identity), { axis: -1 })));
  const fit = c.mul(0.5, c.sum(c.square(z)));
  return c.add(c.add(fit, logDeterminant), (count / 2) * Math.log(2 * Math.PI));
}

const parameters = [scale, amplitude, noise];
const optimizer = adam(parameters, { learningRate: 0.1 });
for (let step = 0; step <= 100; step++) {
  const { value, grads } = c.valueAndGrad(loss, parameters);
  optimizer.step(grads);
  if (step % 50 === 0) console.log(`step ${step}  −ln p ${(await value.item()).toFixed(2)}`);
}
console.log(`noise ${Math.exp(await noise.item()).toFixed(2)}, put in 0.20`);

// Between the points, and far from them: mean K*ᵀ (K + σ² I)⁻¹ y, variance a² − ‖L⁻¹ K*‖².
const { l, z } = factor();
const at = c.linspace(0.5, 6.5, 2, double);
const half = triangularSolve(l, kernel(x, at), { upper: false });
const mean = await c.matmul(c.transpose(half), z).data();
const explained = c.sum(c.square(half), { axis: 0 });
const sigma = await c.sqrt(c.sub(c.exp(c.mul(2, amplitude)), explained)).data();
for (const [i, v] of (await at.data()).entries())
  console.log(`f(${v}) = ${mean[i]?.toFixed(2)} ± ${sigma[i]?.toFixed(2)}`);
