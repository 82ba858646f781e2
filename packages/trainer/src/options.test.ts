/** @file Every function and class of this package refuses an option that it does not have. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eye, mean, parameter, rng, square, tensor, zeros } from "@spm/core";
import { OptionError } from "@spm/core/extend";
import { DataLoader, gaussianClusters } from "@spm/data";
import { Mlp } from "@spm/models";
import { sgd } from "@spm/optim";
import { afterAll, describe, expect, test } from "vitest";
import * as format from "./format.ts";
import * as trainer from "./index.ts";
import * as node from "./node.ts";

const folder = mkdtempSync(join(tmpdir(), "spm-options-"));
afterAll(() => rmSync(folder, { recursive: true }));

const loader = () =>
  new DataLoader(gaussianClusters({ count: 12, features: 2, classes: 3, seed: 1 }), {
    batchSize: 6,
  });
function task() {
  const model = new Mlp({ sizes: [2, 3], random: rng(1) });
  const optimizer = sgd(model.parameters(), { learningRate: 0.1 });
  return { model, options: { loss: trainer.classification, optimizer, epochs: 1 } };
}
const fit = (more: object) => {
  const { model, options } = task();
  return trainer.fit(model, loader(), { ...options, ...more });
};
const recorded = {
  title: "one",
  command: "none",
  started: "now",
  models: [],
  epochs: 1,
  stepsPerEpoch: 1,
  options: {},
  machine: node.machine(),
};
let runs = 0;
const collapsed = { features: eye(2), labels: tensor(Int32Array.of(0, 1)), weight: eye(2) };

const file = join(folder, "model.safetensors");
const stored = await trainer.encodeModel(task().model);
writeFileSync(file, stored);
let state: trainer.TrainingState | undefined;
await fit({
  callbacks: [
    {
      onEnd: async (_: unknown, training: { capture(): Promise<trainer.TrainingState> }) => {
        state = await training.capture();
      },
    },
  ],
});

/** A call of each export that has options; `nonsense` is spread into them. */
const calls: Readonly<Record<string, (nonsense: object) => unknown>> = {
  calibrationError: (nonsense) => trainer.calibrationError([0, 1], [1], { bins: 2, ...nonsense }),
  collapseCallback: (nonsense) =>
    trainer.collapseCallback(() => collapsed, { every: 1, ...nonsense }),
  neuralCollapse: (nonsense) =>
    trainer.neuralCollapse(collapsed.features, collapsed.labels, collapsed.weight, {
      bias: zeros([2]),
      ...nonsense,
    }),
  checkpoints: (nonsense) => node.checkpoints({ folder, ...nonsense }),
  earlyStopping: (nonsense) => trainer.earlyStopping({ patience: 1, ...nonsense }),
  evaluate: (nonsense) =>
    trainer.evaluate(task().model, loader(), trainer.classification, {
      yieldAfter: 9,
      ...nonsense,
    }),
  findLearningRate: (nonsense) => {
    const { model } = task();
    return trainer.findLearningRate(model, loader(), {
      loss: trainer.classification,
      optimizer: (learningRate) => sgd(model.parameters(), { learningRate }),
      steps: 10,
      ...nonsense,
    });
  },
  encodeCheckpoint: (nonsense) => node.encodeCheckpoint(state!, null, nonsense),
  encodeModel: (nonsense) => trainer.encodeModel(task().model, nonsense),
  encodeSafetensors: (nonsense) => trainer.encodeSafetensors({}, {}, nonsense),
  fit,
  loadModel: (nonsense) => node.loadModel(file, nonsense),
  parseModel: (nonsense) => trainer.parseModel(stored, nonsense),
  plateauCallback: (nonsense) =>
    trainer.plateauCallback({ rate: 1 }, (state) => state, { metric: "loss", ...nonsense }),
  recordRun: (nonsense) => {
    const writer = new node.RunWriter(join(folder, `${runs++}`), recorded);
    writer.close();
    return node.recordRun(writer, "dense", { warn: () => {}, ...nonsense });
  },
  saveModel: (nonsense) => node.saveModel(file, task().model, nonsense),
  sampleText: (nonsense) => trainer.sampleText({ draw: () => "", show: () => {}, ...nonsense }),
  tensorBoard: (nonsense) => node.tensorBoard(folder, { now: () => 0, ...nonsense }),
  trainStep: (nonsense) => {
    const p = parameter([1]);
    const gradients: trainer.GradientTransform = (grads) => grads;
    return trainer.trainStep(sgd([p]), () => mean(square(p)), { gradients, ...nonsense });
  },
};

const without = [
  ...["CheckpointError", "NonFiniteError", "RunError", "SafetensorsError", "RunWriter"],
  ...["regression", "regressionScores"],
  ...[
    "accuracyOf",
    "activationStatistics",
    "classScores",
    "classStatistics",
    "classification",
    "confusionMatrix",
  ],
  ...["gradientStatistics", "macroF1", "parseSafetensors", "perplexity", "unpackTensors"],
  ...[
    "progress",
    "tensorStatistics",
    "topKAccuracy",
    "assertFresh",
    "assertFolder",
    "checkpointPath",
  ],
  ...["checkpointSteps", "latestCheckpoint", "machine", "makeFolder", "provenance"],
  ...["tensorBoardFile", "versions"],
  ...["readCheckpoint", "readRun", "writeAtomically", ...Object.keys(format)],
  ...["isSystemError", "misfit", "readRunConfig", "readSafetensors", "reasonOf", "setAside"],
  ...["verifyCheckpoint", "writeCheckpoint", "writeSafetensors"],
];

test("every export is in the table or has no options", () => {
  const all = [trainer, node, format].flatMap((entry) => Object.keys(entry));
  expect([...Object.keys(calls), ...without].sort()).toEqual(all.sort());
});

describe.each(Object.entries(calls))("%s", (_, call) => {
  test("takes its options, and refuses another", async () => {
    await (async () => call({}))();
    await expect(async () => call({ nonsense: 1 })).rejects.toThrow(OptionError);
    await expect(async () => call({ nonsense: 1 })).rejects.toThrow(/unknown option "nonsense"/);
  });
});

describe("options within options, and hooks", () => {
  test.each([
    ["fit", () => fit({ epoch: 3 }), 'fit: unknown option "epoch"; help: epochs'],
    [
      "the evaluations of fit",
      () => fit({ evaluate: { data: loader(), evry: 3 } }),
      'fit.evaluate: unknown option "evry"; help: every',
    ],
    [
      "a hook of a callback",
      () => fit({ callbacks: [{ onEvaluated: () => {} }] }),
      'Callback: unknown option "onEvaluated"; help: onEvaluate',
    ],
    [
      "the best checkpoints",
      async () => {
        const best = { metric: "loss", better: "lower", keep: 1, mode: "lower" } as const;
        node.checkpoints({ folder, best });
      },
      'checkpoints.best: unknown option "mode"; help: better',
    ],
  ])("%s", async (_, call, message) => {
    await expect(call).rejects.toThrow(message);
  });

  test("a callback may have fields of its own", async () => {
    const callback = { seen: 0, onStep: () => void callback.seen++ };
    await fit({ callbacks: [callback] });
    expect(callback.seen).toBe(2);
  });
});
