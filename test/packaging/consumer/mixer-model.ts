/**
 * @file A stranger's program: a classifier whose hidden layers are mixers, with the parts of every
 * package.
 */
import { rng } from "@spm/core";
import { DataLoader, gaussianClusters, subset } from "@spm/data";
import { butterfly, rotationMixer } from "@spm/mixer";
import { Mlp } from "@spm/models";
import { MixerLayer } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { classification, fit } from "@spm/trainer";
import { machine } from "@spm/trainer/node";

const clusters = gaussianClusters({ count: 512, features: 16, classes: 4, seed: 3 });
const linear = (inFeatures: number, outFeatures: number): MixerLayer<["angles"]> =>
  new MixerLayer(rotationMixer, inFeatures, outFeatures, {
    random: rng(5),
    schedule: butterfly(16),
  });
const model = new Mlp({ sizes: [16, 16, 16, 4], linear, random: rng(4) });

const epochs = 6;
const loader = new DataLoader(subset(clusters, 384), { batchSize: 32, seed: 1 });
const { evaluation } = await fit(model, loader, {
  loss: classification,
  optimizer: adam(model.parameters(), {
    learningRate: cosine({ learningRate: 0.02, steps: epochs * loader.batchesPerEpoch }),
  }),
  epochs,
  evaluate: { data: new DataLoader(clusters, { batchSize: 128 }) },
});

const accuracy = evaluation?.accuracy ?? 0;
if (!(accuracy > 0.95)) throw new Error(`expected an accuracy above 0.95, got ${accuracy}`);

console.log(
  `${model.parameterCount()} parameters, accuracy ${accuracy.toFixed(3)}, ${machine().cpu}`,
);
