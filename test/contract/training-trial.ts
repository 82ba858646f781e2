/** @file A whole training step as a call whose requests for memory are refused one by one. */
import { keep, rng, scope, setBackend, type Tensor, valueAndGrad } from "@spm/core";
import { adam, clipByGlobalNorm } from "@spm/optim";
import type { Place, Trial } from "./failing-allocations.ts";
import { lossOf, type SmallModel } from "./small-models.ts";

const mapValues = <T, U>(of: Record<string, T>, f: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, f(value)]));

/**
 * Gradients, their clipping and a step of Adam, which `finish` takes back. Kept are a tensor of the
 * caller's, the parameters and the optimizer's state.
 */
export async function trainingTrial(
  { backend }: Place,
  make: () => SmallModel,
): Promise<Trial & { dispose(): void }> {
  setBackend(backend);
  const { model, batch } = make();
  const parameters = model.parameters();
  const optimizer = adam(parameters, { learningRate: 1e-2 });
  const { x, y } = batch(rng(2));
  let loss: Tensor | undefined;
  const act = (): void => {
    loss = scope(() => {
      const { value, grads } = valueAndGrad(() => lossOf(model, x, y), parameters);
      optimizer.step(clipByGlobalNorm(grads, 1).grads);
      return keep(value);
    });
  };
  act(); // so that the state is not zero
  loss?.dispose();
  const numbers = async (): Promise<unknown[]> =>
    Promise.all(
      [...parameters, ...Object.values(optimizer.state())].map((v) =>
        typeof v === "number" ? v : v.data(),
      ),
    );
  const start = scope(() => ({
    weights: mapValues(model.stateDict(), keep),
    state: mapValues(optimizer.state(), (v) => (typeof v === "number" ? v : keep(v.clone()))),
  }));
  return {
    act,
    async finish() {
      const all = [await loss?.data(), ...(await numbers())];
      loss?.dispose();
      model.loadStateDict(start.weights);
      optimizer.restore(start.state);
      return all;
    },
    kept: numbers,
    dispose() {
      for (const v of [...Object.values(start.weights), ...Object.values(start.state)])
        if (typeof v !== "number") v.dispose();
      for (const owner of [optimizer, model, x, y]) owner.dispose();
    },
  };
}
