/**
 * @file Trains a perceptron with mixers inside by Adam, on the backend that is set; says what the
 * loss was and has become. Programs bundle it.
 */
import { mean, normal, rng, scope, square, sub, tanh, valueAndGrad } from "@spm/core";
import { Mlp } from "@spm/models";
import { adam } from "@spm/optim";

export async function trained(): Promise<string> {
  const random = rng(1);
  const x = normal(random, [64, 8]);
  const model = new Mlp({ sizes: [8, 16, 8], linear: "rotation", random });
  const optimizer = adam(model.parameters(), { learningRate: 0.02 });
  const losses: number[] = [];
  for (let step = 0; step < 50; step++) {
    const value = scope(() => {
      const loss = () => mean(square(sub(model.forward(x), tanh(x))));
      const { value, grads } = valueAndGrad(loss, model.parameters());
      optimizer.step(grads);
      return value;
    });
    losses.push(await value.item());
  }
  const [first = Number.NaN] = losses;
  return `loss ${first.toFixed(3)} → ${(losses.at(-1) ?? Number.NaN).toFixed(3)}`;
}
