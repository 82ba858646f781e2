import { rng, type TypedArray } from "@spm/core";
import { DataLoader, gaussianClusters } from "@spm/data";
import { Mlp } from "@spm/models";
import { type LinearKind, linearKinds } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { classification, fit } from "@spm/trainer";
import { expect, test } from "vitest";

/** The weights by path after thirty steps. */
async function trained(linear: LinearKind, seed: number): Promise<Map<string, TypedArray>> {
  const data = gaussianClusters({ count: 160, features: 12, classes: 3, seed: 1 });
  const model = new Mlp({ sizes: [12, 20, 3], linear, random: rng(seed) });
  const optimizer = adam(model.parameters(), {
    learningRate: cosine({ learningRate: 1e-2, steps: 30 }),
  });
  await fit(model, new DataLoader(data, { batchSize: 16, seed }), {
    loss: classification,
    optimizer,
    epochs: 3,
  });
  const weights = new Map<string, TypedArray>();
  for (const [path, tensor] of Object.entries(model.stateDict()))
    weights.set(path, await tensor.data());
  return weights;
}

test.each(Object.keys(linearKinds) as LinearKind[])(
  "%s: the same seed gives the same weights to the last bit, another seed others",
  async (linear) => {
    const [first, again, other] = [
      await trained(linear, 1),
      await trained(linear, 1),
      await trained(linear, 2),
    ];
    expect(first.size).toBeGreaterThan(0);
    expect(again).toEqual(first);
    for (const [path, values] of first) {
      expect(values.every(Number.isFinite)).toBe(true);
      if (values.length > 0) expect(other.get(path)).not.toEqual(values);
    }
  },
);
