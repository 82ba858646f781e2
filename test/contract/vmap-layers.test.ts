/**
 * @file Layers and losses under vmap, on the reference and on wasm: gradients of samples by
 * parameters equal those of a loop, and nothing runs as one, which vmap would say on the console.
 */
import {
  at,
  grad,
  normal,
  reference,
  reshape,
  rng,
  square,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  vmap,
  withBackend,
} from "@spm/core";
import {
  bceWithLogits,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  crossEntropy,
  GroupNorm,
  LayerNorm,
  Linear,
  linear,
  type Module,
  MultiHeadAttention,
  mse,
  RmsNorm,
} from "@spm/nn";
import { wasmSync } from "@spm/wasm";
import { describe, expect, test, vi } from "vitest";

const random = rng(2);
const layers: Record<string, [() => Module, shape: readonly number[]]> = {
  Linear: [() => new Linear(8, 6, { random }), [8]],
  "rotation mixer": [() => linear("rotation", 8, 8, { random }), [8]],
  "general mixer": [() => linear("general", 8, 8, { random }), [8]],
  LayerNorm: [() => new LayerNorm(8), [8]],
  RmsNorm: [() => new RmsNorm(8), [8]],
  attention: [() => new MultiHeadAttention(8, { heads: 2, random }), [1, 3, 8]],
  Conv2d: [() => new Conv2d(2, 3, { kernel: 3, random }), [1, 2, 5, 5]],
  "Conv1d in groups, same": [
    () => new Conv1d(2, 4, { kernel: 2, groups: 2, dilation: 2, padding: "same", random }),
    [2, 5],
  ],
  ConvTranspose2d: [
    () => new ConvTranspose2d(2, 2, { kernel: 3, stride: 2, outputPadding: 1, random }),
    [1, 2, 2, 3],
  ],
  GroupNorm: [() => new GroupNorm(2, 4), [1, 4, 3]],
  "attention, grouped queries": [
    () => new MultiHeadAttention(8, { heads: 4, keyValueHeads: 2, random }),
    [1, 3, 8],
  ],
};
const losses: Record<string, (x: Tensor) => Tensor> = {
  crossEntropy: (x) => crossEntropy(reshape(x, [1, 8]), tensor([3], { dtype: "int32" })),
  mse: (x) => mse(x, tensor([1, 2, 3, 4, 5, 6, 7, 8])),
  bceWithLogits: (x) => bceWithLogits(x, tensor([0, 1, 0, 1, 0, 1, 0, 1])),
};

/** Results of vmap beside those of each sample. */
async function check(f: (x: Tensor) => readonly Tensor[], x: Tensor): Promise<void> {
  const said = vi.spyOn(console, "warn").mockImplementation(() => {});
  const together = vmap(f)(x);
  expect(said).not.toHaveBeenCalled();
  said.mockRestore();
  for (let b = 0; b < 3; b++)
    for (const [k, one] of f(at(x, b)).entries()) {
      const [got, want] = await Promise.all([at(together[k] ?? x, b).data(), one.data()]);
      expect(got.length).toBe(want.length);
      for (const [i, v] of want.entries()) expect(got[i]).toBeCloseTo(v, 4);
    }
}

const backends = [reference, wasmSync({ bytes: 2 ** 26 })];
describe.each(backends.map((backend) => [backend.name, backend] as const))("%s", (_, backend) => {
  const drawn = (shape: readonly number[]) => normal(random, [3, ...shape]);

  test.each(Object.entries(layers))("%s", async (_, [make, shape]) => {
    const [model, x] = withBackend(backend, () => [make(), drawn(shape)] as const);
    const loss = (one: Tensor) => () => sum(square(model.forward(one)));
    await check((one) => valueAndGrad(loss(one), model.parameters()).grads, x);
  });

  test.each(Object.entries(losses))("%s", async (_, loss) => {
    const x = withBackend(backend, () => drawn([8]));
    const on = (one: Tensor) => withBackend(backend, () => loss(one));
    await check((one) => [on(one), grad(on)(one)], x);
  });
});
