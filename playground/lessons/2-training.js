/**
 * @file A training loop
 *
 * The slope of the last lesson points uphill. Who walks against it comes to the bottom: first on
 * x², by hand, then for a network, whose numbers `adam` moves. A step asks `valueAndGrad` for the
 * loss and for its slope by every parameter; gradients are returned, never stored.
 *
 * Try it: another learning rate, another curve to learn, `sgd` in the place of `adam`.
 */
import { grad, linspace, rng, scope, tanh, tensor, valueAndGrad } from "@spm/core";
import { Mlp } from "@spm/models";
import { adam } from "@spm/optim";
import { plot } from "@spm/playground";

// By hand: x ← x − 0.2 · slope. Most ops are methods of tensors, too.
const slope = grad((x) => x.square().sum());
let x = tensor([3]);
const way = [];
for (let step = 0; step < 15; step++) {
  way.push(await x.item());
  x = x.sub(slope(x).mul(0.2));
}
plot({ x: way }, { title: "Downhill on x²", y: "x" });

// A network that learns sin 2x from 64 places.
const places = linspace(-3, 3, 64);
const input = places.reshape([64, 1]);
const wanted = input.mul(2).sin();
const model = new Mlp({ sizes: [1, 32, 32, 1], activation: tanh, random: rng(1) });
console.log(model);

const parameters = model.parameters();
const optimizer = adam(parameters, { learningRate: 0.01 });
const losses = [];
for (let step = 1; step <= 400; step++) {
  // A scope releases the tensors that were made in it, except those that it returns.
  const loss = scope(() => {
    const error = () => model.forward(input).sub(wanted).square().mean();
    const { value, grads } = valueAndGrad(error, parameters);
    optimizer.step(grads);
    return value;
  });
  losses.push(await loss.item());
  if (step % 40 === 0) plot({ loss: losses }, { title: "Mean squared error", log: true });
}
const learned = model.forward(input).reshape([64]);
plot({ wanted: wanted.reshape([64]), learned }, { title: "sin 2x", at: places, x: "x" });
