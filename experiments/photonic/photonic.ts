/**
 * @file Meshes of interferometers as the layers of a classifier: the butterfly of a mixer against
 * the rectangular mesh, by their accuracy, their number of parts, and errors of their angles.
 */
import { elements } from "@spm/core/extend";
import { loadMnist } from "@spm/data/mnist";
import type { Experiment } from "../parts/experiment.ts";
import { readNames } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { earlierAttempts, type Plan, seedsFrom, sweep } from "../parts/sweep.ts";
import { fourierFeatures } from "./features.ts";
import { type PhotonicAttempt, photonicFindings } from "./findings.ts";
import { type MeshName, meshNames } from "./meshes.ts";
import { type MeshData, trainedMesh } from "./training.ts";

const settings = {
  meshes: "all",
  /** Standard deviation of the errors that training draws for every angle, in radians. */
  noise: 0,
  epochs: 3,
  batch: 256,
  images: 55_000,
  /** Images that choose the rates, the last of the training set. */
  held: 5000,
  testImages: 10_000,
  seeds: 1,
  /** Learning rates to choose from; 0.01 without any. */
  rates: "",
  /** A folder of runs of this experiment: their results as one report, without training. */
  from: "",
};

interface MeshRow {
  readonly row: string;
  readonly ownRate: number;
  readonly mesh: MeshName;
}

/** Accuracy by mesh, clean, with errors of angles, and with angles of few bits. */
export const photonic: Experiment<typeof settings> = {
  name: "photonic",
  question: "How many interferometers does a classifier need, and how exact must they be?",
  settings,
  quick: {
    meshes: "butterfly,rectangular-log",
    epochs: 1,
    batch: 64,
    images: 640,
    held: 100,
    testImages: 100,
  },
  tune: { rates: "0.003,0.01,0.03", seeds: 3 },
  async run({ settings: given, seed, signal, log }) {
    const { noise, epochs, rates, from } = given;
    if (from !== "") return photonicFindings(earlierAttempts<PhotonicAttempt>(from, "photonic"));
    const trainedWith = noise > 0 ? `, trained with ${noise} rad` : "";
    const rows = readNames("meshes", given.meshes, meshNames).map(
      (mesh): MeshRow => ({
        ...{ mesh, row: `${mesh}, ${epochs} epochs${trainedWith}` },
        ownRate: 0.01,
      }),
    );
    const data = await loadData(given, signal);
    const train = async (plans: readonly Plan<MeshRow>[], k: number) => {
      const found: PhotonicAttempt[] = [];
      for await (const { row, mesh, rate } of uninterrupted(plans, signal)) {
        const started = performance.now();
        const result = await trainedMesh(data, { ...given, mesh, rate, seed: k, signal });
        if (result === undefined) break;
        const { net, scores } = result;
        const angles = [...elements(net.first.ndarray())].map((v) => Number(v.toFixed(3)));
        const seconds = (performance.now() - started) / 1000;
        const facts = { mesh, noise, epochs, interferometers: net.interferometers, angles };
        found.push({ row, rate, seed: k, ...facts, ...scores, seconds });
        log(`${row}, rate ${rate}, seed ${k}, ${seconds.toFixed(0)} s: error ${scores.test}`);
        for (const p of net.parameters()) p.dispose();
      }
      return found;
    };
    const options = { rates, seeds: seedsFrom(seed, given.seeds), signal };
    return photonicFindings(await sweep(rows, options, train));
  },
};

async function loadData(
  { images, held, testImages }: typeof settings,
  signal: AbortSignal,
): Promise<MeshData> {
  const { train, test } = await loadMnist();
  return {
    train: await fourierFeatures(train, 0, images, signal),
    validation: await fourierFeatures(train, train.count - held, held, signal),
    test: await fourierFeatures(test, 0, testImages, signal),
  };
}
