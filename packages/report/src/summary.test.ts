/** @file What a run's table says. */
import type { RunConfig } from "@spm/trainer/node";
import { describe, expect, test } from "vitest";
import { summarize } from "./summary.ts";

const config: RunConfig = {
  title: "test",
  command: "spm compare mnist",
  started: "2026-01-02T03:04:05.000Z",
  models: [
    { run: "dense", parameters: 1000 },
    { run: "rotation", parameters: 100 },
  ],
  epochs: 2,
  stepsPerEpoch: 10,
  options: { seed: 1 },
  machine: { node: "v20", platform: "linux x64", cpu: "cpu", cores: 2, memory: 8 },
};

describe("summarize", () => {
  test("takes the last evaluation, seconds an epoch, and the ratio to dense", () => {
    const points = { actual: [1], predicted: [2] };
    const metric = { epoch: 1, learningRate: 1, split: "test" } as const;
    const rows = summarize({
      config,
      metrics: [
        { ...metric, run: "dense", step: 10, loss: 1, accuracy: 0.5 },
        { ...metric, run: "dense", step: 20, loss: 0.5, accuracy: 0.9 },
        { ...metric, run: "rotation", step: 10, loss: 0.7, accuracy: 0.8 },
      ],
      timings: [
        { run: "dense", split: "test", step: 20, epoch: 2, seconds: 8, elapsed: 9 },
        { run: "rotation", split: "train", step: 15, epoch: 2, seconds: 1.5, elapsed: 2 },
      ],
      tests: {
        dense: { kind: "classes", names: ["a"], confusion: [[1]] },
        rotation: { kind: "regression", target: "y", r2: 0.75, rmse: 1, mae: 1, ...points },
      },
    });
    expect(rows).toEqual([
      {
        run: "dense",
        parameters: 1000,
        epochs: 2,
        asked: 2,
        accuracy: 0.9,
        r2: null,
        loss: 0.5,
        secondsPerEpoch: 4,
        totalSeconds: 9,
        ratioToDense: 1,
      },
      {
        run: "rotation",
        parameters: 100,
        epochs: 1.5,
        asked: 2,
        accuracy: 0.8,
        r2: 0.75,
        loss: 0.7,
        secondsPerEpoch: 1,
        totalSeconds: 2,
        ratioToDense: 0.25,
      },
    ]);
  });

  test("what was not reached is null", () => {
    const [dense] = summarize({ config, metrics: [], timings: [] });
    expect(dense).toEqual({
      run: "dense",
      parameters: 1000,
      epochs: 0,
      asked: 2,
      accuracy: null,
      r2: null,
      loss: null,
      secondsPerEpoch: null,
      totalSeconds: null,
      ratioToDense: null,
    });
  });
});
