/**
 * @file Trains a deep stack whose memory does not grow with its depth, and the same stack on the
 * tape.
 */
import { argmax, cast, equal, mean, noGrad, rng, scope } from "@spm/core";
import { each, elements } from "@spm/core/extend";
import { crossEntropy } from "@spm/nn";
import { adam } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import type { Experiment } from "../parts/experiment.ts";
import { planarPoints } from "../parts/planar-data.ts";
import { steps, uninterrupted } from "../parts/steps.ts";
import { zip } from "../parts/zip.ts";
import { type Drift, driftOf } from "./drift.ts";
import { held } from "./memory.ts";
import { type DeepModel, deepModel, type Mode, modes, sizeOfModel } from "./model.ts";
import { type Memory, report } from "./report.ts";

const TEST = 1000;

/** Memory against depth, gradients against those of the tape, and training with both. */
export const deep: Experiment<{
  layers: number;
  width: number;
  batch: number;
  steps: number;
  rate: number;
}> = {
  name: "deep",
  question: "Can a stack be trained in memory that does not grow with its depth?",
  settings: { layers: 256, width: 64, batch: 256, steps: 60, rate: 0.003 },
  quick: { layers: 16, width: 16, batch: 32, steps: 4 },
  async run({ settings: { layers, width, batch, steps: count, rate }, seed, signal, log }) {
    const depths = [...[1, 4, 16, 64, 256].filter((depth) => depth < layers), layers];
    const memory: Memory[] = [];
    for await (const depth of uninterrupted(depths, signal)) {
      const [walked, taped] = each(modes, (mode) => held(depth, width, batch, seed, mode));
      log(`${depth} layers: ${walked.between} bytes, on the tape ${taped.between}`);
      memory.push({ depth, reversible: walked, tape: taped });
    }
    const drift: Drift[] = [];
    for await (const depth of uninterrupted(depths, signal))
      drift.push(driftOf(depth, width, seed));

    const runs = each(modes, (mode) => {
      const model = deepModel(layers, width, seed);
      const optimizer = adam(model.parameters, { learningRate: rate });
      return { mode, model, optimizer, losses: [] as number[], seconds: [] as number[] };
    });
    for await (const taken of steps(count, signal)) {
      const step = taken + 1;
      const { points, parts } = planarPoints("spirals", batch, rng(seed * 1000 + step));
      for (const { mode, model, optimizer, losses, seconds } of runs) {
        const started = performance.now();
        scope(() => {
          const loss = trainStep(optimizer, () => crossEntropy(model.logits(points, mode), parts));
          losses.push(loss.ndarray().get());
        });
        seconds.push((performance.now() - started) / 1000);
      }
      if (step % Math.ceil(count / 10) === 0)
        log(
          `step ${step}: loss ${runs.map(({ losses }) => losses.at(-1)?.toFixed(4)).join(" and ")}`,
        );
    }
    const trained = each(runs, ({ mode, model, losses, seconds }) => ({
      mode,
      losses,
      accuracy: signal.aborted ? null : accuracy(model, mode, seed),
      seconds: seconds.toSorted((a, b) => a - b)[seconds.length >> 1] ?? 0,
    }));
    const [walked, taped] = runs;
    const apart = Math.max(0, ...zip(walked.losses, taped.losses).map(([a, b]) => Math.abs(a - b)));
    const after = signal.aborted ? null : driftOf(layers, width, seed, walked.model);
    return report({
      layers,
      width,
      batch,
      parameters: sizeOfModel(walked.model),
      memory,
      drift,
      after,
      trained,
      apart,
    });
  },
};

function accuracy(model: DeepModel, mode: Mode, seed: number): number {
  const { points, parts } = planarPoints("spirals", TEST, rng(seed * 1000));
  return noGrad(() => {
    const right = equal(argmax(model.logits(points, mode), -1), parts);
    return Number(elements(mean(cast(right, "float32")).ndarray())[0]);
  });
}
