/** @file A small training with checkpoints, for processes and devices that don't reach its end. */
import { rng } from "@spm/core";
import { DataLoader, gaussianClusters } from "@spm/data";
import { Mlp } from "@spm/models";
import { adam } from "@spm/optim";
import { type Callback, classification, type FitResult, fit } from "@spm/trainer";
import { checkpoints, latestCheckpoint } from "@spm/trainer/node";

const data = gaussianClusters({ count: 64, features: 8, classes: 3, seed: 1 });

/**
 * Twenty steps of a rotation mixer on the current backend, checkpoints every five into `folder`,
 * going on from the last one there.
 */
export async function train(
  folder: string,
  callbacks: readonly Callback[] = [],
): Promise<{ result: FitResult; model: Mlp }> {
  const model = new Mlp({ sizes: [8, 16, 3], linear: "rotation", random: rng(1) });
  const resume = latestCheckpoint(folder);
  const result = await fit(model, new DataLoader(data, { batchSize: 16, seed: 1 }), {
    loss: classification,
    optimizer: adam(model.parameters(), { learningRate: 1e-2 }),
    epochs: 5,
    callbacks: [...callbacks, checkpoints({ folder, everySteps: 5 })],
    ...(resume && { resume }),
  });
  return { result, model };
}
