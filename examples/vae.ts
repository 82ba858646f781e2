/**
 * @file A variational autoencoder (Kingma and Welling 2014) of pictures of a spot: two latent
 * numbers come to stand for its place.
 *
 *     node --import tsx --conditions=@spm/source examples/vae.ts
 */
import type { Tensor } from "@spm/core";
import * as c from "@spm/core";
import { Linear, Module, mish, mse, Sequential } from "@spm/nn";
import { adam } from "@spm/optim";

const [random, side, steps] = [c.rng(1), 10, 120];
const linear = (from: number, to: number) => new Linear(from, to, { random });

/** Spots at places [count, 2] of the unit square: pictures [count, side · side]. */
function spots(places: Tensor): Tensor {
  const grid = c.div(c.linspace(0, 1, side), 0.2);
  const [x, y] = c.split(c.div(places, 0.2), 2, 1) as [Tensor, Tensor];
  const [dx, dy] = [c.square(c.sub(grid, x)), c.square(c.sub(grid, y))];
  const apart = c.add(c.expandDims(dx, 1), c.expandDims(dy, 2));
  return c.reshape(c.exp(c.neg(apart)), [-1, side * side]);
}

class Autoencoder extends Module {
  readonly encoder = new Sequential([linear(side * side, 32), mish, linear(32, 4)]);
  readonly decoder = new Sequential([linear(2, 32), mish, linear(32, side * side), c.sigmoid]);

  /** Means and ln variances of the latent numbers, [..., 2] each. */
  encode(x: Tensor): [Tensor, Tensor] {
    return c.split(this.encoder.forward(x), 2, -1) as [Tensor, Tensor];
  }

  /** A bound on −ln p(x), but for a constant, with variance 1/50 of a pixel; one z is drawn. */
  forward(x: Tensor): Tensor {
    const [mean, logVariance] = this.encode(x);
    const noise = c.normal(random, mean.shape);
    const z = c.add(mean, c.mul(noise, c.exp(c.mul(0.5, logVariance))));
    const error = c.mul(25, mse(this.decoder.forward(z), x, { reduction: "sum" }));
    const spread = c.sub(c.add(c.exp(logVariance), c.square(mean)), c.add(1, logVariance));
    return c.div(c.add(error, c.mul(0.5, c.sum(spread))), x.shape[0] ?? 1);
  }
}

const model = new Autoencoder();
const optimizer = adam(model.parameters(), { learningRate: 0.02 });
for (let k = 0; k <= steps; k++) {
  const x = spots(c.uniform(random, [48, 2], 0.2, 0.8));
  const { value, grads } = c.valueAndGrad(() => model.forward(x), model.parameters());
  optimizer.step(grads);
  if (k % 60 === 0) console.log(`step ${k}  bound ${(await value.item()).toFixed(2)} nats`);
}
const [ends] = model.encode(spots(c.tensor([0.25, 0.5, 0.75, 0.5]).reshape([2, 2])));
const pixels = await model.decoder.forward(c.mean(ends, 0)).data();
console.log("half way between a spot on the left and one on the right:");
const dots = [...pixels].map((v) => "·-+*#"[Math.min(4, Math.floor(5 * v))]);
for (let row = 0; row < side; row++)
  console.log(dots.slice(row * side, (row + 1) * side).join(" "));
