import { expect, test } from "vitest";
import { ours } from "./registries.ts";
import { sweepPlan } from "./sweep-plan.ts";

const nothing = { grid: [], range: [], trials: 3, seed: 1 };

test("a grid gives every combination, over the file and the flags", () => {
  const plan = sweepPlan(
    { ...nothing, grid: ["layer=dense,rotation", "log-every=5,20"] },
    { epochs: 9 },
    { dataset: "clusters" },
    ours,
  );
  expect(plan.map(({ name, varied }) => [name, varied])).toEqual([
    ["trial-001", { layer: "dense", logEvery: 5 }],
    ["trial-002", { layer: "dense", logEvery: 20 }],
    ["trial-003", { layer: "rotation", logEvery: 5 }],
    ["trial-004", { layer: "rotation", logEvery: 20 }],
  ]);
  expect(plan[3]?.options).toMatchObject({
    dataset: "clusters",
    epochs: 9,
    layer: "rotation",
    logEvery: 20,
  });
});

test("ranges are drawn for each combination, the same each time", () => {
  const options = {
    ...nothing,
    grid: ["layer=dense,rotation"],
    range: ["learningRate=1e-4:1e-1:log", "hidden=8:64"],
  };
  const plan = sweepPlan(options, {}, { dataset: "clusters" }, ours);
  expect(plan).toHaveLength(6);
  for (const { options: o } of plan) {
    expect(o.learningRate).toBeGreaterThanOrEqual(1e-4);
    expect(o.learningRate).toBeLessThanOrEqual(1e-1);
    expect(Number.isInteger(o.hidden)).toBe(true);
  }
  expect(new Set(plan.map(({ options: o }) => o.learningRate)).size).toBe(6);
  expect(sweepPlan(options, {}, { dataset: "clusters" }, ours)).toEqual(plan);
});

test("a list of numbers has colons in a grid; each trial has the options of its optimizer", () => {
  const vary = { ...nothing, grid: ["betas=0.9:0.99,0.8:0.95", "optimizer=adam,adamw"] };
  const plan = sweepPlan(vary, {}, { dataset: "clusters" }, ours);
  expect(
    plan.map(({ options: { betas, optimizer, weightDecay } }) => [betas, optimizer, weightDecay]),
  ).toEqual([
    [[0.9, 0.99], "adam", 0],
    [[0.9, 0.99], "adamw", 0.01],
    [[0.8, 0.95], "adam", 0],
    [[0.8, 0.95], "adamw", 0.01],
  ]);
  const none = sweepPlan(
    { ...nothing, grid: ["amsgrad=true,false"] },
    {},
    { dataset: "clusters" },
    ours,
  );
  expect(none.map(({ options }) => options.amsgrad)).toEqual([true, false]);
});

test("a trial takes the suggested rate of its layer, the one that train and compare take", () => {
  const vary = { ...nothing, grid: ["layer=dense,rotation"] };
  const plan = sweepPlan(vary, {}, { dataset: "clusters" }, ours);
  expect(plan.map(({ options: { learningRate } }) => learningRate)).toEqual([
    ours.linearKinds.dense?.learningRate,
    ours.linearKinds.rotation?.learningRate,
  ]);
});

test.each([
  [{ grid: ["momentum=0.5"] }, "train: expected no --momentum with optimizer adam, got 0.5"],
  [{ range: ["betas=0:1"] }, "a range as name=from:to"],
  [{ grid: ["speed=1"] }, "sweep: expected name=… with one of dataset, features"],
  [{ grid: ["epochs=0"] }, "train: expected epochs to be >= 1, got 0"],
  [{ range: ["learningRate=1:0"] }, "a range as name=from:to"],
  [{ range: ["learningRate=0:1:log"] }, "a range as name=from:to"],
  [{ range: ["layer=a:b"] }, "a range as name=from:to"],
])("%j is refused", (options, message) => {
  expect(() => sweepPlan({ ...nothing, ...options }, {}, { dataset: "clusters" }, ours)).toThrow(
    message,
  );
});
