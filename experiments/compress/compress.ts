/**
 * @file Replaces the layers of a trained dense network by structured ones, and continues its
 * training.
 */
import { readFileSync } from "node:fs";
import { noGrad, rng, type Tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { DataLoader, imageDataset, pixelStatistics, subset } from "@spm/data";
import { loadMnist } from "@spm/data/mnist";
import { Mlp } from "@spm/models";
import { type LinearMap, linearKinds, MixerLayer, replaceLinear } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { classification, evaluate, fit } from "@spm/trainer";
import { formatPercent } from "@spm/trainer/format";
import type { Experiment } from "../parts/experiment.ts";
import { readNames } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { mlpFrom } from "./checkpoint.ts";
import { findings, type Outcome } from "./findings.ts";
import { methods } from "./methods.ts";

/** Error and accuracy against parameters, as projected and after some more training. */
export const compress: Experiment<{
  checkpoint: string;
  methods: string;
  hidden: number;
  epochs: number;
  tune: number;
  images: number;
  testImages: number;
  batch: number;
  rate: number;
  sweeps: number;
}> = {
  name: "compress",
  question: "How much of a trained dense network survives in a mixer?",
  settings: {
    checkpoint: "",
    methods: "all",
    hidden: 256,
    epochs: 3,
    tune: 1,
    images: 20_000,
    testImages: 10_000,
    batch: 128,
    rate: 0,
    sweeps: 1,
  },
  quick: {
    methods: "rotation,svd-4,monarch",
    hidden: 16,
    epochs: 1,
    images: 640,
    testImages: 100,
    sweeps: 0,
  },
  async run({ settings, seed, signal, log }) {
    const { checkpoint, hidden, epochs, tune, images, testImages, batch, rate, sweeps } = settings;
    const chosen = readNames(
      "methods",
      settings.methods,
      methods.map(({ name }) => name),
    );
    const { train, test } = await loadMnist();
    const statistics = pixelStatistics(train.pixels);
    const trainSet = subset(imageDataset(train, statistics), images);
    const evalData = new DataLoader(subset(imageDataset(test, statistics), testImages), {
      batchSize: Math.min(1000, testImages),
    });
    /** null after an interruption */
    const accuracy = async (model: Mlp): Promise<number | null> =>
      (await evaluate(model, evalData, classification, { signal }))?.accuracy ?? null;
    const learn = async (
      model: Mlp,
      rounds: number,
      learningRate: number,
    ): Promise<number | null> => {
      const loader = new DataLoader(trainSet, { batchSize: batch, seed, dropLast: true });
      const schedule = cosine({
        learningRate,
        steps: Math.max(1, rounds * loader.batchesPerEpoch),
      });
      const optimizer = adam(model.parameters(), { learningRate: schedule });
      await fit(model, loader, { loss: classification, optimizer, epochs: rounds, signal });
      return accuracy(model);
    };

    const sizes = [train.features, hidden, hidden, train.classes];
    const dense =
      checkpoint === "" ? new Mlp({ sizes, random: rng(seed) }) : mlpFrom(readFileSync(checkpoint));
    const [first, last] = [dense.layers[0]?.inFeatures, dense.layers.at(-1)?.outFeatures];
    if (first !== train.features || last !== train.classes || dense.layers.length < 2)
      throw new ValueError(
        "compress",
        "a network of two layers or more from 784 to 10",
        `${first} to ${last}`,
      );
    const baseline =
      checkpoint === ""
        ? await learn(dense, epochs, rate || linearKinds.dense.learningRate)
        : await accuracy(dense);
    log(`dense: ${dense.parameterCount()} parameters, ${formatPercent(baseline)}`);
    const widths = [first, ...dense.layers.map((layer) => layer.outFeatures)];
    const replaced = (_: unknown, path: string): boolean =>
      path !== `layers.${dense.layers.length - 1}`;

    const outcomes: Outcome[] = [];
    const families = methods.filter(({ name }) => chosen.includes(name));
    for await (const { name, learningRate, create } of uninterrupted(families, signal)) {
      const model = new Mlp({ sizes: widths, random: rng(seed) });
      noGrad(() => model.loadStateDict(dense.stateDict()));
      const errors: number[] = [];
      replaceLinear(model, create, {
        random: rng(seed),
        where: replaced,
        fromDense: (weight, map) => void errors.push(nearest(map, weight, sweeps)),
      });
      const projected = await accuracy(model);
      const parameters = model.parameterCount();
      const tuned = await learn(model, tune, rate || learningRate);
      const fresh = new Mlp({ sizes: widths, random: rng(seed) });
      replaceLinear(fresh, create, { random: rng(seed), where: replaced, gain: Math.SQRT2 });
      const scratch = await learn(fresh, tune, rate || learningRate);
      if (projected === null || tuned === null || scratch === null) break;
      outcomes.push({ name, parameters, errors, projected, tuned, scratch });
      log(
        `${name}: ${parameters} parameters, ` +
          `${[projected, tuned, scratch].map(formatPercent).join(", ")}`,
      );
    }
    return findings({ parameters: dense.parameterCount(), accuracy: baseline }, outcomes, tune);
  },
};

/** Sets the map to the nearest one to W that is found. @returns ‖W′ − W‖ / ‖W‖ */
const nearest = (map: LinearMap, weight: Tensor, sweeps: number): number =>
  map instanceof MixerLayer ? map.assignDense(weight, { sweeps }) : map.assignDense(weight);
