/**
 * @file A mixer and its pictures
 *
 * A dense layer multiplies by a matrix of n² numbers. A mixer is a product of log₂ n stages, each
 * of which rotates pairs of coordinates: n/2 angles a stage. This one has 16 inputs, and learns a
 * matrix that mixers can be, the Hadamard transform, by the loop of the last lesson.
 *
 * Its pictures: the angle of every pair, the matrix that comes of them, the way of one input
 * through the stages, and the spectrum. Compare them before and after.
 *
 * Try it: other seeds, `n = 32`, a start near the identity with `init: "identity"`.
 */
import { normal, rng, scope, valueAndGrad } from "@spm/core";
import { butterfly, hadamard, rotationMixer, toDense } from "@spm/mixer";
import { Linear, MixerLayer } from "@spm/nn";
import { adam } from "@spm/optim";
import { plot, show } from "@spm/playground";

const n = 16;
const random = rng(1);
console.log(butterfly(8)); // the pairs of a smaller one, stage by stage

const layer = new MixerLayer(rotationMixer, n, n, { random });
const dense = new Linear(n, n, { random });
console.log(`dense: ${dense.parameterCount()} numbers, a mixer: ${layer.parameterCount()}`);
show(layer, { title: "Before" });

const wanted = toDense(hadamard(n, { dtype: "float32" })).transpose();
const parameters = layer.parameters();
const optimizer = adam(parameters, { learningRate: 0.03 });
const losses = [];
for (let step = 1; step <= 400; step++) {
  const loss = scope(() => {
    const x = normal(random, [64, n]);
    const error = () => layer.forward(x).sub(x.matmul(wanted)).square().mean();
    const { value, grads } = valueAndGrad(error, parameters);
    optimizer.step(grads);
    return value;
  });
  losses.push(await loss.item());
  if (step % 40 === 0) plot({ loss: losses }, { title: "Mean squared error", log: true });
}
show(layer, { title: "After" });
