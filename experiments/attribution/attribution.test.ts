/** @file The parts as runs of their own, against TRAK on all checkpoints at once; coordinates. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compressedGradients, lds, margin, trak, wholeGradient } from "@spm/attribution";
import {
  abs,
  matmul,
  max,
  mean,
  setBackend,
  slice,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
} from "@spm/core";
import { wasm } from "@spm/wasm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runExperiment } from "../parts/run-experiment.ts";
import { attribution } from "./attribution.ts";
import { Classifier, halfOf, loadImages, modelOf, wholeBatch } from "./half-models.ts";
import { readRecords } from "./records.ts";
import { coordinatesOf } from "./rows.ts";

const work = mkdtempSync(join(tmpdir(), "spm-attribution-"));
beforeAll(async () => setBackend(await wasm()));
afterAll(() => rmSync(work, { recursive: true }));

const gradients = (model: Classifier, x: Tensor, y: Tensor) => {
  const loss = (x: Tensor, y: Tensor) => sum(margin(model.forward(x), y));
  return compressedGradients(model, loss, [x, y], { "": wholeGradient(model.parameterCount()) });
};

test("separate runs give the LDS of TRAK on all checkpoints at once", async () => {
  const run = async (name: string, settings: Record<string, string | number>) => {
    const { signal } = new AbortController();
    const shared = { quick: true, seed: 4, command: "", signal, log: () => {} };
    await runExperiment(attribution, {
      ...shared,
      settings: { kinds: "rotation", ...settings },
      out: join(work, name),
    });
  };
  await run("first", { part: "models", models: 3 });
  await run("second", { part: "models", first: 3, models: 3 });
  await run("rows", { part: "rows", from: work, rows: "whole", dampings: "0.01" });
  const { models, rows: measured } = readRecords(work);
  expect(models.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
  const [record] = measured;

  const images = await loadImages(60, 12);
  const [train, own] = [wholeBatch(images.train), wholeBatch(images.test)];
  const checkpoints = models.slice(0, 2).map((model) => {
    const net = modelOf(model);
    return {
      train: gradients(net, train.x, train.y),
      test: gradients(net, own.x, own.y),
      margins: margin(net.forward(train.x), train.y),
    };
  });
  const parameters = record?.parameters ?? 0;
  const scores = trak(checkpoints, { damping: 0.01, parameters });
  for (const [start, outcome] of [
    [0, record?.source],
    [2, record?.others],
  ] as const) {
    const scored = models.slice(start);
    const halves = scored.map(({ index }) => [...halfOf(60, 4, index)]);
    const each = lds(scores, halves, tensor(scored.map(({ margins }) => margins)));
    const want = await mean(slice(each, [{ start: 4 }])).item();
    expect(outcome?.lds).toBeCloseTo(want, 5);
    expect(outcome?.damping).toBe(0.01);
  }
});

test("a folder without runs is refused", async () => {
  expect(() => readRecords(join(work, "nothing"))).toThrow("a folder of runs as from");
});

test("coordinates keep the products of whole gradients", async () => {
  const model = new Classifier("dense", 5).eval();
  const { train } = await loadImages(12, 1);
  const batch = wholeBatch(train);
  const whole = gradients(model, batch.x, batch.y)[""] ?? batch.x;
  const products = (g: Tensor): Tensor => matmul(g, transpose(g, [1, 0]));
  const off = sub(products(coordinatesOf(model, batch)), products(whole));
  const largest = await max(abs(products(whole))).item();
  expect((await max(abs(off)).item()) / largest).toBeLessThan(2e-3); // 1e-3 are added
});
